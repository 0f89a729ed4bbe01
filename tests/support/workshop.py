"""The planner and as many executors as a test wants, in one process, on the real servers."""

import asyncio
import uuid
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

from planner.repository import Repository as Plans
from planner.settings import Publishers
from planner.use_cases.plan import Planning
from planner.use_cases.publishing import Publishing
from planner.use_cases.sync import Syncing
from planner.use_cases.verify import Verifying
from shared.clock import timestamp
from shared.contracts.catalogue import ProductFact
from shared.contracts.exports import (
    ExecuteExport,
    ExportExecuted,
    ExportPlanned,
    OperateAction,
    OperateExport,
    PlanExport,
    PlanRequest,
    PlanVerified,
    VerifyPlan,
)
from shared.contracts.lifecycle import ExportRecord
from shared.contracts.orders import OrderFact
from shared.contracts.sync import SyncOrders, SyncProducts
from shared.errors import Refused
from shared.ids import derived_id, minted_id
from shared.messaging.journey import Asking
from shared.messaging.rabbit import Messages
from shared.records import CLAIMS, EXPORTS, ORDERS, SyncedDocument
from shared.settings import CommonSettings
from shared.store import Store
from support import executors, world
from support.accounts import Seeded, seed_account
from support.executors import Executor
from support.gated import GatedStore
from support.ticking import Ticking
from support.told import to_nobody

UNHEARD = Asking("gateway", waits=False)

Result = TypeVar("Result")

SWEATER = ProductFact.model_validate(world.SWEATER)


def an_order(external_id: str, *, quantity: int = 2, product: str = "SW-1") -> OrderFact:
    line = {"productExternalId": product, "quantity": quantity, "unitValueCents": 8_025}
    return OrderFact.model_validate(world.ORDER | {"externalId": external_id, "items": [line]})


@dataclass(frozen=True)
class Planner:
    store: GatedStore
    syncing: Syncing
    planning: Planning
    verifying: Verifying


