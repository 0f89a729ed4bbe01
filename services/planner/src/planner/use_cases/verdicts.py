"""The verdict on a plan command: a plan or a refusal, stored before the command's first effect.

A copy of the command gets the same one, however late it comes.
"""

from datetime import datetime

from planner.domain.advice import next_action
from planner.domain.view import warning_codes
from planner.repository import Repository
from planner.use_cases.decision import decided
from shared import plans
from shared.canonical import sha256_hex
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode, NextAction
from shared.contracts.exports import PlanExport
from shared.contracts.lifecycle import ExportRecord, State
from shared.errors import BlobTooLarge, Refused
from shared.ids import derived_id
from shared.records import Document
from shared.validation import invalid


async def verdict_on(
    command: PlanExport, repository: Repository, moment: datetime
) -> tuple[Document, bytes | None]:
    """The first verdict that was stored, and the plan's view where it has just been made."""
    if command.batch_id is not None:
        known = await repository.plan(command.command_id, command.account_id)
        if known:
            return known, None
    common: Document = {
        "_id": command.command_id,
        "account_id": command.account_id,
        "request_id": command.request_id,
        "export_id": command.batch_id or derived_id("batch_", command.command_id),
        "request": command.request.model_dump(mode="json", by_alias=True, exclude_none=True),
        "planned_at": timestamp(moment),
        "as_of": moment.date().isoformat(),
    }
    view: bytes | None = None
    try:
        if command.batch_id is not None:
            export = await repository.export(command.batch_id, command.account_id)
            may_replan(export, command)
        plan, view = await _plan(command, repository, moment)
        verdict = common | {"kind": "plan"} | plan
    except Refused as refused:
        verdict = common | {"kind": "refusal", "refusal": refused.refusal.model_dump()}
    kept = await repository.keep_plan(verdict)
    return kept, view if kept is verdict else None


def may_replan(export: ExportRecord | None, command: PlanExport) -> ExportRecord:
    """The export, if it takes the command; one that is in its log is never refused."""
    if export is None:
        raise Refused(ErrorCode.EXPORT_NOT_FOUND, field="batchId")
    if any(plan["command_id"] == command.command_id for plan in export["plans"]):
        return export
    if export["state"] == State.VOIDED:
        raise Refused(ErrorCode.EXPORT_VOIDED)
    if export["state"] != State.PLANNED:
        raise Refused(ErrorCode.EXPORT_ALREADY_EXECUTED)
    if export["mark"] >= command.stamp:
        raise Refused(ErrorCode.PLAN_STALE, "A newer plan of this export was asked for.")
    return export


def too_large() -> Refused:
    return invalid(
        "orderIds", "At most 15 MiB of snapshot, and 12 MiB of plan; send fewer orders.", "too_big"
    )


async def _plan(
    command: PlanExport, repository: Repository, moment: datetime
) -> tuple[Document, bytes]:
    """A plan with its snapshot and its view, in it or stored beside it."""
    plan = await decided(command.account_id, command.request, moment.date(), repository)
    snapshot, view = plan.snapshot, plan.view(moment)
    kept, action = plans.inline(plan.canonical, view), next_action(snapshot)
    if kept is None:
        try:
            await repository.put_large(plan.canonical, view)
        except BlobTooLarge as error:
            raise too_large() from error
    bytes_: Document = {**kept} if kept else {"blob_bytes": len(plan.canonical) + len(view)}
    return bytes_ | {
        "test": snapshot["account"].get("test", False),
        "plan_hash": plan.plan_hash,
        "view_sha256": sha256_hex(view),
        "readiness": snapshot["decision"]["readiness"],
        "operator_only": action is NextAction.CONTACT_OPERATOR,
        "next_action": action.value,
        "warning_codes": warning_codes(snapshot),
        "exported_order_ids": snapshot["exported_order_ids"],
        "unit_ids": [unit["unit_id"] for unit in snapshot["decision"]["units"]],
        "totals": snapshot["decision"]["totals"],
        "left_out": [each["order_id"] for each in snapshot["decision"]["excluded_orders"]],
    }, view
