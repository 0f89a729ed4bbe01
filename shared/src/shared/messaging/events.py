"""What an event is, and what is told of an export's life (announcing.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.contracts.base import Message
from shared.contracts.happened import ExportHappened
from shared.contracts.lifecycle import EventType


@dataclass(frozen=True)
class EventRoute:
    """Something that happened: anyone may bind a queue, and nobody has to."""

    key: str
    told_by: tuple[str, ...]
    contract: type[Message]
    summary: str


def _export(what: str, summary: str) -> EventRoute:
    """By whoever moves the export: each tells what another's crash left untold before it."""
    movers = ("planner", "executor", "broker-mailer")
    return EventRoute(f"exports.{what}", movers, ExportHappened, summary)


_PLANNED: Final = _export("planned", "An export was planned, or planned again.")
_DELIVERED: Final = _export("delivered", "The broker has an export's package.")
# By what stands in the export's log.
EXPORT_EVENTS: Final[Mapping[str, EventRoute]] = {
    EventType.EXPORT_PLANNED: _PLANNED,
    EventType.EXPORT_REPLANNED: _PLANNED,
    EventType.EXPORT_EXECUTED: _export("executed", "An export's package was made."),
    EventType.EXECUTION_REFUSED: _export(
        "refused", "An execution gave way to another export that had an order first."
    ),
    EventType.BROKER_NOTIFIED: _DELIVERED,
    EventType.DELIVERY_CONFIRMED: _DELIVERED,
    EventType.BROKER_SUBMISSION_FAILED: _export(
        "delivery-failed", "The mail to the broker was given up."
    ),
    EventType.BROKER_SUBMISSION_UNKNOWN: _export(
        "delivery-unknown", "Nobody can know whether the broker has the mail."
    ),
    EventType.EXPORT_VOIDED: _export("voided", "An operator voided an export."),
}
