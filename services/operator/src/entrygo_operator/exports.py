"""`entrygo export`: exports found by status and age, shown as a timeline, operated."""

import getpass
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import RenderableType
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.options import AnyAccount, duration
from entrygo_operator.output import Answer, facts, record, rows
from entrygo_operator.session import Session
from shared.checks.finding import span
from shared.clock import parse_timestamp, timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import ExportOperated, OperateAction, OperateExport
from shared.contracts.lifecycle import ExportRecord, Status, next_action_of, status_of
from shared.errors import Refused
from shared.exports import where_status
from shared.ids import minted_id
from shared.messaging.topology import EXPORTS_OPERATE
from shared.money import told
from shared.records import ACCOUNTS, BROKERS, EXPORTS
from shared.store import Store
from shared.whereabouts import BRIEF

if TYPE_CHECKING:
    from shared.messaging.rabbit import Messages

ANSWER_WITHIN = 15.0  # seconds
ExportId = Annotated[str, typer.Argument(metavar="ID", help="Id of the export.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; kept in the export's log.")]
Needed = Annotated[str, typer.Option("--reason", help="Why; kept in the export's log.")]

exports = typer.Typer(no_args_is_help=True)

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
    """Exports, newest change first; `age` is since that change."""
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
        projection=BRIEF,
    )
    columns = ("id", "status", "account", "broker", "value", "age", "next_action", "subject")
    return rows(await summaries(session.store, found), columns, none="No exports.")


@command(exports, "show")
async def show(session: Session, id_: ExportId) -> Answer:
    """One export: its state, and what happened to it."""
    export = await existing(session.store, id_)
    [found] = await summaries(session.store, [export])
    following = [Text(f"  -> {line}", "bold") for line in to_type(export)]
    shown: list[RenderableType] = [facts(found), *following, Text()]
    shown += map(Text, timeline(export))
    return Answer({**export, **found, "next": to_type(export)}, shown)


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
    messages: "Messages",
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


async def summaries(store: Store, exports: Sequence[ExportRecord]) -> list[dict[str, Any]]:
    """What a list shows of each; its account and its broker by name too."""
    now, names = await store.now(), dict[str, str]()
    for kind, field in ((ACCOUNTS, "account_id"), (BROKERS, "broker_id")):
        ids = {"_id": {"$in": sorted({str(export.get(field)) for export in exports})}}
        found = await store.find(kind, ids)
        names |= {party["_id"]: party["content"]["name"] for party in found}
    return [summary(export, names, now) for export in exports]


def summary(export: ExportRecord, names: Mapping[str, str], now: datetime) -> dict[str, Any]:
    plan, broker = export["plan"], export["deliveries"].get("BROKER")
    return {
        "id": export["_id"],
        "account_id": export["account_id"],
        "account": names.get(export["account_id"]),
        "broker_id": export["broker_id"],
        "broker": names.get(export["broker_id"]),
        "state": export["state"],
        "status": status_of(export).value,
        "age": span((now - parse_timestamp(export["updated_at"])).total_seconds()),
        "value": told(plan["totals"]) if "totals" in plan else None,
        "orders": plan.get("orders"),
        "subject": broker and broker["subject"],
        "readiness": plan["readiness"],
        "plan_revision": export["plan_revision"],
        "package_number": export["package_number"],
        "revision": export["revision"],
        "created_at": export["created_at"],
        "updated_at": export["updated_at"],
        "next_action": next_action_of(export).value,
    }


_TO_TYPE: Final = {
    Status.PLANNED: ("entrygo plan explain {}",),
    Status.BLOCKED: ("entrygo plan explain {}",),
    Status.EXECUTION_STALLED: ("entrygo export resume {} --reason WHY",),
    Status.DELIVERY_FAILED: ("entrygo export resubmit {} --reason WHY",),
    Status.DELIVERY_UNKNOWN: (
        "entrygo export confirm-delivery {} --reason WHY",  # the broker, asked, has it
        "entrygo export resubmit {} --reason WHY",
    ),
}


def to_type(export: ExportRecord) -> list[str]:
    """What an operator types next, where there is something to do."""
    return [line.format(export["_id"]) for line in _TO_TYPE.get(status_of(export), ())]


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
            for field in ("message_id", "sent_at", "next_attempt_at", "error_message")
            if delivery.get(field)
        ]
    execution = export["execution"]
    if execution and execution["last_error"]:
        lines.append(f"     last error: {execution['last_error']}")
    return lines
