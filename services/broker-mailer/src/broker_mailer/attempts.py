"""One try of a delivery, what became of it, and the event that tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared import exports
from shared.contracts.lifecycle import Delivery, DeliveryStatus, Event, EventType

_EVENTS: Final[Mapping[tuple[str, DeliveryStatus], EventType]] = {
    ("BROKER", DeliveryStatus.SENT): EventType.BROKER_NOTIFIED,
    ("BROKER", DeliveryStatus.FAILED): EventType.BROKER_SUBMISSION_FAILED,
    ("BROKER", DeliveryStatus.UNKNOWN): EventType.BROKER_SUBMISSION_UNKNOWN,
    ("WAREHOUSE", DeliveryStatus.SENT): EventType.WAREHOUSE_NOTIFIED,
    ("WAREHOUSE", DeliveryStatus.FAILED): EventType.WAREHOUSE_NOTICE_FAILED,
    ("WAREHOUSE", DeliveryStatus.UNKNOWN): EventType.WAREHOUSE_NOTICE_UNKNOWN,
}


@dataclass(frozen=True)
class Attempt:
    """One try: `number` is what `attempts` is once it has begun or failed."""

    account_id: str
    export_id: str
    recipient_type: str
    delivery: Delivery  # as it was read
    number: int
    owner: str

    @property
    def failures(self) -> int:
        """How many tries of this budget have failed when this one has."""
        return self.number - self.delivery["budget_from"]


@dataclass(frozen=True)
class Outcome:
    """What a try made of the delivery; `PENDING` has `next_attempt_at`."""

    status: DeliveryStatus
    error: str | None = None
    next_attempt_at: str | None = None
    late: bool = False  # certain about this try whatever is known by now: may settle an `UNKNOWN`


def event_of(attempt: Attempt, outcome: Outcome, now: str) -> Event:
    """Its id comes from export, partner, try and outcome: written again it is the same."""
    data: dict[str, Any] = {
        "attempt": attempt.number,
        "recipient": attempt.delivery["recipient"],
        "message_id": attempt.delivery["message_id"],
    }
    if outcome.error is not None:
        data["error"] = outcome.error
    cause = (attempt.export_id, attempt.recipient_type, str(attempt.number), outcome.status)
    kind = _EVENTS[attempt.recipient_type, outcome.status]
    return exports.event(kind, *cause, at=now, actor="broker-mailer", data=data)
