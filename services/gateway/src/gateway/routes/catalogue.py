"""Orders and products as they stand, by id and by one's own reference."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from gateway.dependencies import Caller, Listing, RecordId, Running
from gateway.record_views import order_view, product_view
from gateway.routes.answers import json_answer
from gateway.routes.resolved import api_router
from gateway.routes.words import CATALOGUE, read_errors
from gateway.schemas.records import LocatedOrder, OrderList, Product, ProductList
from gateway.views import places
from shared import ids
from shared.contracts.errors import ErrorCode as E
from shared.errors import Refused
from shared.records import ORDERS, PRODUCTS
from shared.text import Id

router = api_router()

ExternalIds = Annotated[
    list[Id],
    Query(alias="externalId", max_length=100, description="Your own references, up to 100."),
]


@router.get(
    "/orders",
    operation_id="listOrders",
    tags=[CATALOGUE],
    summary="List orders",
    response_model=OrderList,
    responses=read_errors(),
)
async def list_orders(
    caller: Caller,
    gateway: Running,
    page: Listing,
    external_ids: ExternalIds = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    """A page of orders on record, newest change first.

    Use this to see what can be planned, or to look some up by your own `externalId`. Each row
    holds the whole order with its revision; a cursor leads on.
    """
    wanted = [ids.order_id(caller.account_id, name) for name in external_ids]
    listed = await gateway.reads.search(caller, ORDERS, page, wanted, order_view)
    exports = await gateway.reads.exports_of(caller, listed.rows)
    return json_answer(listed.answer({id_: places(exports.get(id_, ())) for id_ in listed.rows}))


@router.get(
    "/products",
    operation_id="listProducts",
    tags=[CATALOGUE],
    summary="List products",
    response_model=ProductList,
    responses=read_errors(),
)
async def list_products(
    caller: Caller,
    gateway: Running,
    page: Listing,
    external_ids: ExternalIds = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    """The catalogue as it stands, page by page.

    Use this to review customs data before planning: HTS numbers, origins, values, makers.
    Filter by `externalId` to find out whether a product was synced already.
    """
    wanted = [ids.product_id(caller.account_id, name) for name in external_ids]
    listed = await gateway.reads.search(caller, PRODUCTS, page, wanted, product_view)
    return json_answer(listed.answer())


@router.get(
    "/orders/{order_id:record}",
    operation_id="getOrder",
    tags=[CATALOGUE],
    summary="Fetch an order",
    response_model=LocatedOrder,
    responses=read_errors(E.ORDER_NOT_FOUND),
)
async def order(order_id: RecordId, caller: Caller, gateway: Running) -> Response:
    """One order by its id: lines, destination, consignee, its revision, and which exports have it.

    Use this when a finding names an order, to see the values that were judged, or to learn where
    it went. Another account's looks unknown.
    """
    record = await gateway.reads.record(caller, ORDERS, order_id)
    if record is None:
        raise Refused(E.ORDER_NOT_FOUND)
    exports = await gateway.reads.exports_of(caller, [order_id])
    return json_answer(order_view(record) | places(exports.get(order_id, ())))


@router.get(
    "/products/{product_id:record}",
    operation_id="getProduct",
    tags=[CATALOGUE],
    summary="Fetch a product",
    response_model=Product,
    responses=read_errors(E.PRODUCT_NOT_FOUND),
)
async def product(product_id: RecordId, caller: Caller, gateway: Running) -> Response:
    """Everything known of a single catalogue entry: classification, maker, materials, price.

    Use this when planning reports a missing or doubtful datum on it. Correct it with a sync,
    never here.
    """
    record = await gateway.reads.record(caller, PRODUCTS, product_id)
    if record is None:
        raise Refused(E.PRODUCT_NOT_FOUND, status=404)
    return json_answer(product_view(record))
