"""Reading exports: the truth about each, its snapshot, its plans, and the list of all."""

import asyncio
from typing import Annotated

from fastapi import Path, Query, Request
from starlette.responses import Response

from gateway.dependencies import (
    Caller,
    Gateway,
    Listing,
    RecordId,
    Running,
    Wait,
    principal,
)
from gateway.routes.answers import json_answer, matches, tagged
from gateway.routes.resolved import api_router
from gateway.routes.words import CORE, EXPORTS, TAGGED, TAGGED_AND_WAITING, read_errors
from gateway.schemas.exports import Export, ExportList, Plan, Snapshot
from gateway.views import earlier_plan, export_answer, plan_answer
from shared.contracts.errors import ErrorCode as E
from shared.contracts.lifecycle import ExportRecord, Status
from shared.errors import Refused

router = api_router()

_PATIENCE_SECONDS = 1.0  # until it is looked whether the caller is there, and may still ask


@router.get(
    "/exports",
    operation_id="listExports",
    tags=[EXPORTS],
    summary="List exports",
    response_model=ExportList,
    responses=read_errors(),
)
async def list_exports(
    caller: Caller,
    gateway: Running,
    page: Listing,
    status: Annotated[Status | None, Query(description="Only exports of this status.")] = None,
) -> Response:
    """One page of the account's exports, the last changed first.

    Use this to find an export whose id is lost, or all in one status. Returns rows without plan
    or documents; pass `next_cursor` as `cursor` for the page after.
    """
    listed = await gateway.reads.exports(caller, page, status)
    return json_answer(listed._asdict())


@router.get(
    "/exports/{export_id:record}",
    operation_id="inspectExport",
    tags=[CORE],
    summary="Inspect an export",
    response_model=Export,
    responses=read_errors(E.EXPORT_NOT_FOUND),
    openapi_extra=TAGGED_AND_WAITING,
)
async def inspect(
    request: Request, export_id: RecordId, caller: Caller, gateway: Running, wait: Wait
) -> Response:
    """The current state of one export, in one consistent answer: plan, package, delivery, events.

    Use this after executing, to follow it until the broker has it. With `If-None-Match` and
    `Prefer: wait=n` it waits for a change, then answers 304. The revision never goes back.
    """
    export = await gateway.reads.export(caller, export_id)
    if wait and matches(request, str(export["revision"])):
        gateway.admission.hold(request.scope, caller.account_id, waits=1)
        export = await _changed(request, gateway, export, wait)
    body = b""
    if not matches(request, str(export["revision"])):
        text = await gateway.reads.view(caller.account_id, export["plan"])
        body = export_answer(export, text)
    response = tagged(request, body, str(export["revision"]), "application/json")
    if wait is not None:
        response.headers["preference-applied"] = f"wait={int(wait)}"
    return response


async def _changed(
    request: Request, gateway: Gateway, export: ExportRecord, wait: float
) -> ExportRecord:
    """The export, once it is another than this, or the wait is over; a revoked key ends it."""
    until = asyncio.get_running_loop().time() + wait
    while not await request.is_disconnected():
        left = until - asyncio.get_running_loop().time()
        seen = export["account_id"], export["_id"], export["revision"]
        changed = await gateway.changes.beyond(*seen, within=min(left, _PATIENCE_SECONDS))
        caller = await principal(request, gateway)
        if changed or left <= _PATIENCE_SECONDS:
            return await gateway.reads.export(caller, export["_id"])
    return export


@router.get(
    "/exports/{export_id}/snapshot",
    operation_id="getSnapshot",
    tags=[EXPORTS],
    summary="Fetch the planning snapshot",
    response_model=Snapshot,
    responses=read_errors(E.EXPORT_NOT_FOUND),
    openapi_extra=TAGGED,
)
async def snapshot(
    request: Request, export_id: RecordId, caller: Caller, gateway: Running
) -> Response:
    """The exact bytes whose hash is the `planHash`, and so the proof of what was planned.

    Use this to verify a plan, or to archive it. Money is integer cents here; `ETag` is the
    `planHash`.
    """
    export = await gateway.reads.export(caller, export_id)
    body = await gateway.reads.snapshot(export)
    return tagged(request, body, export["plan"]["plan_hash"], "application/json")


@router.get(
    "/exports/{export_id}/plans/{revision}",
    operation_id="getPlan",
    tags=[EXPORTS],
    summary="Fetch an earlier plan",
    response_model=Plan,
    responses=read_errors(E.EXPORT_NOT_FOUND, E.PLAN_NOT_FOUND),
)
async def plan_of_revision(
    export_id: RecordId,
    revision: Annotated[int, Path(ge=1, le=2**31, description="The plan's `plan_revision`.")],
    caller: Caller,
    gateway: Running,
) -> Response:
    """One earlier revision of an export's plan, just as it was answered then.

    Use this to see what a correction changed. The current plan is part of the export itself; a
    revision never changes.
    """
    export = await gateway.reads.export(caller, export_id)
    plan = earlier_plan(export, revision)
    current = export["plan_revision"] == revision
    if plan is None or not (current or caller.may_see(plan.get("warehouse_id", ""))):
        raise Refused(E.PLAN_NOT_FOUND)
    text = await gateway.reads.view(caller.account_id, plan)
    return json_answer(plan_answer(text, export_id, revision))
