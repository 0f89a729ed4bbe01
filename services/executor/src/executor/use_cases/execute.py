"""Execute an approved plan: checked, started, then driven to its end by whoever comes next."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from executor import events
from executor.deliveries import can_be_resent
from executor.repository import Repository
from executor.use_cases.drive import Driving
from executor.use_cases.hold import held
from executor.use_cases.resubmit import Resubmitting
from shared import tracing
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
from shared.links import rule_page

Fields = dict[str, Any]
Verify = Callable[[ExecuteExport, ExportRecord], Awaitable[PlanVerified]]

MOST_TOLD = 100  # of what blocks a plan; inspect tells it all


@dataclass(frozen=True)
class Executing:
    repository: Repository
    driving: Driving
    resubmitting: Resubmitting
    verify: Verify
    now: Clock

    async def execute(self, command: ExecuteExport) -> ExportExecuted:
        """Runs the plan that was current when the request was accepted, or says why not.

        A second command that meets an execution continues it; on an executed export it changes
        nothing (but `resubmit`). A stalled execution is answered as running.

        Raises:
            Refused: in the order of protocol.md section 5.
        """
        driven = False
        while True:
            export = await self._export(command)
            if export["state"] == State.EXECUTED:
                if not driven:
                    await self._repeated(command, export)
                return ExportExecuted(export_id=export["_id"])
            if export["state"] == State.PLANNED:
                started = await self._start(command, export)
                if started is None:
                    continue
                export = started
            if export["execution"] and export["execution"]["stalled"]:
                return ExportExecuted(export_id=export["_id"], running=True)
            if await self.driving.drive(export):
                return ExportExecuted(export_id=export["_id"])
            driven = True

    async def _export(self, command: ExecuteExport) -> ExportRecord:
        export = await self.repository.export(command.account_id, command.export_id)
        if export is None:
            raise Refused(ErrorCode.EXPORT_NOT_FOUND, field="batchId")
        if export["state"] == State.VOIDED:
            raise Refused(ErrorCode.EXPORT_VOIDED)
        return export

    async def _repeated(self, command: ExecuteExport, export: ExportRecord) -> None:
        """What a command does on an export that was executed before it came, or came again."""
        if command.resubmit:
            if can_be_resent(export) and (refusal := await held(self.repository, export)):
                raise Refused.again(refusal)
            await self.resubmitting.resubmit(export, command.command_id, command.revision)
        last = export["last_execution"]
        if not command.resubmit and last and last["command_id"] == command.command_id:
            await self.driving.wake_mailer(export)  # it may have died before it did

    async def _start(self, command: ExecuteExport, export: ExportRecord) -> ExportRecord | None:
        """The started export; None when it changed meanwhile and is to be looked at again."""
        refusal, fields = await self._refusal(command, export), Fields()
        if refusal is None:
            refusal = await held(self.repository, export)
        if refusal is None:
            refusal, fields = await self._verified(command, export)
        if refusal is None:
            return await self._begin(command, export)
        current = command.plan_revision == export["plan_revision"]
        if current and not await self._keep(command, export, refusal, fields):
            return None
        raise Refused.again(refusal)

    async def _refusal(self, command: ExecuteExport, export: ExportRecord) -> Refusal | None:
        """What the record alone already refuses."""
        plan = export["plan"]
        if command.plan_hash not in {None, plan["plan_hash"]}:
            return Refused(
                ErrorCode.PLAN_HASH_MISMATCH,
                field="planHash",
                details={"planHash": plan["plan_hash"]},
            ).refusal
        if plan["readiness"] == Readiness.BLOCKED:
            return _blocked(await self.repository.view(export))
        planned, current = command.plan_revision, export["plan_revision"]
        if planned != current:
            return _stale([{"path": "plan_revision", "planned": planned, "current": current}])
        if refused := export["refused"]:
            return Refusal.model_validate(refused["error"])
        return None

    async def _verified(
        self, command: ExecuteExport, export: ExportRecord
    ) -> tuple[Refusal | None, Fields]:
        """The planner's refusal, if the plan no longer holds, and what the record keeps of it."""
        try:
            verified = await self.verify(command, export)
        except Refused as error:
            return error.refusal, {}
        if verified.holds:
            return None, {}
        refusal = _stale([change.model_dump() for change in verified.changed])
        kept = {"plan_revision": export["plan_revision"], "error": refusal.model_dump()}
        return refusal, {"refused": kept}

    async def _begin(self, command: ExecuteExport, export: ExportRecord) -> ExportRecord | None:
        now, attempt = timestamp(self.now()), export["attempt"] + 1
        last = LastExecution(command_id=command.command_id, outcome="RUNNING", error=None)
        fields = {
            "state": State.EXECUTING.value,
            "attempt": attempt,
            "execution": Execution(
                attempt=attempt,
                command_id=command.command_id,
                request_id=command.request_id,
                traceparent=tracing.traceparent(),
                started_at=now,
                failures=0,
                driven_at=now,
                stalled=False,
                last_error=None,
            ),
            "last_execution": last,
        }
        said = {
            "command_id": command.command_id,
            "request_id": command.request_id,
            "idempotency_key_id": command.key_id,
            "plan_revision": export["plan_revision"],
            "planHash": export["plan"]["plan_hash"],
            "acknowledged_warnings": export["plan"]["warning_codes"],
        }
        begun: ExportRecord = {**export, "attempt": attempt}
        event = events.execution_event(begun, EventType.EXECUTION_STARTED, now, said)
        return await self.repository.start(export, fields, event, now)

    async def _keep(
        self, command: ExecuteExport, export: ExportRecord, refusal: Refusal, fields: Fields
    ) -> bool:
        """Tells the refusal in `last_execution`, while it concerns the current plan."""
        last = LastExecution(
            command_id=command.command_id, outcome="REFUSED", error=refusal.envelope()
        )
        kept = fields | {"last_execution": last}
        return await self.repository.keep_refusal(export, kept, timestamp(self.now())) is not None


def _blocked(view: dict[str, Any]) -> Refusal:
    """What blocks the plan and what it lacks, and the plan's own word on what to do."""
    blocking = [
        finding | {"docs": rule_page(finding["rule_id"])}
        for finding in view["validationMessages"]
        if finding["severity"] == "BLOCKING"
    ]
    return Refused(
        ErrorCode.EXPORT_NOT_READY,
        details={
            "readinessState": view["readinessState"],
            "validationMessages": blocking[:MOST_TOLD],
            "missing_data": view["missing_data"][:MOST_TOLD],
            "next_action": view["next_recommended_action"],
        },
    ).refusal


def _stale(changed: list[dict[str, Any]]) -> Refusal:
    return Refused(ErrorCode.PLAN_STALE, details={"changed": changed}).refusal
