"""I2: what the log and the record say of each delivery, and whether they say the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from entrygo_operator.invariants import Moment
from shared.clock import timestamp
from shared.contracts.lifecycle import (
    Delivery,
    DeliveryStatus,
    Event,
    EventType,
    ExportRecord,
    State,
)
from shared.ids import derived_id

_OUTCOMES: Final[dict[str, dict[str, DeliveryStatus]]] = {
    "BROKER": {
        EventType.BROKER_NOTIFIED: DeliveryStatus.SENT,
        EventType.DELIVERY_CONFIRMED: DeliveryStatus.SENT,
        EventType.BROKER_SUBMISSION_FAILED: DeliveryStatus.FAILED,
        EventType.BROKER_SUBMISSION_UNKNOWN: DeliveryStatus.UNKNOWN,
    },
    "WAREHOUSE": {
        EventType.WAREHOUSE_NOTIFIED: DeliveryStatus.SENT,
        EventType.WAREHOUSE_NOTICE_FAILED: DeliveryStatus.FAILED,
        EventType.WAREHOUSE_NOTICE_UNKNOWN: DeliveryStatus.UNKNOWN,
    },
}
_ON_THE_WAY: Final = frozenset({DeliveryStatus.PENDING, DeliveryStatus.SENDING})


def of_deliveries(export: ExportRecord, moment: Moment) -> Iterator[str]:
    """What is seen of the export's deliveries that must not be."""
    executed = any(event["type"] == EventType.EXPORT_EXECUTED for event in export["events"])
    if ("BROKER" in export["deliveries"]) != executed:
        yield f"deliveries {sorted(export['deliveries'])} of an export {export['state']}"
    for kind, delivery in export["deliveries"].items():
        log = _told(export["events"], kind)
        wrong = (*log.wrong, *_status(export, delivery, log, moment), *_named(export, kind, log))
        yield from (f"{kind} {delivery['submission_id']}: {seen}" for seen in wrong)


@dataclass
class _Told:
    """What the log says of one delivery, as far as it was read."""

    outcome: DeliveryStatus | None = None  # None: on the way
    number: int = 0  # the last try that is told of
    message_ids: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def ended(self, event: Event, outcome: DeliveryStatus) -> None:
        number = int(event["data"].get("attempt", self.number))
        if self.outcome is DeliveryStatus.SENT:
            self.wrong.append(f"{event['type']} ({event['id']}) after it was SENT")
        elif self.outcome and number > self.number:
            self.wrong.append(f"try {number} after it was {self.outcome}, and nobody asked for it")
        if message_id := event["data"].get("message_id"):
            self.message_ids.add(message_id)
        self.outcome, self.number = outcome, number


def _told(events: list[Event], kind: str) -> _Told:
    told = _Told()
    for event in events:
        if outcome := _OUTCOMES[kind].get(event["type"]):
            told.ended(event, outcome)
        elif _retries(event, kind):
            told.outcome = None
    return told


def _retries(event: Event, kind: str) -> bool:
    retried = event["type"] == EventType.BROKER_SUBMISSION_RETRIED
    return retried and kind in event["data"].get("recipients", (kind,))


def _status(export: ExportRecord, delivery: Delivery, log: _Told, moment: Moment) -> Iterator[str]:
    status = DeliveryStatus(delivery["status"])
    may_be = _ON_THE_WAY if log.outcome is None else {log.outcome}
    if export["state"] == State.VOIDED and log.outcome is None:
        may_be = {DeliveryStatus.FAILED}
    if status not in may_be:
        yield f"{status}, where the log says {' or '.join(sorted(may_be))}"
    if delivery["attempts"] < log.number:
        yield f"{delivery['attempts']} attempts, where the log tells of try {log.number}"
    lease = delivery["lease_until"]
    if status is DeliveryStatus.SENDING and (lease is None or lease < moment.long_ago):
        yield f"SENDING, and its lease ended at {lease and timestamp(lease)}"


def _named(export: ExportRecord, kind: str, log: _Told) -> Iterator[str]:
    delivery = export["deliveries"][kind]
    submission = derived_id("sub_", export["_id"], str(export["attempt"]), kind)
    message_id, formed = delivery["message_id"], (f"<{submission}.", f"<{submission}@")
    if delivery["submission_id"] != submission or not message_id.startswith(formed):
        yield f"Message-ID {message_id} is not that of attempt {export['attempt']}"
    if others := log.message_ids - {message_id}:
        yield f"more than one Message-ID: {sorted(others | {message_id})}"
