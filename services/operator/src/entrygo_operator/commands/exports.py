"""`entrygo export` and `entrygo plan`."""

import re
from datetime import timedelta
from typing import Annotated

import typer

from entrygo_operator import exports, plans
from entrygo_operator.commands.parties import AnyAccount
from entrygo_operator.output import AsJson, print_json, print_record, print_rows, say
from entrygo_operator.session import run
from shared.contracts.exports import OperateAction
from shared.contracts.lifecycle import Status

ExportId = Annotated[str, typer.Argument(metavar="ID", help="Id of the export.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; kept in the export's log.")]
Needed = Annotated[str, typer.Option("--reason", help="Why; kept in the export's log.")]

app = typer.Typer(no_args_is_help=True, help="Exports: look, resume, void, resubmit, confirm.")
plan_app = typer.Typer(no_args_is_help=True, help="Plans.")

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """`30s`, `10m`, `2h` or `7d`.

    Raises:
        typer.BadParameter: for anything else.
    """
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if not found:
        raise typer.BadParameter(f"{text!r} is no duration; write 30s, 10m, 2h or 7d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


OlderThan = Annotated[
    timedelta | None,
    typer.Option(
        "--older-than", parser=duration, metavar="AGE", help="Unchanged for so long: 10m, 2h."
    ),
]


@app.command("list")
def list_exports(
    *,
    status: Annotated[Status | None, typer.Option("--status", help="Only these.")] = None,
    older_than: OlderThan = None,
    account: AnyAccount = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Exports, newest change first."""
    rows = run(
        lambda session: exports.listed(
            session.store,
            status=status,
            older_than=older_than,
            account_id=account,
            limit=limit,
        )
    )
    columns = ("id", "status", "readiness", "package_number", "updated_at", "next_action")
    print_rows(rows, columns, as_json=as_json, none="No exports.")


@app.command()
def show(id_: ExportId, *, as_json: AsJson = False) -> None:
    """One export: its state, and what happened to it."""
    record = run(lambda session: exports.existing(session.store, id_))
    found = exports.summary(record)
    if as_json:
        print_json({**record, **found})
        return
    print_record(found, as_json=False)
    say("")
    for line in exports.timeline(record):
        say(line)


def _operate(id_: str, action: OperateAction, reason: str | None, *, as_json: bool) -> None:
    done = run(lambda session: exports.operate(session, id_, action, reason))
    print_record(done.model_dump(), as_json=as_json)


@app.command()
def resume(id_: ExportId, *, reason: Reason = None, as_json: AsJson = False) -> None:
    """Drive a stalled execution again."""
    _operate(id_, OperateAction.RESUME, reason, as_json=as_json)


@app.command()
def void(id_: ExportId, *, reason: Needed, as_json: AsJson = False) -> None:
    """Void an export: its orders are free again, its documents stay readable."""
    _operate(id_, OperateAction.VOID, reason, as_json=as_json)


@app.command()
def resubmit(id_: ExportId, *, reason: Reason = None, as_json: AsJson = False) -> None:
    """Send failed and unknown deliveries again; the partner may get an unknown one twice."""
    _operate(id_, OperateAction.RESUBMIT, reason, as_json=as_json)


@app.command("confirm-delivery")
def confirm_delivery(id_: ExportId, *, reason: Reason = None, as_json: AsJson = False) -> None:
    """Say that the broker has it: a failed or unknown delivery becomes a sent one."""
    _operate(id_, OperateAction.CONFIRM_DELIVERY, reason, as_json=as_json)


@plan_app.command()
def explain(id_: ExportId, *, as_json: AsJson = False) -> None:
    """Why each order is in, out or flagged, rule by rule, with sources."""
    snapshot = run(lambda session: plans.snapshot(session.store, id_))
    if as_json:
        print_json(plans.explained(snapshot))
        return
    for line in plans.lines(plans.explained(snapshot)):
        say(line.text, line.style)
