"""A client's next request wins, whichever gateway takes it; only a late command is superseded.

Two gateways whose clocks are twenty seconds apart, before one planner on the real servers; once
also with a store that tells them its time so far apart, as its servers do that are not in step.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

import httpx
import pytest

from gateway.settings import Settings
from planner.subscribers import subscribe
from planner.use_cases.sync import AHEAD
from shared.clock import Clock, timestamp, utc_now
from shared.messaging.rabbit import Messages
from shared.records import IDEMPOTENCY_KEYS, ORDERS, VERDICTS
from shared.settings import CommonSettings
from shared.store import Store
from support.gateways import PATIENT, a_client, an_app
from support.shop import SWEATER, an_order
from support.workshop import UNHEARD, Workshop
from support.workshop import an_order as an_order_fact

pytestmark = pytest.mark.integration

REQUESTS = 44
APART = timedelta(seconds=10)
either_way = pytest.mark.parametrize(
    "shop", [False, True], ids=["in step", "out of step"], indirect=True
)
HASTY = Settings(reply_timeout=timedelta(seconds=1))


@dataclass(frozen=True)
class Shop:
    """One client of gateways whose clocks are ahead, behind and right; the last waits a second."""

    workshop: Workshop
    fast: httpx.AsyncClient
    slow: httpx.AsyncClient
    hasty: httpx.AsyncClient

    async def write(
        self, client: httpx.AsyncClient, path: str, body: dict[str, Any], key: str | None = None
    ) -> httpx.Response:
        headers = {} if key is None else {"idempotency-key": key}
        given = {"accountId": self.workshop.account.account_id} | body
        return await client.post(path, json=given, headers=headers, timeout=60)

    async def sync(
        self, client: httpx.AsyncClient, quantity: int, key: str | None = None
    ) -> httpx.Response:
        line = {"productExternalId": "SW-1", "quantity": quantity, "unitValueUsd": 80.25}
        items = [an_order("A-1", "", items=[line])]
        return await self.write(client, "/api/orders/sync", {"items": items}, key)

    async def replan(
        self, client: httpx.AsyncClient, orders: list[str], batch_id: str, key: str | None = None
    ) -> httpx.Response:
        account = self.workshop.account
        body = {"warehouseId": account.warehouse_id, "brokerId": account.broker_id}
        given = body | {"orderIds": orders, "batchId": batch_id}
        return await self.write(client, "/api/exports/plan", given, key)

    async def quantity(self) -> int:
        orders = ORDERS.of(self.workshop.account.account_id)
        order = await self.workshop.store.get(orders, self.workshop.an_order_id("A-1"))
        assert order is not None
        quantity: int = order["content"]["items"][0]["quantity"]
        return quantity


def moved(by: timedelta) -> Clock:
    return lambda: utc_now() + by


class OutOfStep(Store):
    """Another server of the same store, whose clock is ahead or behind."""

    by: timedelta

    async def now(self) -> datetime:
        return await super().now() + self.by


@pytest.fixture(params=[False])
async def shop(
    request: pytest.FixtureRequest, settings: CommonSettings, workshop: Workshop
) -> AsyncIterator[Shop]:
    """The planner at its queues; the parameter is whether the store's servers are out of step."""
    planner, store = workshop.planner, workshop.store
    served = Messages(settings, service="planner", healthy=store.ping)
    subscribe(served, planner.syncing, planner.planning, planner.verifying)
    async with AsyncExitStack() as running:
        await served.start()
        running.push_async_callback(served.stop)

        async def client(waits: Settings, apart: timedelta) -> httpx.AsyncClient:
            seen = await running.enter_async_context(OutOfStep(settings, appname="tests"))
            seen.by = apart if request.param else timedelta()
            app = an_app(seen, workshop.messages, waits, moved(apart))
            return await running.enter_async_context(a_client(app, workshop.account.key))

        fast, slow = await client(PATIENT, APART), await client(PATIENT, -APART)
        yield Shop(workshop, fast, slow, await client(HASTY, timedelta()))


@either_way
async def test_the_next_sync_of_an_order_wins_at_either_gateway(shop: Shop) -> None:
    for quantity, client in enumerate(islice(cycle((shop.fast, shop.slow)), REQUESTS), 1):
        answer = await shop.sync(client, quantity)

        assert answer.status_code == 200, answer.text
        [order] = answer.json()["data"]
        assert "superseded" not in order, f"request {quantity}"
        assert (order["revision"], order["items"][0]["quantity"]) == (quantity, quantity)
    assert await shop.quantity() == REQUESTS


