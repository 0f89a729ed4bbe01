"""The writes: a checked body becomes one command, its reply becomes the answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypedDict, cast

import orjson

from gateway.calls import ACCEPTED, OK, Answer, Call, Write
from gateway.dependencies import Gateway
from gateway.money import dump
from gateway.plan_texts import with_pages
from gateway.record_views import View, order_view, product_view
from gateway.schemas.requests import (
    ExecuteBody,
    PlanBody,
    SyncOrdersBody,
    SyncProductsBody,
    WriteBody,
)
from gateway.views import execution_view, plan_answer
from shared.clock import timestamp
from shared.contracts.base import after
from shared.contracts.catalogue import ProductFact
from shared.contracts.exports import (
    ExecuteExport,
    ExportExecuted,
    ExportPlanned,
    PlanExport,
    PlanRequest,
)
from shared.contracts.lifecycle import State
from shared.contracts.orders import OrderFact
from shared.contracts.sync import (
    OrdersSynced,
    ProductsSynced,
    SyncedRecord,
    SyncOrders,
    SyncProducts,
)
from shared.heavy import apart
from shared.ids import minted_id, order_id, product_id
from shared.logs import request_id
from shared.messaging import topology
from shared.records import (
    BROKERS,
    EXPORTS,
    ORDERS,
    PRODUCTS,
    WAREHOUSES,
    Collection,
    SyncedDocument,
)
from shared.synced import content_of

SyncBody = SyncOrdersBody | SyncProductsBody

_LATELY: Final = timedelta(minutes=1)  # what changed before it was not changed by this write
_A_KEY_BYTES: Final = 2_000  # the record of a key; an answer that is no blob has not much more


class Issued(TypedDict):
    """What every command carries."""

    command_id: str
    account_id: str
    request_id: str
    issued_at: str


def _issued(call: Call[WriteBody], now: datetime, newest: str | None = None) -> Issued:
    """Stamped after the newest command that was seen.

    The id begins with the time, so that those who saw one command ahead of the clock keep the order
    in which they came.
    """
    moment = timestamp(now)
    return {
        "command_id": minted_id(f"cmd_{int(now.timestamp() * 1000):012x}"),
        "account_id": call.caller.account_id,
        "request_id": request_id.get(),
        "issued_at": moment if newest is None else max(moment, after(newest)),
    }


def sync_orders(gateway: Gateway, call: Call[SyncOrdersBody]) -> Write[SyncOrders, OrdersSynced]:
    async def command(_: str | None) -> SyncOrders:
        account_id, items = call.caller.account_id, call.body.items
        ids = (order_id(account_id, item.external_id) for item in items)
        gateway.storage.check(account_id)
        seen = await gateway.reads.newest(call.caller, ORDERS, ids, "applied")
        return SyncOrders.model_construct(items=items, **_issued(call, *seen))  # read already

    async def finish(reply: OrdersSynced) -> Answer:
        return await _synced(gateway, call, ORDERS, reply, order_view)

    return Write(call, topology.ORDERS_SYNC, command, finish, repeats=True)


def sync_products(
    gateway: Gateway, call: Call[SyncProductsBody]
) -> Write[SyncProducts, ProductsSynced]:
    async def command(_: str | None) -> SyncProducts:
        account_id, items = call.caller.account_id, call.body.items
        ids = (product_id(account_id, item.external_id) for item in items)
        gateway.storage.check(account_id)
        seen = await gateway.reads.newest(call.caller, PRODUCTS, ids, "applied")
        return SyncProducts.model_construct(items=items, **_issued(call, *seen))

    async def finish(reply: ProductsSynced) -> Answer:
        return await _synced(gateway, call, PRODUCTS, reply, product_view)

    return Write(call, topology.PRODUCTS_SYNC, command, finish, repeats=True)


async def _synced(
    gateway: Gateway,
    call: Call[SyncBody],
    collection: Collection[SyncedDocument],
    reply: OrdersSynced | ProductsSynced,
    shown: Callable[[SyncedDocument], View],
) -> Answer:
    """The records as they stand, in the order of the request, and what was found in them."""
    records, issues = reply.records, orjson.loads(reply.issues or "{}")
    if all(record.created_at and not record.superseded for record in records):
        own = partial(map, partial(_as_written, call), call.body.items, records)
        stored = await apart(call.size, lambda: list(own()))
    else:  # other contents than ours, or an older planner
        stored = await gateway.reads.records(call.caller, collection, [r.id for r in records])
    shows = (
        shown(document)
        | ({"superseded": True} if record.superseded else {})
        | ({"issues": with_pages(issues[record.id])} if record.id in issues else {})
        for document, record in zip(stored, records, strict=True)
    )
    body = await apart(call.size, lambda: dump({"data": list(shows)}))
    lately = timestamp(gateway.now() - _LATELY)
    changed = sum(document["updated_at"] > lately for document in stored)
    return _answered(gateway, call, body, changed / max(len(stored), 1))


def _answered(gateway: Gateway, call: Call[WriteBody], body: bytes, new: float) -> Answer:
    """As much as the part `new` of it is stored, and under a key the answer with it."""
    kept = _A_KEY_BYTES + new * len(body) if call.key is not None else 0
    gateway.storage.add(call.caller.account_id, int(kept + new * len(body)))
    return Answer(OK, body)


def _as_written(
    call: Call[SyncBody], fact: OrderFact | ProductFact, record: SyncedRecord
) -> SyncedDocument:
    """The record that the command left, as far as it is shown."""
    written = {
        "_id": record.id,
        "external_id": record.external_id,
        "content": content_of(call.caller.account_id, fact),
        "metadata": fact.metadata,
        "revision": record.revision,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }
    return cast("SyncedDocument", written)


async def plan(gateway: Gateway, call: Call[PlanBody]) -> Write[PlanExport, ExportPlanned]:
    """The plan; refuses at once what is outside of the caller's scope."""
    body, reads = call.body, gateway.reads
    await reads.check_party(call.caller, WAREHOUSES, body.warehouse_id, "warehouseId")
    await reads.check_party(call.caller, BROKERS, body.broker_id, "brokerId")
    if body.batch_id is not None and call.caller.warehouse_id is not None:
        await reads.export(call.caller, body.batch_id)
    if body.dry_run:
        call = replace(call, key=None)  # nothing is stored, so there is nothing to repeat

    async def command(_: str | None) -> PlanExport:
        request = PlanRequest(
            warehouse_id=body.warehouse_id,
            broker_id=body.broker_id,
            destination_country=body.destination_country,
            order_ids=body.order_ids,
            shipment=body.shipment,
        )
        issued = _issued(call, *await _newest_plan(gateway, call))
        return PlanExport(request=request, batch_id=body.batch_id, dry_run=body.dry_run, **issued)

    async def finish(reply: ExportPlanned) -> Answer:
        text = await reads.planned(reply)
        made = plan_answer(text, reply.export_id, reply.plan_revision)
        return _answered(gateway, call, made, new=2.0 * (not body.dry_run))

    async def done_anyway(command_id: str) -> Answer | None:
        found = await reads.plan_of_command(call.caller, command_id)
        if found is None:
            return None
        export_id, made = found
        text = await reads.view(call.caller.account_id, made)
        return Answer(OK, plan_answer(text, export_id, made["revision"]))

    apart = gateway.messages.apart(len(body.order_ids))
    route = topology.EXPORTS_PLAN_LARGE if apart else topology.EXPORTS_PLAN
    return Write(call, route, command, finish, done_anyway=done_anyway)


