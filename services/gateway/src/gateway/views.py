"""Exports, plans and packages as protocol.md shows them: no decision is taken here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateway.money import dump, to_http
from gateway.plan_texts import PlanText, joined
from gateway.record_views import View
from gateway.schemas.records import MOST_EXPORTS
from shared.clock import timestamp
from shared.contracts.lifecycle import (
    ArtifactRecord,
    CurrentPlan,
    Delivery,
    ExportRecord,
    State,
    Status,
    next_action_of,
    status_of,
)

_NOTIFICATION_TYPES: Final = {"BROKER": "BROKER_SUBMISSION", "WAREHOUSE": "WAREHOUSE_NOTICE"}


def plan_answer(text: PlanText, export_id: str | None, plan_revision: int | None) -> bytes:
    """A plan as it was answered: the stored view, and which export it is a plan of."""
    planned = export_id is not None
    identity = {
        "exportId": export_id,
        "batch_id": export_id,
        "state": State.PLANNED.value if planned else None,
        "status": (Status.BLOCKED if text.blocked else Status.PLANNED).value if planned else None,
        "plan_revision": plan_revision,
    }
    next_action = {"next_recommended_action": text.next_action}
    return joined(dump(identity), text.fields, dump(next_action))


def execution_view(export: ExportRecord) -> View:
    """The body of execute: the state at the moment of the answer."""
    return {
        **_identity(export),
        "planHash": export["plan"]["plan_hash"],
        "customs_package_id": export.get("package_id"),
        "package_number": export.get("package_number"),
        **_outcome(export),
        "next_recommended_action": next_action_of(export).value,
    }


def export_answer(export: ExportRecord, text: PlanText) -> bytes:
    """The body of inspect."""
    return joined(text.fields, dump(_export(export)))


def _export(export: ExportRecord) -> View:
    execution = export.get("execution")
    return {
        **_identity(export),
        "plan_revision": export["plan_revision"],
        "warehouse_id": export["warehouse_id"],
        "broker_id": export["broker_id"],
        "customs_package_id": export.get("package_id"),
        "customs_package": package_view(export) if export.get("package_id") else None,
        **_outcome(export),
        "events": [
            {"sequence": place, **to_http(event), "occurred_at": _time(event["occurred_at"])}
            for place, event in enumerate(export.get("events", []), start=1)
        ],
        "last_execution": to_http(export.get("last_execution")),
        "last_error": to_http(execution["last_error"]) if execution else None,
        "revision": export["revision"],
        "created_at": export["created_at"],
        "updated_at": export["updated_at"],
        "next_recommended_action": next_action_of(export).value,
    }


def places(exports: Sequence[ExportRecord]) -> View:
    """What an order's answer says of the exports that have it."""
    told = [
        {
            "exportId": export["_id"],
            "status": status_of(export).value,
            "package_number": export["package_number"],
        }
        for export in exports[:MOST_EXPORTS]
    ]
    return {"exports": told}


def export_row(export: ExportRecord) -> View:
    """One row of the account's list of exports."""
    return {
        "exportId": export["_id"],
        "state": export["state"],
        "status": status_of(export).value,
        "readinessState": export["plan"]["readiness"],
        "planHash": export["plan"]["plan_hash"],
        "plan_revision": export["plan_revision"],
        "warehouse_id": export["warehouse_id"],
        "broker_id": export["broker_id"],
        "package_number": export["package_number"],
        "revision": export["revision"],
        "created_at": export["created_at"],
        "updated_at": export["updated_at"],
        "next_recommended_action": next_action_of(export).value,
    }


def earlier_plan(export: ExportRecord, revision: int) -> CurrentPlan | None:
    return next((plan for plan in export["plans"] if plan["revision"] == revision), None)


def package_view(export: ExportRecord) -> View:
    """The customs package of an executed export, in its own, camelCase, words."""
    execution = export.get("execution")
    return {
        "id": export.get("package_id"),
        "exportBatchId": export["_id"],
        "packageNumber": export.get("package_number"),
        "state": _package_state(export),
        "createdAt": execution["started_at"] if execution else None,
        "artifacts": _artifacts(export),
    }


def _package_state(export: ExportRecord) -> str:
    broker = _deliveries(export).get("BROKER")
    if export["state"] == State.VOIDED:
        return "VOIDED"
    return "SUBMITTED" if broker and broker["status"] == "SENT" else "GENERATED"


def _identity(export: ExportRecord) -> View:
    return {
        "exportId": export["_id"],
        "batch_id": export["_id"],
        "state": export["state"],
        "status": status_of(export).value,
    }


def _outcome(export: ExportRecord) -> View:
    deliveries = _deliveries(export)
    broker = deliveries.get("BROKER")
    return {
        "artifacts": _artifacts(export),
        "broker_submission": _submission(broker) if broker else None,
        "notifications": [
            _notification(recipient_type, delivery)
            for recipient_type, delivery in sorted(deliveries.items())
        ],
    }


def _deliveries(export: ExportRecord) -> dict[str, Delivery]:
    return export.get("deliveries") or {}


def _artifacts(export: ExportRecord) -> list[View]:
    package = export.get("package_id")
    return [_artifact(each, package) for each in export.get("artifacts") or []]


def _artifact(record: ArtifactRecord, package_id: str | None) -> View:
    shown = {key: value for key, value in record.items() if key != "id"}
    return {
        "id": record["id"],
        **shown,
        "url": f"/api/customs-packages/{package_id}/artifacts/{record['filename']}",
    }


def _submission(delivery: Delivery) -> View:
    return {
        "id": delivery["submission_id"],
        "submission_type": delivery["channel"],
        "status": delivery["status"],
        "recipient_email": delivery["recipient"],
        "subject": delivery["subject"],
        "sent_at": _time(delivery.get("sent_at")),
        "error_message": delivery.get("error_message"),
        "attempts": delivery["attempts"],
        "message_id": delivery["message_id"],
        "next_attempt_at": _time(delivery.get("next_attempt_at")),
    }


def _notification(recipient_type: str, delivery: Delivery) -> View:
    return {
        "id": delivery["notification_id"],
        "type": _NOTIFICATION_TYPES[recipient_type],
        "recipient_type": recipient_type,
        "channel": delivery["channel"],
        "recipient": delivery["recipient"],
        "status": delivery["status"],
        "sent_at": _time(delivery.get("sent_at")),
        "error_message": delivery.get("error_message"),
    }


def _time(value: str | datetime | None) -> str | None:
    """The store's own clock writes dates, everyone else writes text."""
    return timestamp(value) if isinstance(value, datetime) else value
