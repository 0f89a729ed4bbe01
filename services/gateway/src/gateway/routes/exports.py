"""Reading exports: the truth about each, its snapshot, its plans, and the list of all."""

import asyncio
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
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
from gateway.reads import Wanted
from gateway.routes.answers import json_answer, matches, tagged
from gateway.routes.resolved import api_router
from gateway.routes.words import CORE, EXPORTS, TAGGED, TAGGED_AND_WAITING, read_errors
from gateway.schemas.exports import Export, ExportList, Plan, Snapshot
from gateway.views import earlier_plan, export_answer, plan_answer
from shared.contracts.errors import ErrorCode as E
from shared.contracts.lifecycle import ExportRecord, Status
from shared.errors import Refused
from shared.ids import read_package_number
from shared.text import Id

router = api_router()

_PATIENCE_SECONDS = 1.0  # until it is looked whether the caller is there, and may still ask


def _package_number(text: str | None) -> str | None:
    number = text and read_package_number(text)
    if text and number is None:
        raise PydanticCustomError("invalid_string", "Mistyped: the check character does not fit")
    return number


async def filtered(
    status: Annotated[Status | None, Query(description="Only exports of this status.")] = None,
    order_id: Annotated[
        Id | None, Query(alias="orderId", description="Only exports that have this order.")
    ] = None,
    external_id: Annotated[
        Id | None, Query(alias="externalId", description="The same, by your reference of it.")
    ] = None,
    package_number: Annotated[
        Id | None,
        Query(alias="packageNumber", description="Only the export of this package."),
        AfterValidator(_package_number),
    ] = None,
) -> Wanted:
    return Wanted(status, order_id, external_id, package_number)


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
    wanted: Annotated[Wanted, Depends(filtered)],
) -> Response:
    """One page of the account's exports, the last changed first.

    Use this to find an export by an order in it, by its package's number, or all in one status.
    Returns rows without plan or documents; pass `next_cursor` as `cursor` for the page after.
    """
    listed = await gateway.reads.exports(caller, page, wanted)
    return json_answer(listed.answer())


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