async def _newest_plan(gateway: Gateway, call: Call[PlanBody]) -> tuple[datetime, str | None]:
    """A new export follows nothing, and a dry run changes nothing."""
    export_id = call.body.batch_id
    if not call.body.dry_run:
        gateway.storage.check(call.caller.account_id)
    if export_id is None or call.body.dry_run:
        return gateway.now(), None
    return await gateway.reads.newest(call.caller, EXPORTS, [export_id], "mark")


async def execute(
    gateway: Gateway, call: Call[ExecuteBody]
) -> Write[ExecuteExport, ExportExecuted]:
    """The execution; refuses at once what is outside of the caller's scope."""
    body, reads = call.body, gateway.reads
    if call.caller.warehouse_id is not None:
        await reads.export(call.caller, body.batch_id)

    async def command(key_id: str | None) -> ExecuteExport:
        seen = await reads.export(call.caller, body.batch_id)
        return ExecuteExport(
            export_id=body.batch_id,
            plan_revision=seen["plan_revision"],
            plan_hash=body.plan_hash,
            resubmit=body.resubmit,
            revision=seen["revision"],
            key_id=key_id,
            **_issued(call, gateway.now()),
        )

    async def current(status: int) -> Answer:
        export = await reads.export(call.caller, body.batch_id)
        return Answer(status, dump(execution_view(export)))

    async def finish(reply: ExportExecuted) -> Answer:
        return await current(ACCEPTED if reply.running else OK)

    async def done_anyway(_: str) -> Answer | None:
        export = await reads.export(call.caller, body.batch_id)
        return await current(OK) if export["state"] == State.EXECUTED else None

    running = partial(current, ACCEPTED)
    return Write(call, topology.EXPORTS_EXECUTE, command, finish, running, done_anyway)
