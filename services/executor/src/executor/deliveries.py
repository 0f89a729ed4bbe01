"""The deliveries of an executed export: to whom, under which subject and Message-ID."""

from typing import Any

from shared.contracts.lifecycle import Delivery, DeliveryStatus, ExportRecord
from shared.contracts.snapshot import Snapshot
from shared.ids import derived_id

AGAIN = frozenset({DeliveryStatus.FAILED.value, DeliveryStatus.UNKNOWN.value})


def planned_deliveries(
    export: ExportRecord, snapshot: Snapshot, number: str, now: str, domain: str
) -> dict[str, Delivery]:
    """One for the broker, and one for the warehouse where it has an address."""
    recipients = {"BROKER": snapshot["broker"]["email"]}
    if email := snapshot["warehouse"].get("email"):
        recipients["WAREHOUSE"] = email
    return {
        kind: _delivery(export, kind, recipient, _subject(kind, export, snapshot, number), now)
        | {"message_id": f"<{_submission_id(export, kind)}@{domain}>"}
        for kind, recipient in recipients.items()
    }


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


def _submission_id(export: ExportRecord, kind: str) -> str:
    return derived_id("sub_", export["_id"], str(export["attempt"]), kind)


def _delivery(export: ExportRecord, kind: str, recipient: str, subject: str, now: str) -> Delivery:
    return Delivery(
        submission_id=_submission_id(export, kind),
        notification_id=derived_id("ntf_", export["_id"], str(export["attempt"]), kind),
        channel="EMAIL",
        recipient=recipient,
        subject=subject,
        message_id="",
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


def _subject(kind: str, export: ExportRecord, snapshot: Snapshot, number: str) -> str:
    """Ids, codes and numbers only: no free text enters a header."""
    decision, totals = snapshot["decision"], snapshot["decision"]["totals"]
    types = ",".join(sorted({unit["entry_type"] for unit in decision["units"]}))
    words = [
        "ENTRY REQUEST" if kind == "BROKER" else "EXPORT NOTICE",
        number,
        f"port {snapshot['shipment'].get('portOfEntry', 'TBD')}",
        f"type {types}",
        f"USD {totals['value_cents'] // 100}.{totals['value_cents'] % 100:02d}",
        f"{totals['orders']} orders",
        f"rev {export['plan_revision']}",
    ]
    mark = "TEST - NOT FOR ENTRY | " if export["test"] else ""
    return f"[EntryGo] {mark}{' | '.join(words)}"
