"""Exports that are under way or need a person: how many, and since when.

Those that are planned, done or void are not counted: they grow without end, and nobody acts on
their number. Each look reads at most `MOST` of a status, by the indexes that the sweeps stand on.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from shared.checks.finding import Finding, bad, fine, span, warn
from shared.clock import parse_timestamp, timestamp
from shared.contracts.lifecycle import DeliveryStatus, State, Status
from shared.exports import where_status
from shared.records import EXPORTS
from shared.simulator import CHANNEL
from shared.store import Store

MOST: Final = 1_000  # more of them say no more
# A broker who has no documents for so long has a truck at the border.
SUBMITTING_SECONDS: Final = 7_200
EXECUTING_SECONDS: Final = 900  # the sweep drives it again after five minutes
LATE: Final = timedelta(minutes=5)  # due, and nobody has tried
PARTNERS: Final = ("BROKER", "WAREHOUSE")
# Nobody is woken for what a test account asked to go wrong.
_EARNEST: Final = {
    "deliveries.BROKER.channel": {"$ne": CHANNEL},
    "execution.simulated": {"$ne": True},
}

# What tells since when an export has the status; a retry, too, changes `updated_at`.
SINCE: Final[Mapping[Status, str]] = {
    Status.EXECUTING: "execution.started_at",
    Status.EXECUTION_STALLED: "updated_at",
    Status.SUBMITTING: "deliveries.BROKER.first_pending_at",
    Status.DELIVERY_FAILED: "updated_at",
    Status.DELIVERY_UNKNOWN: "updated_at",
}


class Waiting(StrEnum):
    LATE = "late"  # due, and nobody takes it up
    RETRYING = "retrying"  # the mail server took none so far


class Group(NamedTuple):
    """How many, at most `MOST`, and the age of the oldest."""

    number: int
    oldest_seconds: float = 0.0


async def by_status(store: Store, now: datetime) -> dict[Status, Group]:
    return {
        status: await _group(store, where_status(status), since, now)
        for status, since in SINCE.items()
    }


async def waiting(store: Store, now: datetime) -> dict[tuple[Waiting, str], Group]:
    """Mails that wait, by why and for whom."""
    found = {}
    for partner in PARTNERS:
        at = f"deliveries.{partner}"
        due, first = f"{at}.next_attempt_at", f"{at}.first_pending_at"
        pending = {"state": State.EXECUTED.value, f"{at}.status": DeliveryStatus.PENDING.value}
        late = pending | {due: {"$lte": timestamp(now - LATE)}}
        refused = pending | {f"{at}.error_message": {"$ne": None}}
        found[Waiting.LATE, partner] = await _group(store, late, due, now)
        found[Waiting.RETRYING, partner] = await _group(store, refused, first, now)
    return found


async def _group(store: Store, query: Mapping[str, Any], since: str, now: datetime) -> Group:
    query = {**query, **_EARNEST}
    found = await store.find(EXPORTS, query, sort=[(since, 1)], limit=MOST, projection={since: 1})
    return Group(len(found), _age(found[0], since, now)) if found else Group(0)


def _age(export: Any, path: str, now: datetime) -> float:  # noqa: ANN401  # a part of a record
    for name in path.split("."):
        export = export[name]
    return max((now - parse_timestamp(export)).total_seconds(), 0.0)


def of_status(status: Status, group: Group) -> Finding:
    name, listing = f"exports {status}", f"entrygo export list --status {status}"
    if not group.number:
        return fine(name, "none")
    line = f"{_number(group)}, the oldest for {span(group.oldest_seconds)}"
    match status:
        case Status.EXECUTING if group.oldest_seconds < EXECUTING_SECONDS:
            return fine(name, line)
        case Status.SUBMITTING if group.oldest_seconds < SUBMITTING_SECONDS:
            return fine(name, line)
        case Status.EXECUTING:
            return warn(name, line, listing)
        case _:
            return bad(name, line, listing)


def of_waiting(why: Waiting, partner: str, group: Group) -> Finding:
    name = f"mails {why}, {partner.lower()}"
    if not group.number:
        return fine(name, "none")
    line = f"{_number(group)}, the oldest for {span(group.oldest_seconds)}"
    if why is Waiting.LATE:
        return bad(name, line, "make logs SERVICE=broker-mailer")
    return warn(name, line, "entrygo export list --status SUBMITTING")


def _number(group: Group) -> str:
    return f"{group.number} or more" if group.number == MOST else str(group.number)
