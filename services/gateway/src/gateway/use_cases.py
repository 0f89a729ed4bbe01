"""The writes: a checked body becomes one command, its reply becomes the answer."""

from typing import Generic, TypedDict

import orjson

from gateway.auth import Principal
from gateway.dependencies import Gateway
from gateway.money import dump
from gateway.record_views import View, order_view, product_view
from gateway.schemas.requests import (
    ExecuteBody,
    PlanBody,
    SyncOrdersBody,
    SyncProductsBody,
    WriteBody,
)
from gateway.views import execution_view, plan_view
from gateway.write import Answer, Write
from shared.clock import timestamp
from shared.contracts.exports import (
    ExecuteExport,
    ExportExecuted,
    ExportPlanned,
    PlanExport,
    PlanRequest,
)
from shared.contracts.lifecycle import State
from shared.contracts.sync import (
    OrdersSynced,
    ProductsSynced,
    SyncedRecord,
    SyncOrders,
    SyncProducts,
)
from shared.ids import minted_id
from shared.logs import request_id
from shared.messaging.topology import (
    EXPORTS_EXECUTE,
    EXPORTS_PLAN,
    ORDERS_SYNC,
    PRODUCTS_SYNC,
    Answered,
    Asked,
)
from shared.records import BROKERS, ORDERS, PRODUCTS, WAREHOUSES, Collection, SyncedDocument

OK = 200
ACCEPTED = 202


class Stamp(TypedDict):
    """What every command carries."""

    command_id: str
    account_id: str
    request_id: str
    issued_at: str


class _GatewayWrite(Write[Asked, Answered], Generic[Asked, Answered]):
    def __init__(
        self,
        gateway: Gateway,
        caller: Principal,
        body: WriteBody,
        key: str | None,
        *,
        wait: float | None = None,
    ) -> None:
        substance = body.model_dump(mode="json", by_alias=True, exclude={"idempotency_key"})
        patience = gateway.settings.reply_timeout.total_seconds() if wait is None else wait
        super().__init__(caller.account_id, key or body.idempotency_key, substance, patience)
        self._gateway = gateway
        self._reads = gateway.reads
        self._caller = caller

    def _stamp(self) -> Stamp:
        return {
            "command_id": minted_id("cmd_"),
            "account_id": self.account_id,
            "request_id": request_id.get(),
            "issued_at": timestamp(self._gateway.now()),
        }

    async def _synced(
        self, collection: Collection[SyncedDocument], records: tuple[SyncedRecord, ...]
    ) -> Answer:
        """The records as they stand, in the order of the request."""
        stored = await self._reads.records(self._caller, collection, [r.id for r in records])
        shown = order_view if collection == ORDERS else product_view
        data: list[View] = []
        for record, synced in zip(stored, records, strict=True):
            superseded = {"superseded": True} if synced.superseded else {}
            data.append(shown(record) | superseded)
        return Answer(OK, dump({"data": data}))


class OrdersWrite(_GatewayWrite[SyncOrders, OrdersSynced]):
    route = ORDERS_SYNC

    def __init__(
        self, gateway: Gateway, caller: Principal, body: SyncOrdersBody, key: str | None
    ) -> None:
        super().__init__(gateway, caller, body, key)
        self._items = body.items

    async def stamp(self, key_id: str | None) -> SyncOrders:  # noqa: ARG002  # no use for it
        return SyncOrders(items=self._items, **self._stamp())

    async def finish(self, reply: OrdersSynced) -> Answer:
        return await self._synced(ORDERS, reply.records)


class ProductsWrite(_GatewayWrite[SyncProducts, ProductsSynced]):
    route = PRODUCTS_SYNC

    def __init__(
        self, gateway: Gateway, caller: Principal, body: SyncProductsBody, key: str | None
    ) -> None:
        super().__init__(gateway, caller, body, key)
        self._items = body.items

    async def stamp(self, key_id: str | None) -> SyncProducts:  # noqa: ARG002  # no use for it
        return SyncProducts(items=self._items, **self._stamp())

    async def finish(self, reply: ProductsSynced) -> Answer:
        return await self._synced(PRODUCTS, reply.records)


class PlanWrite(_GatewayWrite[PlanExport, ExportPlanned]):
    route = EXPORTS_PLAN

    def __init__(
        self, gateway: Gateway, caller: Principal, body: PlanBody, key: str | None
    ) -> None:
        super().__init__(gateway, caller, body, key)
        self._body = body
        self._order_ids = tuple(sorted(set(body.order_ids)))
        self.substance["orderIds"] = list(self._order_ids)
        if body.dry_run:
            self.key = None  # nothing is stored, so there is nothing to repeat

    async def check_scope(self) -> None:
        body, reads = self._body, self._reads
        await reads.check_party(self._caller, WAREHOUSES, body.warehouse_id, "warehouseId")
        await reads.check_party(self._caller, BROKERS, body.broker_id, "brokerId")
        if body.batch_id is not None and self._caller.warehouse_id is not None:
            await reads.export(self._caller, body.batch_id)

    async def stamp(self, key_id: str | None) -> PlanExport:  # noqa: ARG002  # no use for it
        request = PlanRequest(
            warehouse_id=self._body.warehouse_id,
            broker_id=self._body.broker_id,
            destination_country=self._body.destination_country,
            order_ids=self._order_ids,
            shipment=self._body.shipment,
        )
        return PlanExport(
            request=request,
            batch_id=self._body.batch_id,
            dry_run=self._body.dry_run,
            **self._stamp(),
        )

    async def finish(self, reply: ExportPlanned) -> Answer:
        if reply.view is not None:
            view = orjson.loads(reply.view)
        else:
            view = await self._reads.stored_view(reply.view_sha256 or "")
        return Answer(OK, dump(plan_view(view, reply.export_id, reply.plan_revision)))

    async def done_anyway(self, command: PlanExport) -> Answer | None:
        found = await self._reads.plan_of_command(command.command_id)
        if found is None:
            return None
        export_id, plan = found
        view = await self._reads.stored_view(plan["view_sha256"])
        return Answer(OK, dump(plan_view(view, export_id, plan["revision"])))


class ExecuteWrite(_GatewayWrite[ExecuteExport, ExportExecuted]):
    route = EXPORTS_EXECUTE
    answers_running = True

    def __init__(
        self,
        gateway: Gateway,
        caller: Principal,
        body: ExecuteBody,
        key: str | None,
        *,
        wait: float | None,
    ) -> None:
        super().__init__(gateway, caller, body, key, wait=wait)
        self._body = body

    async def check_scope(self) -> None:
        if self._caller.warehouse_id is not None:
            await self._reads.export(self._caller, self._body.batch_id)

    async def stamp(self, key_id: str | None) -> ExecuteExport:
        seen = await self._reads.export(self._caller, self._body.batch_id)
        return ExecuteExport(
            export_id=self._body.batch_id,
            plan_revision=seen["plan_revision"],
            plan_hash=self._body.plan_hash,
            resubmit=self._body.resubmit,
            revision=seen["revision"],
            key_id=key_id,
            **self._stamp(),
        )

    async def finish(self, reply: ExportExecuted) -> Answer:
        return await self._current(ACCEPTED if reply.running else OK)

    async def pending(self) -> Answer:
        return await self._current(ACCEPTED)

    async def done_anyway(self, command: ExecuteExport) -> Answer | None:
        export = await self._reads.export(self._caller, command.export_id)
        return await self._current(OK) if export["state"] == State.EXECUTED else None

    async def _current(self, status: int) -> Answer:
        export = await self._reads.export(self._caller, self._body.batch_id)
        return Answer(status, dump(execution_view(export)))
