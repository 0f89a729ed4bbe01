"""The four writes of the protocol."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from gateway import syncs, writes
from gateway.calls import ACCEPTED, Answer, Call
from gateway.dependencies import Running, Wait, call_of
from gateway.routes.resolved import api_router
from gateway.routes.words import (
    CATALOGUE,
    CORE,
    EXPORTS,
    WAITING,
    write_errors,
)
from gateway.schemas.exports import Execution, Plan
from gateway.schemas.records import SyncedOrders, SyncedProducts
from gateway.schemas.requests import (
    ExecuteBody,
    PlanBody,
    SyncOrdersBody,
    SyncProductsBody,
)
from shared.contracts.errors import ErrorCode as E
from shared.validation import each_once

router = api_router()


@router.post(
    "/products/sync",
    operation_id="syncProducts",
    tags=[CATALOGUE],
    summary="Sync products",
    response_model=SyncedProducts,
    responses=write_errors(),
)
async def sync_products(
    call: Annotated[Call[SyncProductsBody], Depends(call_of(SyncProductsBody))], gateway: Running
) -> Response:
    """Creates or updates the catalogue, each product by its `externalId`.

    Call this before the first order names a product. An incomplete product is accepted, and
    planning reports what is missing; a repeat that changes nothing of substance keeps the
    revision, so it is idempotent. Returns the products as they stand, with ids and revisions.
    """
    each_once(item.external_id for item in call.body.items)
    return _response(await gateway.idempotency.run(syncs.sync_products(gateway, call)))


@router.post(
    "/orders/sync",
    operation_id="syncOrders",
    tags=[CORE],
    summary="Sync orders",
    response_model=SyncedOrders,
    responses=write_errors(E.PRODUCT_NOT_FOUND),
)
async def sync_orders(
    call: Annotated[Call[SyncOrdersBody], Depends(call_of(SyncOrdersBody))], gateway: Running
) -> Response:
    """Creates or updates orders, each by its `externalId`; all of them are applied or none.

    Call this before planning, whenever orders appear or change. Idempotent: a repeat that
    changes nothing but `metadata` keeps the revision, and so every plan. Returns the orders as
    they stand.
    """
    each_once(item.external_id for item in call.body.items)
    return _response(await gateway.idempotency.run(syncs.sync_orders(gateway, call)))


_PLAN_ERRORS = write_errors(
    E.EXPORT_NOT_FOUND,
    E.ORDER_NOT_FOUND,
    E.EXPORT_ALREADY_EXECUTED,
    E.EXPORT_VOIDED,
    E.PLAN_STALE,
)


@router.post(
    "/exports/optimize",
    operation_id="optimizeExport",
    tags=[EXPORTS],
    summary="Plan an export (legacy name)",
    description="The older name of planning. Do not use it in new code: call `planExport` instead. "
    "Creates the same exports, shares the same idempotency keys, and answers in the same form.",
    response_model=Plan,
    responses=_PLAN_ERRORS,
    deprecated=True,
)
@router.post(
    "/exports/plan",
    operation_id="planExport",
    tags=[CORE],
    summary="Plan an export",
    response_model=Plan,
    responses=_PLAN_ERRORS,
)
async def plan(
    call: Annotated[Call[PlanBody], Depends(call_of(PlanBody))], gateway: Running
) -> Response:
    """Decides how orders cross the border: what can go, on which entries, what is missing and why.

    Use this once orders are synced, and again with `batchId` after a correction. Creates an
    export or another revision of it, and has no side effects beyond: the same inputs give the
    same `planHash`. Returns the plan; unknown `orderIds` are named in `details.orderIds`.
    """
    return _response(await gateway.idempotency.run(await writes.plan(gateway, call)))


@router.post(
    "/exports/execute",
    operation_id="executeExport",
    tags=[CORE],
    summary="Execute a plan",
    response_model=Execution,
    responses=write_errors(
        E.EXPORT_NOT_FOUND,
        E.EXPORT_VOIDED,
        E.PLAN_HASH_MISMATCH,
        E.EXPORT_NOT_READY,
        E.PLAN_STALE,
        E.ORDER_ALREADY_EXPORTED,
    )
    | {202: {}},
    openapi_extra=WAITING,
)
async def execute(
    call: Annotated[Call[ExecuteBody], Depends(call_of(ExecuteBody))],
    gateway: Running,
    wait: Wait,
) -> Response:
    """Runs the current plan, exactly once: five documents, one package, one mail to the broker.

    Call this when the plan is `READY`, or its warnings are accepted, with its `planHash` and an
    idempotency key. Creates these effects once; it is idempotent, and a repeat with any key
    answers the same package. 202 means that it runs on: look at `Location`.
    """
    if wait is not None:
        call = replace(call, wait=wait)
    response = _response(await gateway.idempotency.run(await writes.execute(gateway, call)))
    if response.status_code == ACCEPTED:
        response.headers["location"] = f"/api/exports/{call.body.batch_id}"
        response.headers["retry-after"] = "1"
    if wait is not None:
        response.headers["preference-applied"] = f"wait={int(wait)}"
    return response


def _response(answer: Answer) -> Response:
    headers = {"cache-control": "no-store"}
    if answer.replayed:
        headers["idempotent-replayed"] = "true"
    return Response(answer.body, answer.status, headers, "application/json")
