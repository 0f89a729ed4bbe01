"""The deliveries of an executed export: to whom, with which letter and Message-ID."""

from typing import Any

from executor.artifacts import Identity
from shared.contracts.lifecycle import Delivery, DeliveryStatus, ExportRecord
from shared.contracts.snapshot import Snapshot
from shared.ids import derived_id
from shared.letters import subject_of
from shared.simulator import CHANNEL, is_simulated

AGAIN = frozenset({DeliveryStatus.FAILED.value, DeliveryStatus.UNKNOWN.value})


def planned_deliveries(
    export: ExportRecord,
    snapshot: Snapshot,
    identity: Identity,
    letter_sha256: str,
    now: str,
    domain: str,
) -> dict[str, Delivery]:
    """One for the broker, and one for the warehouse where it has an address."""
    recipients = {"BROKER": snapshot["broker"]["email"]}
    if email := snapshot["warehouse"].get("email"):
        recipients["WAREHOUSE"] = email
    deliveries = {}
    for recipient_type, recipient in recipients.items():
        cause = (export["_id"], str(export["attempt"]), recipient_type)
        submission_id = derived_id("sub_", *cause)
        deliveries[recipient_type] = Delivery(
            submission_id=submission_id,
            notification_id=derived_id("ntf_", *cause),
            channel=CHANNEL if is_simulated(export, recipient) else "EMAIL",
            recipient=recipient,
            subject=subject_of(recipient_type, export, snapshot, identity.package_number),
            message_id=f"<{submission_id}.{export['_id']}@{domain}>",
            letter_sha256=letter_sha256,
            status=DeliveryStatus.PENDING.value,
            attempts=0,
            budget_from=0,
            first_pending_at=now,
            next_attempt_at=now,
            lease_until=None,
            owner=None,
            sent_at=None,
            error_message=None,
        )
    return deliveries


def can_be_resent(export: ExportRecord) -> bool:
    """Whether a delivery failed or is unclear."""
    return any(delivery["status"] in AGAIN for delivery in export["deliveries"].values())


def again(export: ExportRecord, now: str) -> dict[str, Any]:
    """What to set so that every failed or unclear delivery is sent once more."""
    fields: dict[str, Any] = {}
    for kind, delivery in export["deliveries"].items():
        if delivery["status"] in AGAIN:
            fields |= {
                f"deliveries.{kind}.status": DeliveryStatus.PENDING.value,
                f"deliveries.{kind}.budget_from": delivery["attempts"],
                f"deliveries.{kind}.first_pending_at": now,
                f"deliveries.{kind}.next_attempt_at": now,
                f"deliveries.{kind}.owner": None,
                f"deliveries.{kind}.lease_until": None,
                f"deliveries.{kind}.error_message": None,
            }
    return fields
