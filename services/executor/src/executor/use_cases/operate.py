"""An operator's transitions, guarded by the revision that the operator saw."""

from dataclasses import dataclass
from typing import Any

from executor import events
from executor.deliveries import AGAIN, can_be_resent
from executor.repository import Repository
from executor.use_cases.drive import Driving
from executor.use_cases.hold import was_held
from executor.use_cases.resubmit import Resubmitting
from shared.clock import Clock, timestamp
from shared.contracts.errors import ErrorCode, NextAction
from shared.contracts.exports import ExportOperated, OperateAction, OperateExport
from shared.contracts.lifecycle import DeliveryStatus, Event, EventType, ExportRecord, State
from shared.errors import Refused

_EVENTS = {
    OperateAction.RESUME: EventType.EXECUTION_RESUMED,
    OperateAction.VOID: EventType.EXPORT_VOIDED,
    OperateAction.RESUBMIT: EventType.BROKER_SUBMISSION_RETRIED,
    OperateAction.CONFIRM_DELIVERY: EventType.DELIVERY_CONFIRMED,
    OperateAction.RELEASE: EventType.EXPORT_RELEASED,
}
# Older than any drive, so that the next sweep takes it.
_LONG_AGO = "1970-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Operating:
    repository: Repository
    driving: Driving
    resubmitting: Resubmitting
    now: Clock

    async def operate(self, command: OperateExport) -> ExportOperated:
        """Does it once; a second delivery of the command is answered from the log.

        Raises:
            Refused: EXPORT_NOT_FOUND, EXPORT_VOIDED, or EXPORT_NOT_READY where the export has
                changed since, or its state does not allow the action.
        """
        now = timestamp(self.now())
        event = events.command_event(
            command.command_id,
            _EVENTS[command.action],
            now,
            {"reason": command.reason},
            actor=command.operator,
        )
        while True:
            export = await self._export(command)
            if events.happened(export, event["id"]) or await self._do(command, export, event):
                return await self._after(command)

    async def _do(self, command: OperateExport, export: ExportRecord, event: Event) -> bool:
        """False when the export changed meanwhile, by a copy of the command perhaps."""
        _allowed(command, export)
        if command.action is OperateAction.RESUBMIT:
            return await self.resubmitting.resubmit(
                export,
                command.command_id,
                command.revision,
                actor=command.operator,
                reason=command.reason,
            )
        now = str(event["occurred_at"])
        if command.action is OperateAction.RELEASE:
            fields = await self._released(command, export)
        else:
            fields = _fields(command.action, export, now)
        return await self.repository.operate(export, fields, event, now) is not None

    async def _released(self, command: OperateExport, export: ExportRecord) -> dict[str, Any]:
        epoch = await self.repository.epoch()
        if epoch is None:
            raise _not_now("The store was not restored: nothing is held.")
        told = {"last_execution": None} if was_held(export) else {}
        return {"released": epoch["began_at"], "mailed": command.mailed} | told

    async def _after(self, command: OperateExport) -> ExportOperated:
        export = await self._export(command)
        note = ""
        if command.action is OperateAction.VOID:
            # Void already by the export's state; dropped to keep the collection small.
            await self.repository.drop_claims(export)
            note = _void_note(export)
        if command.action is OperateAction.RESUBMIT:
            await self.driving.wake_mailer(export)
        return ExportOperated(export_id=export["_id"], revision=export["revision"], note=note)

    async def _export(self, command: OperateExport) -> ExportRecord:
        export = await self.repository.export(command.account_id, command.export_id)
        if export is None:
            raise Refused(ErrorCode.EXPORT_NOT_FOUND)
        return export


def _allowed(command: OperateExport, export: ExportRecord) -> None:
    if export["state"] == State.VOIDED:
        raise Refused(ErrorCode.EXPORT_VOIDED)
    if export["revision"] != command.revision:
        raise _not_now("The export has changed since it was looked at; look again.")
    statuses = {kind: each["status"] for kind, each in export["deliveries"].items()}
    match command.action:
        case OperateAction.RESUME if export["state"] != State.EXECUTING:
            raise _not_now("It is not executing.")
        case OperateAction.VOID if DeliveryStatus.SENDING in statuses.values():
            raise _not_now("A delivery is being sent; wait for its end.")
        case OperateAction.RESUBMIT if not can_be_resent(export):
            raise _not_now("No delivery failed or is unclear.")
        case OperateAction.CONFIRM_DELIVERY if statuses.get("BROKER") not in AGAIN:
            raise _not_now("The broker's delivery neither failed nor is unclear.")


def _fields(action: OperateAction, export: ExportRecord, now: str) -> dict[str, Any]:
    if action is OperateAction.RESUME:
        return {
            "execution.failures": 0,
            "execution.stalled": False,
            "execution.driven_at": _LONG_AGO,
        }
    if action is OperateAction.CONFIRM_DELIVERY:
        return {
            "deliveries.BROKER.status": DeliveryStatus.SENT.value,
            "deliveries.BROKER.sent_at": now,
            "deliveries.BROKER.error_message": None,
        }
    fields: dict[str, Any] = {"state": State.VOIDED.value}
    for kind, delivery in export["deliveries"].items():
        if delivery["status"] == DeliveryStatus.PENDING:
            fields |= {
                f"deliveries.{kind}.status": DeliveryStatus.FAILED.value,
                f"deliveries.{kind}.error_message": "voided",
                f"deliveries.{kind}.next_attempt_at": None,
            }
    return fields


def _void_note(export: ExportRecord) -> str:
    unclear = {EventType.BROKER_SUBMISSION_UNKNOWN, EventType.WAREHOUSE_NOTICE_UNKNOWN}
    kinds = {event["type"] for event in export["events"]}
    if unclear & kinds:
        return "A delivery was once UNKNOWN: the partner may have the mail, or get it still."
    if EventType.BROKER_NOTIFIED in kinds:
        return "The broker has the mail; tell the broker that the export is void."
    return "The broker was not mailed."


def _not_now(reason: str) -> Refused:
    next_action = NextAction.INSPECT.value
    return Refused(ErrorCode.EXPORT_NOT_READY, reason, details={"next_action": next_action})
