"""The export's record in the store: how it advances, and how its states are asked for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypedDict

from shared.contracts.lifecycle import (
    BROKER_DELIVERED,
    Delivery,
    DeliveryStatus,
    Event,
    EventType,
    ExportRecord,
    Readiness,
    State,
    Status,
)
from shared.ids import derived_id
from shared.messaging.events import EXPORT_EVENTS
from shared.records import EXPORTS
from shared.store import Store, Update


def event(
    kind: EventType, *cause: str, at: str, actor: str, data: dict[str, Any] | None = None
) -> Event:
    """An event whose id comes from its cause: written again, it is the same."""
    return Event(
        id=derived_id("evt_", *cause),
        type=kind.value,
        occurred_at=at,
        actor=actor,
        data=data or {},
    )


_UNKNOWN: Final = {
    "BROKER": EventType.BROKER_SUBMISSION_UNKNOWN,
    "WAREHOUSE": EventType.WAREHOUSE_NOTICE_UNKNOWN,
}


def unclear(
    delivery: Delivery, kind: str, why: str, *, at: str, actor: str
) -> tuple[Delivery, Event]:
    """The delivery that may have ended where nobody here saw it, and the event that tells it."""
    told = {
        "attempt": delivery["attempts"],
        "recipient": delivery["recipient"],
        "message_id": delivery["message_id"],
        "error": why,
    }
    happened = event(_UNKNOWN[kind], delivery["submission_id"], why, at=at, actor=actor, data=told)
    unknown: Delivery = {
        **delivery,
        "status": DeliveryStatus.UNKNOWN.value,
        "error_message": why,
        "next_attempt_at": None,
        "lease_until": None,
        "owner": None,
    }
    return unknown, happened


Tell = Callable[[ExportRecord], None]


class Telling(NamedTuple):
    """Where exports are kept, and who is told of a transition once it is stored."""

    store: Store
    tell: Tell


class Guard(NamedTuple):
    """An export, and what must be true of it for a transition."""

    account_id: str
    export_id: str
    holds: Mapping[str, Any]


async def advance(
    exports: Telling,
    guard: Guard,
    fields: Mapping[str, Any],
    events: Sequence[Event] = (),
    *,
    now: str,
    step: str,
    **appended: object,
) -> ExportRecord | None:
    """One guarded transition of one export: sets the fields, appends the events, and tells them.

    Each raises the revision. None when the guard matches nothing: read again, decide anew.
    `appended` are further lists of the record, each with one more entry.
    """
    pushed = {"events": {"$each": list(events)}} | {
        name: {"$each": [entry]} for name, entry in appended.items()
    }
    mark = marked(events, now)
    update = {
        "$set": {**fields, **mark, "updated_at": now},
        "$inc": {"revision": 1},
        "$push": pushed,
    }
    after = await transition(exports.store, guard, update, step=step)
    if after is not None and mark:
        exports.tell(after)
    return after


class Mark(TypedDict, total=False):
    unannounced: str


def marked(events: Sequence[Event], now: str) -> Mark:
    """What a record is set to that gets these events, where others hear of any (announcing.py)."""
    heard = any(one["type"] in EXPORT_EVENTS for one in events)
    return Mark(unannounced=f"{now} {events[-1]['id']}") if heard else Mark()


async def transition(
    store: Store, guard: Guard, update: Update, *, step: str
) -> ExportRecord | None:
    part = EXPORTS.of(guard.account_id)
    return await store.transition(part, guard.export_id, guard.holds, update, step=step)


def where_status(status: Status) -> dict[str, Any]:
    """The store's query for exports of one status; what `status_of` says of one record."""
    if status is Status.VOIDED:
        return {"state": State.VOIDED.value}
    if status in {Status.PLANNED, Status.BLOCKED}:
        blocked = Readiness.BLOCKED.value
        wanted = blocked if status is Status.BLOCKED else {"$ne": blocked}
        return {"state": State.PLANNED.value, "plan.readiness": wanted}
    if status in {Status.EXECUTING, Status.EXECUTION_STALLED}:
        stalled = True if status is Status.EXECUTION_STALLED else {"$ne": True}
        return {"state": State.EXECUTING.value, "execution.stalled": stalled}
    delivered = sorted(str(at) for at, shown in BROKER_DELIVERED.items() if shown is status)
    return {"state": State.EXECUTED.value, "deliveries.BROKER.status": {"$in": delivered}}