@either_way
async def test_the_next_sync_of_a_product_wins_at_either_gateway(shop: Shop) -> None:
    for number, client in enumerate(islice(cycle((shop.fast, shop.slow)), REQUESTS), 1):
        body = {"items": [SWEATER | {"title": f"Sweater {number}"}]}
        answer = await shop.write(client, "/api/products/sync", body)

        assert answer.status_code == 200, answer.text
        [product] = answer.json()["data"]
        assert "superseded" not in product, f"request {number}"
        assert product["title"] == f"Sweater {number}"


@either_way
async def test_the_next_plan_of_an_export_wins_at_either_gateway(shop: Shop) -> None:
    orders = await shop.workshop.orders(2)
    plan = await shop.workshop.plan(orders)

    for number, client in enumerate(islice(cycle((shop.fast, shop.slow)), REQUESTS), 1):
        unknown = [] if number % 4 else [f"ord_{'0' * 32}"]  # a refused one moves the mark too
        wanted = orders[: 1 + number % 2] + unknown
        answer = await shop.replan(client, wanted, str(plan.export_id))

        assert answer.status_code == (404 if unknown else 200), answer.text
    export = await shop.workshop.export(plan.export_id)
    assert export["plan_revision"] == 1 + REQUESTS - REQUESTS // 4


@pytest.mark.parametrize("ahead", [False, True], ids=["", "after a mark ahead of the clock"])
async def test_a_sync_that_was_given_up_is_late_behind_the_next_one(
    shop: Shop, *, ahead: bool
) -> None:
    if ahead:
        await publish_ahead(shop.workshop, quantity=1)
    hold = shop.workshop.planner.store.pause("planner.apply_orders", "before")
    given_up = shop.workshop.start(shop.sync(shop.fast, 2))
    await hold.reached(given_up)

    following = await shop.sync(shop.slow, 3)
    hold.go_on()
    late = await given_up

    assert "superseded" not in following.json()["data"][0]
    assert late.json()["data"][0]["superseded"] is True
    assert late.json()["data"][0]["items"][0]["quantity"] == 3
    assert await shop.quantity() == 3


async def test_a_plan_that_was_given_up_is_late_behind_the_next_one(shop: Shop) -> None:
    orders = await shop.workshop.orders(2)
    batch_id = str((await shop.workshop.plan(orders)).export_id)
    hold = shop.workshop.planner.store.pause("planner.replan_export", "before")
    given_up = shop.workshop.start(shop.replan(shop.fast, orders[:1], batch_id))
    await hold.reached(given_up)

    following = await shop.replan(shop.slow, orders, batch_id)
    hold.go_on()
    late = await given_up

    assert following.status_code == 200, following.text
    assert (late.status_code, late.json()["errorCode"]) == (409, "PLAN_STALE")
    assert (
        following.json()["planHash"] == (await shop.workshop.export(batch_id))["plan"]["plan_hash"]
    )


async def test_a_key_that_another_gateway_takes_over_stays_late_and_says_so(shop: Shop) -> None:
    store = shop.workshop.store
    hold = shop.workshop.planner.store.pause("planner.apply_orders", "before")
    assert (await shop.sync(shop.hasty, 2, "k-1")).status_code == 503
    await hold.reached(shop.workshop.start(asyncio.sleep(60)))
    [kept] = await store.find(IDEMPOTENCY_KEYS, {})

    following = await shop.sync(shop.slow, 3)
    taken_over = await shop.sync(shop.fast, 2, "k-1")
    hold.go_on()

    verdicts = await store.find(VERDICTS, {})
    assert "superseded" not in following.json()["data"][0]
    assert taken_over.status_code == 200, taken_over.text
    assert taken_over.json()["data"][0]["superseded"] is True
    first, of_following = json.loads(kept["command"])["command_id"], {v["_id"] for v in verdicts}
    of_following.remove(first)  # what was taken over went out unchanged: no third command
    assert len(of_following) == 1
    assert await shop.quantity() == 3


async def publish_ahead(workshop: Workshop, *, quantity: int) -> None:
    """A service inside the company stamps by a clock that is almost too far ahead."""
    fact = an_order_fact("A-1", quantity=quantity)
    stamp = workshop.stamp() | {"issued_at": timestamp(workshop.clock() + AHEAD)}
    command = workshop.sync_command(fact).model_copy(update=stamp)
    await workshop.planner.syncing.orders(command, UNHEARD)


async def test_what_follows_a_message_from_ahead_is_taken_by_a_planner_whose_clock_is_behind(
    shop: Shop,
) -> None:
    await publish_ahead(shop.workshop, quantity=1)
    shop.workshop.clock.forward(-timedelta(seconds=5))

    for quantity, client in enumerate(islice(cycle((shop.fast, shop.slow)), 10), 2):
        answer = await shop.sync(client, quantity)

        assert answer.status_code == 200, answer.text
        assert "superseded" not in answer.json()["data"][0]
    assert await shop.quantity() == 11
