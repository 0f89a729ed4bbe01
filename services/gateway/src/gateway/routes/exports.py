"""Reading exports: the truth about each, its snapshot, its plans, and the list of all."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from gateway.auth import Principal
from gateway.dependencies import Caller, Gateway, Listing, RecordId, Running, Wait
from gateway.money import dump
from gateway.routes.answers import json_answer, matches, tagged
from gateway.views import earlier_plan, export_row, export_view, plan_view
from shared.contracts.errors import ErrorCode
from shared.contracts.lifecycle import ExportRecord, Status
from shared.errors import Refused

router = APIRouter()

_POLL_SECONDS = 0.2


@router.get("/exports")
async def list_exports(
    caller: Caller,
    gateway: Running,
    page: Listing,
    status: Annotated[Status | None, Query()] = None,
) -> Response:
    listed = await gateway.reads.exports(caller, page, status)
    rows = [export_row(record) for record in listed.records]
    return json_answer({"data": rows, "next_cursor": listed.next_cursor})


@router.get("/exports/{export_id:record}")
async def inspect(
    request: Request, export_id: RecordId, caller: Caller, gateway: Running, wait: Wait
) -> Response:
    export = await _changed(request, gateway, caller, export_id, wait or 0.0)
    body = b""
    if not matches(request, str(export["revision"])):
        stored = await gateway.reads.stored_view(export["plan"]["view_sha256"])
        body = dump(export_view(export, stored))
    response = tagged(request, body, str(export["revision"]), "application/json")
    if wait is not None:
        response.headers["preference-applied"] = f"wait={int(wait)}"
    return response


async def _changed(
    request: Request, gateway: Gateway, caller: Principal, export_id: str, wait: float
) -> ExportRecord:
    """The export, once it is another than the caller has, or the wait is over."""
    until = asyncio.get_running_loop().time() + wait
    while True:
        export = await gateway.reads.export(caller, export_id)
        if not matches(request, str(export["revision"])):
            return export
        if asyncio.get_running_loop().time() >= until or await request.is_disconnected():
            return export
        await asyncio.sleep(_POLL_SECONDS)


@router.get("/exports/{export_id}/snapshot")
async def snapshot(
    request: Request, export_id: RecordId, caller: Caller, gateway: Running
) -> Response:
    export = await gateway.reads.export(caller, export_id)
    plan_hash = export["plan"]["plan_hash"]
    body = await gateway.reads.blob(plan_hash.removeprefix("sha256:"))
    return tagged(request, body, plan_hash, "application/json")


@router.get("/exports/{export_id}/plans/{revision}")
async def plan_of_revision(
    export_id: RecordId,
    revision: Annotated[int, Path(ge=1, le=2**31)],
    caller: Caller,
    gateway: Running,
) -> Response:
    export = await gateway.reads.export(caller, export_id)
    plan = earlier_plan(export, revision)
    if plan is None:
        raise Refused(ErrorCode.PLAN_NOT_FOUND, "This export has no plan of that revision.")
    stored = await gateway.reads.stored_view(plan["view_sha256"])
    return json_answer(plan_view(stored, export_id, revision))
