"""Execute an approved plan: checked, started, then driven to its end by whoever comes next."""

from collections.abc import Awaitable, Callable
from typing import Any

from executor import events
from executor.repository import Repository
from executor.use_cases.drive import Driving
from executor.use_cases.resubmit import Resubmitting
from shared.clock import Clock, timestamp
from shared.contracts.errors import ErrorCode, Refusal
from shared.contracts.exports import ExecuteExport, ExportExecuted, PlanVerified
from shared.contracts.lifecycle import (
    EventType,
    Execution,
    ExportRecord,
    LastExecution,
    Readiness,
    State,
)
from shared.errors import Refused

Fields = dict[str, Any]
Verify = Callable[[ExecuteExport, ExportRecord], Awaitable[PlanVerified]]


class Executing:
    def __init__(
        self,
        repository: Repository,
        driving: Driving,
        resubmitting: Resubmitting,
        verify: Verify,
        now: Clock,
    ) -> None:
        self._repository = repository
        self._driving = driving
        self._resubmitting = resubmitting
        self._verify = verify
        self._now = now

    async def execute(self, command: ExecuteExport) -> ExportExecuted:
        """Runs the plan that was current when the request was accepted, or says why not.

        A second command that meets an execution continues it; on an executed export it changes
        nothing (but `resubmit`). A stalled execution is answered as running.

        Raises:
            Refused: in the order of protocol.md section 5.
        """
        while True:
            export = await self._repository.export(command.export_id, command.account_id)
            if export is None:
                raise Refused(ErrorCode.EXPORT_NOT_FOUND, "No such export.", field="batchId")
            if export["state"] == State.VOIDED:
                raise Refused(ErrorCode.EXPORT_VOIDED, "The export was voided.")
            if export["state"] == State.EXECUTED:
                return await self._executed(command, export)
            if export["state"] == State.PLANNED:
                started = await self._start(command, export)
                if started is None:
                    continue
                export = started
            if export["execution"] and export["execution"]["stalled"]:
                return ExportExecuted(export_id=export["_id"], running=True)
            await self._driving.drive(export)

    async def _executed(self, command: ExecuteExport, export: ExportRecord) -> ExportExecuted:
        if command.resubmit:
            await self._resubmitting.resubmit(export, command.command_id, command.revision)
        last = export["last_execution"]
        if not command.resubmit and last and last["command_id"] == command.command_id:
            await self._driving.wake_mailer(export)  # it may have died before it did
        return ExportExecuted(export_id=export["_id"])

    async def _start(self, command: ExecuteExport, export: ExportRecord) -> ExportRecord | None:
        """The started export; None when it changed meanwhile and is to be looked at again."""
        refusal, fields = _refusal(command, export), Fields()
        if refusal is None:
            refusal, fields = await self._verified(command, export)
        if refusal is None:
            return await self._begin(command, export)
        current = command.plan_revision == export["plan_revision"]
        if current and not await self._keep(command, export, refusal, fields):
            return None
        raise Refused.again(refusal)

    async def _verified(
        self, command: ExecuteExport, export: ExportRecord
    ) -> tuple[Refusal | None, Fields]:
        """The planner's refusal, if the plan no longer holds, and what the record keeps of it."""
        try:
            verified = await self._verify(command, export)
        except Refused as error:
            return error.refusal, {}
        if verified.holds:
            return None, {}
        refusal = _stale([change.model_dump() for change in verified.changed])
        kept = {"plan_revision": export["plan_revision"], "error": refusal.model_dump()}
        return refusal, {"refused": kept}

    async def _begin(self, command: ExecuteExport, export: ExportRecord) -> ExportRecord | None:
        now = timestamp(self._now())
        begun = export | {"attempt": export["attempt"] + 1}
        execution = Execution(
            attempt=begun["attempt"],
            command_id=command.command_id,
            request_id=command.request_id,
            started_at=now,
            failures=0,
            driven_at=now,
            stalled=False,
            last_error=None,
        )
        event = events.execution_event(
            begun,
            EventType.EXECUTION_STARTED,
            now,
            {
                "command_id": command.command_id,
                "request_id": command.request_id,
                "idempotency_key_id": command.key_id,
                "plan_revision": export["plan_revision"],
                "planHash": export["plan"]["plan_hash"],
                "acknowledged_warnings": export["plan"]["warning_codes"],
            },
        )
        fields = {
            "state": State.EXECUTING.value,
            "attempt": begun["attempt"],
            "execution": execution,
            "last_execution": LastExecution(
                command_id=command.command_id, outcome="RUNNING", error=None
            ),
            "updated_at": now,
        }
        return await self._repository.start(export, fields, event)

    async def _keep(
        self,
        command: ExecuteExport,
        export: ExportRecord,
        refusal: Refusal,
        fields: Fields,
    ) -> bool:
        """Tells the refusal in `last_execution`, while it concerns the current plan."""
        last = LastExecution(
            command_id=command.command_id, outcome="REFUSED", error=refusal.envelope()
        )
        kept = {"last_execution": last, "updated_at": timestamp(self._now()), **fields}
        return await self._repository.keep_refusal(export, kept) is not None


def _refusal(command: ExecuteExport, export: ExportRecord) -> Refusal | None:
    """What the record alone already refuses."""
    plan = export["plan"]
    if command.plan_hash is not None and command.plan_hash != plan["plan_hash"]:
        return Refused(
            ErrorCode.PLAN_HASH_MISMATCH,
            "The current plan is another one than the planHash names.",
            field="planHash",
            details={"planHash": plan["plan_hash"]},
        ).refusal
    if plan["readiness"] == Readiness.BLOCKED:
        return Refused(
            ErrorCode.EXPORT_NOT_READY,
            "The plan is blocked; the export's validationMessages say by what.",
            details={"readinessState": plan["readiness"]},
        ).refusal
    if command.plan_revision != export["plan_revision"]:
        change = {
            "path": "plan_revision",
            "planned": command.plan_revision,
            "current": export["plan_revision"],
        }
        return _stale([change])
    if refused := export.get("refused"):
        return Refusal.model_validate(refused["error"])
    return None


def _stale(changed: list[dict[str, Any]]) -> Refusal:
    return Refused(
        ErrorCode.PLAN_STALE,
        "What was planned has changed since.",
        details={"changed": changed},
    ).refusal