class Workshop:
    """One account's planner and executors, and the commands that a gateway would send them."""

    def __init__(
        self, settings: CommonSettings, store: Store, messages: Messages, account: Seeded
    ) -> None:
        self._settings = settings
        self._stores = AsyncExitStack()
        self._tasks: list[asyncio.Task[Any]] = []
        self.store = store
        self.messages = messages
        self.account = account
        self.clock = Ticking()
        self.planner = self.a_planner()

    @classmethod
    async def open(cls, settings: CommonSettings, store: Store, messages: Messages) -> "Workshop":
        workshop = cls(settings, store, messages, await seed_account(store))
        await workshop.sync_product(SWEATER)
        return workshop

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stores.aclose()

    # -- services

    def a_planner(self) -> Planner:
        store = self._a_store()
        repository = Plans(store, to_nobody)
        return Planner(
            store,
            Syncing(
                repository, self.messages, self.clock, Publishing(repository, Publishers.SIGNED)
            ),
            Planning(repository, self.clock),
            Verifying(repository, self.clock),
        )

    def an_executor(self, **parts: Any) -> Executor:
        """Another replica, with a store connection of its own that a test may hold up."""
        parts = {"verify": self.verify} | parts
        return executors.an_executor(self._a_store(), self.messages, self.clock, **parts)

    async def verify(self, command: ExecuteExport, export: ExportRecord) -> PlanVerified:
        question = VerifyPlan(
            plan_command_id=export["plan"]["command_id"],
            **(self.stamp() | {"account_id": command.account_id}),
        )
        return await self.planner.verifying.verify(question)

    def _a_store(self) -> GatedStore:
        store = GatedStore(self._settings, appname="tests")
        store.prepare()
        self._stores.push_async_exit(store)
        return store

    # -- commands

    def stamp(self) -> Any:
        return {
            "command_id": minted_id("cmd_"),
            "account_id": self.account.account_id,
            "request_id": "req-1",
            "issued_at": timestamp(self.clock()),
        }

    def sync_command(self, *orders: OrderFact) -> SyncOrders:
        return SyncOrders(items=orders, **self.stamp())

    def plan_command(self, order_ids: Sequence[str], batch_id: str | None = None) -> PlanExport:
        request = PlanRequest(
            warehouse_id=self.account.warehouse_id,
            broker_id=self.account.broker_id,
            order_ids=tuple(sorted(order_ids)),
        )
        return PlanExport(request=request, batch_id=batch_id, **self.stamp())

    def execute_command(self, plan: ExportPlanned, **more: Any) -> ExecuteExport:
        given = {"plan_revision": plan.plan_revision, "revision": 1} | more
        return ExecuteExport(export_id=str(plan.export_id), **given, **self.stamp())

    def operate_command(self, export: ExportRecord, action: OperateAction) -> OperateExport:
        return OperateExport(
            export_id=export["_id"],
            action=action,
            revision=export["revision"],
            reason="asked by the shop",
            operator="maud",
            **self.stamp(),
        )

    def start(self, work: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        """Begins the work beside the test."""
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    # -- done at once

    async def orders(self, count: int = 2) -> list[str]:
        """The ids of some new clean orders, sorted as claims are."""
        facts = [an_order(f"A-{uuid.uuid4().hex[:8]}") for _ in range(count)]
        return sorted(await self.sync(*facts))

    async def sync(self, *facts: OrderFact) -> list[str]:
        synced = await self.planner.syncing.orders(self.sync_command(*facts), UNHEARD)
        return [record.id for record in synced.records]

    async def sync_product(self, product: ProductFact) -> None:
        command = SyncProducts(items=(product,), **self.stamp())
        await self.planner.syncing.products(command, UNHEARD)

    def an_order_id(self, external_id: str) -> str:
        """Of an order of this account, synced or not."""
        return derived_id("ord_", self.account.account_id, external_id)

    def a_package_id(self, plan: ExportPlanned, *, attempt: int) -> str:
        """Of an attempt's package, shown or abandoned."""
        return derived_id("cp_", str(plan.export_id), str(attempt))

    async def plan(self, order_ids: Sequence[str], batch_id: str | None = None) -> ExportPlanned:
        return await self.planner.planning.plan(self.plan_command(order_ids, batch_id))

    async def operate(
        self, export_id: str | None, action: OperateAction, executor: Executor | None = None
    ) -> ExportRecord:
        command = self.operate_command(await self.export(export_id), action)
        await (executor or self.an_executor()).operating.operate(command)
        return await self.export(export_id)

    async def deliver(self, export_id: str | None, status: str) -> ExportRecord:
        """What a mailer writes: the broker's delivery stands at `status` now."""
        change = {"$set": {"deliveries.BROKER.status": status}, "$inc": {"revision": 1}}
        exports = EXPORTS.of(self.account.account_id)
        after = await self.store.transition(
            exports, str(export_id), {}, change, step="test.deliver"
        )
        assert after is not None
        return after

    # -- what stands

    async def export(self, export_id: str | None) -> ExportRecord:
        found = await self.store.get(EXPORTS.of(self.account.account_id), str(export_id))
        assert found is not None
        return found

    async def stored_order(self, external_id: str) -> SyncedDocument | None:
        part = ORDERS.of(self.account.account_id)
        return await self.store.get(part, self.an_order_id(external_id))

    async def claims(self, order_ids: Sequence[str]) -> dict[str, tuple[str, int]]:
        found = await self.store.get_many(CLAIMS.of(self.account.account_id), order_ids)
        return {id_: (claim["export"], claim["attempt"]) for id_, claim in found.items()}


def types_of(export: ExportRecord) -> list[str]:
    return [event["type"] for event in export["events"]]


async def outcome_of(executor: Executor, command: ExecuteExport) -> ExportExecuted | Refused:
    try:
        return await executor.executing.execute(command)
    except Refused as error:
        return error
