"""Plan an export: keep the verdict on the command, then create the export or advance it."""

from datetime import datetime
from typing import Any

from planner.repository import Repository
from planner.use_cases.decision import decided
from planner.use_cases.verdicts import may_replan, too_large, verdict_on
from shared.clock import Clock, timestamp
from shared.contracts.errors import Refusal
from shared.contracts.exports import INLINE_VIEW_BYTES, MAX_REPLY_BYTES, ExportPlanned, PlanExport
from shared.contracts.lifecycle import CurrentPlan, Event, EventType, ExportRecord, State
from shared.errors import Refused
from shared.exports import event, marked
from shared.records import Document


class Planning:
    def __init__(self, repository: Repository, now: Clock) -> None:
        self._repository = repository
        self._now = now

    async def plan(self, command: PlanExport) -> ExportPlanned:
        """The plan, stored under a new export or as another revision of `batch_id`'s.

        Raises:
            Refused: ORDER_NOT_FOUND, EXPORT_NOT_FOUND, EXPORT_VOIDED, EXPORT_ALREADY_EXECUTED,
                PLAN_STALE (a newer plan command came first), VALIDATION_ERROR (too much).
        """
        moment = self._now()
        if command.dry_run:
            return await self._dry_run(command, moment)
        try:
            verdict, view = await verdict_on(command, self._repository, moment)
            if verdict["kind"] == "refusal":
                raise Refused.again(Refusal.model_validate(verdict["refusal"]))
            if command.batch_id is None:
                revision = await self._create(command, verdict)
            else:
                revision = await self._replan(command, command.batch_id, verdict)
        except Refused:
            if command.batch_id is not None:
                await self._repository.move_mark(
                    command.batch_id, command.account_id, command.stamp
                )
            raise
        return await self._answer(verdict, revision, view)

    async def _dry_run(self, command: PlanExport, moment: datetime) -> ExportPlanned:
        plan = await decided(command.account_id, command.request, moment.date(), self._repository)
        view = plan.view(moment)
        if len(view) > MAX_REPLY_BYTES:
            raise too_large()
        return ExportPlanned(
            export_id=None,
            plan_revision=None,
            plan_hash=plan.plan_hash,
            planned_at=timestamp(moment),
            view=view.decode(),
        )

    async def _create(self, command: PlanExport, verdict: Document) -> int:
        now, plan = verdict["planned_at"], _current(verdict, 1)
        events = [
            _event(command, EventType.EXPORT_BATCH_CREATED, now),
            _event(command, EventType.EXPORT_PLANNED, now, plan),
        ]
        await self._repository.create_export(
            ExportRecord(
                _id=verdict["export_id"],
                account_id=command.account_id,
                warehouse_id=command.request.warehouse_id,
                broker_id=command.request.broker_id,
                test=verdict["test"],
                state=State.PLANNED.value,
                revision=1,
                plan_revision=1,
                mark=command.stamp,
                plan=plan,
                plans=[plan],
                refused=None,
                attempt=0,
                execution=None,
                last_execution=None,
                package_id=None,
                package_number=None,
                artifacts=[],
                deliveries={},
                events=events,
                unannounced=marked(events, now).get("unannounced"),
                created_at=now,
                updated_at=now,
            )
        )
        return 1

    async def _replan(self, command: PlanExport, batch_id: str, verdict: Document) -> int:
        while True:
            found = await self._repository.export(batch_id, command.account_id)
            export = may_replan(found, command)
            for plan in export["plans"]:  # a command in the log is answered from it
                if plan["command_id"] == command.command_id:
                    return plan["revision"]
            plan = _current(verdict, export["plan_revision"] + 1)
            fields = {
                "mark": command.stamp,
                "refused": None,
                "last_execution": None,
                "warehouse_id": command.request.warehouse_id,
                "broker_id": command.request.broker_id,
            }
            now = timestamp(self._now())
            replanned = _event(command, EventType.EXPORT_REPLANNED, now, plan)
            if await self._repository.replan(export, plan, fields, replanned, now):
                return plan["revision"]

    async def _answer(self, verdict: Document, revision: int, view: bytes | None) -> ExportPlanned:
        if view is None:
            view = await self._repository.view(verdict)
        return ExportPlanned(
            export_id=verdict["export_id"],
            plan_revision=revision,
            plan_hash=verdict["plan_hash"],
            planned_at=verdict["planned_at"],
            view_sha256=verdict["view_sha256"],
            view=view.decode() if len(view) <= INLINE_VIEW_BYTES else None,
        )


def _current(verdict: Document, revision: int) -> CurrentPlan:
    plan = CurrentPlan(
        revision=revision,
        command_id=verdict["_id"],
        orders=len(verdict["request"]["order_ids"]),
        warehouse_id=verdict["request"]["warehouse_id"],
        plan_hash=verdict["plan_hash"],
        view_sha256=verdict["view_sha256"],
        readiness=verdict["readiness"],
        operator_only=verdict["operator_only"],
        warning_codes=verdict["warning_codes"],
        planned_at=verdict["planned_at"],
    )
    if action := verdict.get("next_action"):  # verdicts of before have none
        plan["next_action"] = action
    if totals := verdict.get("totals"):
        plan["totals"] = totals
    return plan


def _event(command: PlanExport, kind: EventType, at: str, plan: CurrentPlan | None = None) -> Event:
    data: dict[str, Any] = {"command_id": command.command_id, "request_id": command.request_id}
    if plan is not None:
        data["plan_revision"] = plan["revision"]
        data |= {"planHash": plan["plan_hash"], "readinessState": plan["readiness"]}
    return event(kind, command.command_id, kind.value, at=at, actor="planner", data=data)
