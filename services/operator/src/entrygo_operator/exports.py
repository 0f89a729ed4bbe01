"""`entrygo export`: exports found by status and age, shown as a timeline, operated."""

import getpass
import os
import re
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.options import AnyAccount
from entrygo_operator.output import Answer, facts, record, rows
from entrygo_operator.session import Session
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import ExportOperated, OperateAction, OperateExport
from shared.contracts.lifecycle import ExportRecord, Status, next_action_of, status_of
from shared.errors import Refused
from shared.exports import where_status
from shared.ids import minted_id
from shared.messaging.rabbit import Messages
from shared.messaging.topology import EXPORTS_OPERATE
from shared.records import EXPORTS
from shared.store import Store

ANSWER_WITHIN = 15.0  # seconds
ExportId = Annotated[str, typer.Argument(metavar="ID", help="Id of the export.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; kept in the export's log.")]
Needed = Annotated[str, typer.Option("--reason", help="Why; kept in the export's log.")]

exports = typer.Typer(
    no_args_is_help=True, help="Exports: look, resume, void, resubmit, confirm, release."
)

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


@command(exports, "list")
async def list_exports(
    session: Session,
    *,
    status: Annotated[Status | None, typer.Option("--status", help="Only these.")] = None,
    older_than: OlderThan = None,
    account: AnyAccount = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
) -> Answer:
    """Exports, newest change first."""
    query: dict[str, Any] = where_status(status) if status else {}
    if account is not None:
        query["account_id"] = account
    if older_than is not None:
        query["updated_at"] = {"$lte": timestamp(await session.store.now() - older_than)}
    found = await session.store.find(
        EXPORTS,
        query,
        sort=[("updated_at", -1), ("_id", -1)],
        limit=limit,
        projection={"events": 0, "plans": 0},
    )
    columns = ("id", "status", "readiness", "package_number", "updated_at", "next_action")
    return rows([summary(export) for export in found], columns, none="No exports.")


@command(exports, "show")
async def show(session: Session, id_: ExportId) -> Answer:
    """One export: its state, and what happened to it."""
    export = await existing(session.store, id_)
    found = summary(export)
    return Answer({**export, **found}, [facts(found), Text(), *map(Text, timeline(export))])


@command(exports, "resume")
async def resume(session: Session, id_: ExportId, *, reason: Reason = None) -> Answer:
    """Drive a stalled execution again."""
    return await operate(session, id_, OperateAction.RESUME, reason)


@command(exports, "void")
async def void(session: Session, id_: ExportId, *, reason: Needed) -> Answer:
    """Void an export: its orders are free again, its documents stay readable."""
    return await operate(session, id_, OperateAction.VOID, reason)


@command(exports, "resubmit")
async def resubmit(session: Session, id_: ExportId, *, reason: Reason = None) -> Answer:
    """Send failed and unknown deliveries again; the partner may get an unknown one twice."""
    return await operate(session, id_, OperateAction.RESUBMIT, reason)


@command(exports, "confirm-delivery")
async def confirm_delivery(session: Session, id_: ExportId, *, reason: Reason = None) -> Answer:
    """Say that the broker has it: a failed or unknown delivery becomes a sent one."""
    return await operate(session, id_, OperateAction.CONFIRM_DELIVERY, reason)


async def operate(
    session: Session, id_: str, action: OperateAction, reason: str | None, *, mailed: bool = False
) -> Answer:
    export = await existing(session.store, id_)
    async with session.messages() as messages:
        done = await asked(session.store, messages, export, action, reason, mailed=mailed)
    return record(done.model_dump())


async def asked(
    store: Store,
    messages: Messages,
    export: ExportRecord,
    action: OperateAction,
    reason: str | None,
    *,
    mailed: bool = False,
) -> ExportOperated:
    """Asks the executor for the transition, guarded by the revision that is seen now."""
    command = OperateExport(
        command_id=minted_id("cmd_"),
        account_id=export["account_id"],
        request_id=minted_id("req_"),
        issued_at=timestamp(await store.now()),
        export_id=export["_id"],
        action=action,
        revision=export["revision"],
        reason=reason,
        operator=user(),
        mailed=mailed,
    )
    return await messages.request(
        EXPORTS_OPERATE, command, within=ANSWER_WITHIN, step="operator.operate_export"
    )


def user() -> str:
    """Who types."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return f"uid {os.getuid()}"


async def existing(store: Store, id_: str) -> ExportRecord:
    """An operator names no account: every shard is asked."""
    found = await store.find(EXPORTS, {"_id": id_})
    if not found:
        raise Refused(ErrorCode.EXPORT_NOT_FOUND)
    return found[0]


def summary(export: ExportRecord) -> dict[str, Any]:
    plan = export["plan"]
    return {
        "id": export["_id"],
        "account_id": export["account_id"],
        "state": export["state"],
        "status": status_of(export).value,
        "readiness": plan["readiness"],
        "plan_revision": export["plan_revision"],
        "package_number": export["package_number"],
        "revision": export["revision"],
        "created_at": export["created_at"],
        "updated_at": export["updated_at"],
        "next_action": next_action_of(export).value,
    }


def timeline(export: ExportRecord) -> list[str]:
    """The export's events, one line each, and what is known of each delivery."""
    lines = []
    for number, event in enumerate(export["events"], 1):
        at = event["occurred_at"]
        facts = ", ".join(f"{key}={value}" for key, value in event["data"].items())
        moment = at if isinstance(at, str) else timestamp(at)
        lines.append(
            f"{number:3}  {moment}  {event['type']}  by {event['actor']}  {facts}".rstrip()
        )
    for partner, delivery in export["deliveries"].items():
        lines.append(
            f"     {partner} {delivery['channel']} to {delivery['recipient']}: "
            f"{delivery['status']}, {delivery['attempts']} attempts"
        )
        lines += [
            f"         {field.replace('_', ' ')}: {delivery[field]}"
            for field in ("sent_at", "next_attempt_at", "error_message")
            if delivery.get(field)
        ]
    execution = export["execution"]
    if execution and execution["last_error"]:
        lines.append(f"     last error: {execution['last_error']}")
    return lines
