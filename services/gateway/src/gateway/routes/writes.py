"""The four writes of the protocol."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from gateway.dependencies import Caller, Key, Running, Wait, body_of
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
from shared.validation import MAX_ISSUES, issue, refused_for

router = APIRouter()


@router.post("/products/sync")
async def sync_products(
    body: Annotated[SyncProductsBody, Depends(body_of(SyncProductsBody))],
    caller: Caller,
    gateway: Running,
    key: Key = None,
) -> Response:
    _check_each_once(body.items)
    return _response(await gateway.writer.run(ProductsWrite(gateway, caller, body, key)))


@router.post("/orders/sync")
async def sync_orders(
    body: Annotated[SyncOrdersBody, Depends(body_of(SyncOrdersBody))],
    caller: Caller,
    gateway: Running,
    key: Key = None,
) -> Response:
    _check_each_once(body.items)
    return _response(await gateway.writer.run(OrdersWrite(gateway, caller, body, key)))


@router.post("/exports/optimize")
@router.post("/exports/plan")
async def plan(
    body: Annotated[PlanBody, Depends(body_of(PlanBody))],
    caller: Caller,
    gateway: Running,
    key: Key = None,
) -> Response:
    write = PlanWrite(gateway, caller, body, key)
    await write.check_scope()
    return _response(await gateway.writer.run(write))


@router.post("/exports/execute")
async def execute(
    body: Annotated[ExecuteBody, Depends(body_of(ExecuteBody))],
    caller: Caller,
    gateway: Running,
    wait: Wait,
    key: Key = None,
) -> Response:
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
