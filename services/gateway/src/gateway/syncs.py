"""Syncs: a checked body becomes one command, and what was sent, once written, the answer."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple, cast

import orjson

from gateway.calls import Answer, Call, Write
from gateway.dependencies import Gateway
from gateway.money import dump
from gateway.plan_texts import with_pages
from gateway.record_views import View, order_view, product_view, stamp_of
from gateway.schemas.requests import SyncOrdersBody, SyncProductsBody
from gateway.writes import answered, issued
from shared.clock import timestamp
from shared.contracts.catalogue import ProductFact
from shared.contracts.orders import OrderFact
from shared.contracts.sync import (
    OrdersSynced,
    ProductsSynced,
    SyncedRecord,
    SyncOrders,
    SyncProducts,
)
from shared.heavy import apart
from shared.messaging import topology
from shared.messaging.topology import Route
from shared.records import ORDERS, PRODUCTS, Collection, SyncedDocument
from shared.synced import content_of, record_id

Command = SyncOrders | SyncProducts
Reply = OrdersSynced | ProductsSynced

_LATELY: Final = timedelta(minutes=1)  # what changed before it was not changed by this write


class _Kind(NamedTuple):
    """What is synced."""

    collection: Collection[SyncedDocument]
    route: Route[Any, Any]
    command: type[Any]
    shown: Callable[[SyncedDocument], View]


_ORDERS: Final = _Kind(ORDERS, topology.ORDERS_SYNC, SyncOrders, order_view)
_PRODUCTS: Final = _Kind(PRODUCTS, topology.PRODUCTS_SYNC, SyncProducts, product_view)


def sync_orders(gateway: Gateway, call: Call[SyncOrdersBody]) -> Write[Command, Reply]:
    return _sync(gateway, call, _ORDERS)


def sync_products(gateway: Gateway, call: Call[SyncProductsBody]) -> Write[Command, Reply]:
    return _sync(gateway, call, _PRODUCTS)


def _sync(
    gateway: Gateway, call: Call[SyncOrdersBody] | Call[SyncProductsBody], kind: _Kind
) -> Write[Command, Reply]:
    account_id, items = call.caller.account_id, call.body.items
    showing = _Showing(account_id, items, call.size, kind)

    async def command(_: str | None) -> Command:
        ids = (record_id(account_id, item) for item in items)
        gateway.storage.check(account_id)
        seen = await gateway.reads.newest(call.caller, kind.collection, ids, "applied")
        showing.begin()
        # Constructed: what it is made of was checked when it was read.
        made: Command = kind.command.model_construct(items=items, **issued(call, *seen))
        return made

    async def finish(reply: Reply) -> Answer:
        records = reply.records
        if all(record.created_at and not record.superseded for record in records):
            shows = await showing.written(records)
        else:  # other contents than ours, or an older planner
            ids = [record.id for record in records]
            stored = await gateway.reads.records(call.caller, kind.collection, ids)
            shows = [kind.shown(document) for document in stored]
        body = await apart(call.size, lambda: _body(shows, reply))
        lately = timestamp(gateway.now() - _LATELY)
        changed = sum(show["updatedAt"] > lately for show in shows)
        return answered(gateway, call, body, changed / max(len(shows), 1))

    return Write(call, kind.route, command, finish, repeats=True)


def _body(shows: Sequence[View], reply: Reply) -> bytes:
    """The records as they stand, in the order of the request, and what was found in them."""
    issues = orjson.loads(reply.issues or "{}")
    for show, record in zip(shows, reply.records, strict=True):
        if record.superseded:
            show["superseded"] = True
        if record.id in issues:
            show["issues"] = with_pages(issues[record.id])
    return dump({"data": shows})


class _Showing:
    """What is shown of the records, made of what was sent while the planner writes it.

    Revision and times are the planner's word.
    """

    def __init__(
        self, account_id: str, items: Sequence[OrderFact | ProductFact], size: int, kind: _Kind
    ) -> None:
        self._account_id = account_id
        self._items = items
        self._size = size
        self._kind = kind
        self._making: asyncio.Task[list[View]] | None = None

    def begin(self) -> asyncio.Task[list[View]]:
        self._making = asyncio.create_task(apart(self._size, self._views))
        return self._making

    async def written(self, records: Sequence[SyncedRecord]) -> list[View]:
        """Where all of it was written as it was sent."""
        # It is begun, unless another request sent the command and this one took over its key.
        views = await (self._making or self.begin())
        for view, record in zip(views, records, strict=True):
            view.update(stamp_of(record.revision, record.created_at, record.updated_at))
        return views

    def _views(self) -> list[View]:
        return [self._kind.shown(self._sent(item)) for item in self._items]

    def _sent(self, item: OrderFact | ProductFact) -> SyncedDocument:
        """The record that the command leaves, as far as nobody else says more of it."""
        sent = {
            "_id": record_id(self._account_id, item),
            "external_id": item.external_id,
            "content": content_of(self._account_id, item),
            "metadata": item.metadata,
            "revision": 0,
            "created_at": "",
            "updated_at": "",
        }
        return cast("SyncedDocument", sent)
