"""Exports as an operator sees them: found by status and age, shown as a timeline, operated."""

import getpass
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from entrygo_operator.session import Session
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import ExportOperated, OperateAction, OperateExport
from shared.contracts.lifecycle import (
    DeliveryStatus,
    ExportRecord,
    Readiness,
    State,
    Status,
    next_action_of,
    status_of,
)
from shared.errors import Refused
from shared.ids import minted_id
from shared.messaging.topology import EXPORTS_OPERATE
from shared.records import EXPORTS
from shared.store import Store

ANSWER_WITHIN = 15.0  # seconds
_DELIVERY = "deliveries.BROKER.status"

# What `status_of` says, as a question to the store; a test holds the two together.
QUERIES: Mapping[Status, Mapping[str, Any]] = {
    Status.PLANNED: {"state": State.PLANNED, "plan.readiness": {"$ne": Readiness.BLOCKED}},
    Status.BLOCKED: {"state": State.PLANNED, "plan.readiness": Readiness.BLOCKED},
    Status.EXECUTING: {"state": State.EXECUTING, "execution.stalled": {"$ne": True}},
    Status.EXECUTION_STALLED: {"state": State.EXECUTING, "execution.stalled": True},
    Status.SUBMITTING: {
        "state": State.EXECUTED,
        _DELIVERY: {"$in": [DeliveryStatus.PENDING, DeliveryStatus.SENDING]},
    },
    Status.COMPLETED: {"state": State.EXECUTED, _DELIVERY: DeliveryStatus.SENT},
    Status.DELIVERY_FAILED: {"state": State.EXECUTED, _DELIVERY: DeliveryStatus.FAILED},
    Status.DELIVERY_UNKNOWN: {"state": State.EXECUTED, _DELIVERY: DeliveryStatus.UNKNOWN},
    Status.VOIDED: {"state": State.VOIDED},
}


async def listed(
    store: Store,
    *,
    status: Status | None,
    older_than: timedelta | None,
    account_id: str | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Newest change first; `older_than`: nothing happened to it for so long."""
    query: dict[str, Any] = dict(QUERIES[status]) if status else {}
    if account_id is not None:
        query["account_id"] = account_id
    if older_than is not None:
        query["updated_at"] = {"$lte": timestamp(await store.now() - older_than)}
    found = await store.find(
        EXPORTS,
        query,
        sort=[("updated_at", -1), ("_id", -1)],
        limit=limit,
        projection={"events": 0, "plans": 0},
    )
    return [summary(record) for record in found]


async def existing(store: Store, id_: str) -> ExportRecord:
    record = await store.get(EXPORTS, id_)
    if record is None:
        raise Refused(ErrorCode.EXPORT_NOT_FOUND, f"There is no export {id_}.")
    return record


def summary(record: ExportRecord) -> dict[str, Any]:
    plan = record["plan"]
    return {
        "id": record["_id"],
        "account_id": record["account_id"],
        "state": record["state"],
        "status": status_of(record).value,
        "readiness": plan["readiness"],
        "plan_revision": record["plan_revision"],
        "package_number": record.get("package_number"),
        "revision": record["revision"],
        "created_at": record["created_at"],
        "updated_at": record["updated_at"],
        "next_action": next_action_of(record).value,
    }


def timeline(record: ExportRecord) -> list[str]:
    """The export's events, one line each, and what is known of each delivery."""
    lines = []
    for number, event in enumerate(record["events"], 1):
        at = event["occurred_at"]
        facts = ", ".join(f"{key}={value}" for key, value in event["data"].items())
        moment = at if isinstance(at, str) else timestamp(at)
        lines.append(
            f"{number:3}  {moment}  {event['type']}  by {event['actor']}  {facts}".rstrip()
        )
    for partner, delivery in (record.get("deliveries") or {}).items():
        lines.append(
            f"     {partner} {delivery['channel']} to {delivery['recipient']}: "
            f"{delivery['status']}, {delivery['attempts']} attempts"
        )
        lines += [
            f"         {field.replace('_', ' ')}: {delivery[field]}"
            for field in ("sent_at", "next_attempt_at", "error_message")
            if delivery.get(field)
        ]
    execution = record.get("execution")
    if execution and execution["last_error"]:
        lines.append(f"     last error: {execution['last_error']}")
    return lines


async def operate(
    session: Session, id_: str, action: OperateAction, reason: str | None
) -> ExportOperated:
    """Asks the executor for the transition, guarded by the revision that is seen now."""
    record = await existing(session.store, id_)
    command = OperateExport(
        command_id=minted_id("cmd_"),
        account_id=record["account_id"],
        request_id=minted_id("req_"),
        issued_at=timestamp(await session.now()),
        export_id=id_,
        action=action,
        revision=record["revision"],
        reason=reason,
        operator=getpass.getuser(),
    )
    async with session.messages() as messages:
        return await messages.request(
            EXPORTS_OPERATE, command, within=ANSWER_WITHIN, step="operator.operate_export"
        )
