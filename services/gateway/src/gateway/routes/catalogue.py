"""Orders and products as they stand, by id and by one's own reference."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from gateway.dependencies import Caller, Listing, RecordId, Running
from gateway.record_views import order_view, product_view
from gateway.routes.answers import json_answer
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.records import ORDERS, PRODUCTS
from shared.text import Id

router = APIRouter()

ExternalIds = Annotated[list[Id], Query(alias="externalId", max_length=100)]


@router.get("/orders")
async def list_orders(
    caller: Caller,
    gateway: Running,
    page: Listing,
    external_ids: ExternalIds = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    listed = await gateway.reads.search(caller, ORDERS, page, external_ids)
    data = [order_view(record) for record in listed.records]
    return json_answer({"data": data, "next_cursor": listed.next_cursor})


@router.get("/products")
async def list_products(
    caller: Caller,
    gateway: Running,
    page: Listing,
    external_ids: ExternalIds = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    listed = await gateway.reads.search(caller, PRODUCTS, page, external_ids)
    data = [product_view(record) for record in listed.records]
    return json_answer({"data": data, "next_cursor": listed.next_cursor})


@router.get("/orders/{order_id:record}")
async def order(order_id: RecordId, caller: Caller, gateway: Running) -> Response:
    record = await gateway.reads.record(caller, ORDERS, order_id)
    if record is None:
        raise Refused(ErrorCode.ORDER_NOT_FOUND)
    return json_answer(order_view(record))


@router.get("/products/{product_id:record}")
async def product(product_id: RecordId, caller: Caller, gateway: Running) -> Response:
    record = await gateway.reads.record(caller, PRODUCTS, product_id)
    if record is None:
        raise Refused(ErrorCode.PRODUCT_NOT_FOUND, status=404)
    return json_answer(product_view(record))
