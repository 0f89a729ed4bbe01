"""Plan an export: load, decide, keep the verdict, then create or advance the export.

The verdict on a command is stored, plan or refusal, before its first effect: a copy of the command
gets the same one, however late it comes.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from planner.domain.view import operator_only, view_of, warning_codes
from planner.repository import Repository
from planner.use_cases.decision import Decided, Decisions
from shared.canonical import canonical_json
from shared.clock import Clock, timestamp
from shared.contracts.errors import ErrorCode, Refusal
from shared.contracts.exports import (
    INLINE_VIEW_BYTES,
    MAX_REPLY_BYTES,
    ExportPlanned,
    PlanExport,
)
from shared.contracts.lifecycle import CurrentPlan, Event, EventType, ExportRecord, State
from shared.errors import BlobTooLarge, Refused
from shared.ids import derived_id
from shared.store import Document

ACTOR = "planner"


class Planning:
    def __init__(self, repository: Repository, decisions: Decisions, now: Clock) -> None:
        self._repository = repository
        self._decisions = decisions
        self._now = now

    async def plan(self, command: PlanExport) -> ExportPlanned:
        """The plan, stored under a new export or as another revision of `batch_id`'s.

        Raises:
            Refused: ORDER_NOT_FOUND, EXPORT_NOT_FOUND, EXPORT_VOIDED, EXPORT_ALREADY_EXECUTED,
                PLAN_STALE (a newer plan command came first), VALIDATION_ERROR (too much).
        """
        moment = self._now()
        if command.dry_run:
            return await self._dry_run(command, moment.date(), timestamp(moment))
        try:
            verdict, view = await self._verdict(command, moment.date(), timestamp(moment))
            if verdict["kind"] == "refusal":
                raise Refused.again(Refusal.model_validate(verdict["refusal"]))
            if command.batch_id is None:
                revision = await self._create(command, verdict)
            else:
                revision = await self._replan(command, verdict)
        except Refused:
            if command.batch_id is not None:
                await self._repository.move_mark(
                    command.batch_id, command.account_id, command.stamp, timestamp(moment)
                )
            raise
        return await self._answer(verdict, revision, view)

    async def _dry_run(self, command: PlanExport, as_of: date, planned_at: str) -> ExportPlanned:
        decided = await self._decisions.decide(command.account_id, command.request, as_of)
        view = view_of(decided.snapshot, decided.plan_hash, planned_at, as_of.isoformat())
        text = canonical_json(view)
        if len(text) > MAX_REPLY_BYTES:
            raise _too_big()
        return ExportPlanned(
            export_id=None,
            plan_revision=None,
            plan_hash=decided.plan_hash,
            planned_at=planned_at,
            view=text.decode(),
        )

    async def _verdict(
        self, command: PlanExport, as_of: date, planned_at: str
    ) -> tuple[Document, bytes | None]:
        """The verdict on the command, and its view where it has just been made."""
        export = None
        if command.batch_id is not None:
            export = await self._repository.export(command.batch_id, command.account_id)
            known = await self._repository.plan(command.command_id, command.account_id)
            if known:
                return known, None
        common: Document = {
            "_id": command.command_id,
            "account_id": command.account_id,
            "export_id": command.batch_id or _batch_id(command),
            "request": command.request.model_dump(mode="json", by_alias=True, exclude_none=True),
            "planned_at": planned_at,
            "as_of": as_of.isoformat(),
        }
        try:
            if command.batch_id is not None:
                _may_replan(export, command)
            decided = await self._decisions.decide(command.account_id, command.request, as_of)
            verdict, view = await self._stored(common, decided)
        except Refused as refused:
            verdict = common | {"kind": "refusal", "refusal": refused.refusal.model_dump()}
            view = None
        kept = await self._repository.keep_plan(verdict)
        return kept, view if kept is verdict else None

    async def _stored(self, common: Document, decided: Decided) -> tuple[Document, bytes]:
        snapshot = decided.snapshot
        view = canonical_json(
            view_of(snapshot, decided.plan_hash, common["planned_at"], common["as_of"])
        )
        try:
            _, view_sha256 = await asyncio.gather(
                self._repository.put_blob(decided.canonical), self._repository.put_blob(view)
            )
        except BlobTooLarge as error:
            raise _too_big() from error
        verdict = common | {
            "kind": "plan",
            "test": bool(snapshot["account"].get("test")),
            "plan_hash": decided.plan_hash,
            "view_sha256": view_sha256,
            "readiness": snapshot["decision"]["readiness"],
            "operator_only": operator_only(snapshot),
            "warning_codes": warning_codes(snapshot),
            "exported_order_ids": snapshot["exported_order_ids"],
        }
        return verdict, view

    async def _create(self, command: PlanExport, verdict: Document) -> int:
        now, plan = verdict["planned_at"], _current(verdict, 1)
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
                events=[
                    _event(command, EventType.EXPORT_BATCH_CREATED, now, {}),
                    _event(command, EventType.EXPORT_PLANNED, now, _facts(plan)),
                ],
                created_at=now,
                updated_at=now,
            )
        )
        return 1

    async def _replan(self, command: PlanExport, verdict: Document) -> int:
        while True:
            export = await self._repository.export(str(command.batch_id), command.account_id)
            if export is None:
                raise _no_export()
            for plan in export["plans"]:  # a command in the log is answered from it
                if plan["command_id"] == command.command_id:
                    return plan["revision"]
            _may_replan(export, command)
            plan = _current(verdict, export["plan_revision"] + 1)
            now = timestamp(self._now())
            update: Mapping[str, Any] = {
                "$set": {
                    "plan": plan,
                    "plan_revision": plan["revision"],
                    "mark": command.stamp,
                    "refused": None,
                    "last_execution": None,
                    "warehouse_id": command.request.warehouse_id,
                    "broker_id": command.request.broker_id,
                    "updated_at": now,
                },
                "$push": {
                    "plans": plan,
                    "events": _event(command, EventType.EXPORT_REPLANNED, now, _facts(plan)),
                },
                "$inc": {"revision": 1},
            }
            if await self._repository.replan(export, command.stamp, update):
                return plan["revision"]

    async def _answer(self, verdict: Document, revision: int, view: bytes | None) -> ExportPlanned:
        if view is None:
            view = await self._repository.blob(verdict["view_sha256"])
        return ExportPlanned(
            export_id=verdict["export_id"],
            plan_revision=revision,
            plan_hash=verdict["plan_hash"],
            planned_at=verdict["planned_at"],
            view_sha256=verdict["view_sha256"],
            view=view.decode() if len(view) <= INLINE_VIEW_BYTES else None,
        )


def _may_replan(export: ExportRecord | None, command: PlanExport) -> None:
    if export is None:
        raise _no_export()
    if any(plan["command_id"] == command.command_id for plan in export["plans"]):
        return
    if export["state"] == State.VOIDED:
        raise Refused(ErrorCode.EXPORT_VOIDED, "The export was voided.")
    if export["state"] != State.PLANNED:
        raise Refused(
            ErrorCode.EXPORT_ALREADY_EXECUTED, "The export is executing or executed already."
        )
    if export["mark"] >= command.stamp:
        raise Refused(ErrorCode.PLAN_STALE, "A newer plan of this export was asked for.")


def _batch_id(command: PlanExport) -> str:
    return derived_id("batch_", command.command_id)


def _current(verdict: Document, revision: int) -> CurrentPlan:
    return CurrentPlan(
        revision=revision,
        command_id=verdict["_id"],
        plan_hash=verdict["plan_hash"],
        view_sha256=verdict["view_sha256"],
        readiness=verdict["readiness"],
        operator_only=verdict["operator_only"],
        warning_codes=verdict["warning_codes"],
        planned_at=verdict["planned_at"],
    )


def _facts(plan: CurrentPlan) -> dict[str, Any]:
    return {
        "plan_revision": plan["revision"],
        "planHash": plan["plan_hash"],
        "readinessState": plan["readiness"],
    }


def _event(command: PlanExport, kind: EventType, now: str, data: dict[str, Any]) -> Event:
    return Event(
        id=derived_id("evt_", command.command_id, kind.value),
        type=kind.value,
        occurred_at=now,
        actor=ACTOR,
        data=data | {"command_id": command.command_id, "request_id": command.request_id},
    )


def _no_export() -> Refused:
    return Refused(ErrorCode.EXPORT_NOT_FOUND, "No such export.", field="batchId")


def _too_big() -> Refused:
    message = "The plan is too large; send fewer orders."
    issue = {"path": "orderIds", "message": message, "code": "too_big"}
    return Refused(
        ErrorCode.VALIDATION_ERROR, message, field="orderIds", details={"issues": [issue]}
    )
