"""The four writes of the protocol."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from gateway.dependencies import Caller, Key, Running, Wait, body_of
from gateway.routes.words import (
    AFTER_EXECUTE,
    AFTER_PLAN,
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
    OrderBody,
    PlanBody,
    ProductBody,
    SyncOrdersBody,
    SyncProductsBody,
)
from gateway.use_cases import ACCEPTED, ExecuteWrite, OrdersWrite, PlanWrite, ProductsWrite
from gateway.write import Answer
from shared.contracts.errors import ErrorCode as E
from shared.validation import MAX_ISSUES, issue, refused_for

router = APIRouter()


@router.post(
    "/products/sync",
    operation_id="syncProducts",
    tags=[CATALOGUE],
    summary="Sync products",
    response_model=SyncedProducts,
    responses=write_errors(),
)
async def sync_products(
    body: Annotated[SyncProductsBody, Depends(body_of(SyncProductsBody))],
    caller: Caller,
    gateway: Running,
    key: Key = None,
) -> Response:
    """Creates or updates the catalogue, each product by its `externalId`.

    Call this before the first order names a product. An incomplete product is accepted, and
    planning reports what is missing; a repeat that changes nothing of substance keeps the
    revision, so it is idempotent. Returns the products as they stand, with ids and revisions.
    """
    _check_each_once(body.items)
    return _response(await gateway.writer.run(ProductsWrite(gateway, caller, body, key)))


@router.post(
    "/orders/sync",
    operation_id="syncOrders",
    tags=[CORE],
    summary="Sync orders",
    response_model=SyncedOrders,
    responses=write_errors(E.PRODUCT_NOT_FOUND),
)
async def sync_orders(
    body: Annotated[SyncOrdersBody, Depends(body_of(SyncOrdersBody))],
    caller: Caller,
    gateway: Running,
    key: Key = None,
) -> Response:
    """Creates or updates orders, each by its `externalId`; all of them are applied or none.

    Call this before planning, whenever orders appear or change. Idempotent: a repeat that
    changes nothing but `metadata` keeps the revision, and so every plan. Returns the orders as
    they stand.
    """
    _check_each_once(body.items)
    return _response(await gateway.writer.run(OrdersWrite(gateway, caller, body, key)))


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
    responses=_PLAN_ERRORS | {200: {"links": AFTER_PLAN}},
)
async def plan(
    body: Annotated[PlanBody, Depends(body_of(PlanBody))],
    caller: Caller,
    gateway: Running,
    key: Key = None,
) -> Response:
    """Decides how orders cross the border: what can go, on which entries, what is missing and why.

    Use this once orders are synced, and again with `batchId` after a correction. Creates an
    export or another revision of it, and has no side effects beyond: the same inputs give the
    same `planHash`. Returns the plan; unknown `orderIds` are named in `details.orderIds`.
    """
    write = PlanWrite(gateway, caller, body, key)
    await write.check_scope()
    return _response(await gateway.writer.run(write))


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
    | {200: {"links": AFTER_EXECUTE}, 202: {}},
    openapi_extra=WAITING,
)
async def execute(
    body: Annotated[ExecuteBody, Depends(body_of(ExecuteBody))],
    caller: Caller,
    gateway: Running,
    wait: Wait,
    key: Key = None,
) -> Response:
    """Runs the current plan, exactly once: five documents, one package, one mail to the broker.

    Call this when the plan is `READY`, or its warnings are accepted, with its `planHash` and an
    idempotency key. Creates these effects once; it is idempotent, and a repeat with any key
    answers the same package. 202 means that it runs on: look at `Location`.
    """
    write = ExecuteWrite(gateway, caller, body, key, wait=wait)
    await write.check_scope()
    response = _response(await gateway.writer.run(write))
    if response.status_code == ACCEPTED:
        response.headers["location"] = f"/api/exports/{body.batch_id}"
        response.headers["retry-after"] = "1"
    if wait is not None:
        response.headers["preference-applied"] = f"wait={int(wait)}"
    return response


def _response(answer: Answer) -> Response:
    headers = {"cache-control": "no-store"}
    if answer.replayed:
        headers["idempotent-replayed"] = "true"
    return Response(answer.body, answer.status, headers, "application/json")


def _check_each_once(items: Sequence[OrderBody | ProductBody]) -> None:
    seen: set[str] = set()
    issues = []
    for place, item in enumerate(items):
        if item.external_id in seen:
            issues.append(issue(f"items.{place}.externalId", "Named twice", "custom"))
        seen.add(item.external_id)
    if issues:
        raise refused_for(issues[:MAX_ISSUES])
