"""An internal publisher's first day: it sends right and wrong messages, and finds each of them."""

import asyncio
import json
import os
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aio_pika
import aiormq
import httpx
import pytest
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPConnectionError
from aiormq.exceptions import ChannelAccessRefused, ChannelPreconditionFailed
from stack.servers import Addresses

from shared.clock import timestamp, utc_now
from shared.ids import order_id, product_id
from shared.messaging import topology
from shared.records import ORDERS, SyncedDocument
from shared.settings import CommonSettings
from shared.store import Store
from support.accounts import Seeded, seed_account
from support.entrygo import entrygo_on
from support.pages import REPOSITORY
from support.services import Cluster
from support.shop import SWEATER, Shop, an_order
from support.waiting import until

pytestmark = pytest.mark.e2e


class Desk:
    """The publisher's side: a user of RabbitMQ, and what it sends."""

    def __init__(self, connection: AbstractConnection, user: str) -> None:
        self._connection = connection
        self.user = user

    async def publish(self, body: dict[str, Any], **properties: Any) -> str:
        """Confirmed; its command's id."""
        channel = await self._connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange("entrygo", ensure=False)
        properties = {"user_id": self.user, "content_type": "application/json"} | properties
        message = aio_pika.Message(
            json.dumps(body).encode(),
            message_id=body["command_id"],
            type="SyncOrders",
            **properties,
        )
        await exchange.publish(message, "orders.sync")
        await channel.close()
        return str(body["command_id"])


class Operator:
    """The command, typed as the operator's own user; beside the test's own loop."""

    def __init__(self, settings: CommonSettings, servers: Addresses, url: str) -> None:
        management = servers.rabbit_management_url
        more = {"ENTRYGO_RABBIT_URL": url, "ENTRYGO_RABBIT_MANAGEMENT_URL": management}
        self._entrygo = entrygo_on(settings, **more)
        self.server = httpx.URL(url)

    async def typed(self, *words: str) -> Any:  # any JSON value
        return await asyncio.to_thread(self._entrygo.json, *words)

    async def refused(self, *words: str) -> dict[str, Any]:
        return await asyncio.to_thread(self._entrygo.refused, *words)


@pytest.fixture
def operator(settings: CommonSettings, servers: Addresses, users: dict[str, str]) -> Operator:
    return Operator(settings, servers, users["operator"])


def orders(account: Seeded, name: str, product: str = "SW-1") -> dict[str, Any]:
    line = {"productExternalId": product, "quantity": 2, "unitValueCents": 8_025}
    return {
        "command_id": f"cmd_{uuid.uuid4().hex}",
        "account_id": account.account_id,
        "request_id": "walk",
        "issued_at": timestamp(utc_now()),
        "items": [{"externalId": name, "destinationCountry": "US", "items": [line]}],
    }


@pytest.fixture
async def shop(cluster: Cluster, store: Store) -> AsyncIterator[Shop]:
    await cluster.start("gateway", "planner", ENTRYGO_REFUSAL_PATIENCE="PT0S")
    shop = Shop(cluster.url, await seed_account(store))
    yield shop
    await shop.http.aclose()


async def test_a_publisher_sends_wrong_messages_finds_them_and_an_operator_mends_them(
    shop: Shop,
    store: Store,
    operator: Operator,
    tmp_path: Path,
) -> None:
    typed = operator.typed
    name, mine, other = uuid.uuid4().hex[:8], shop.account, await seed_account(store)
    password = tmp_path / "password"

    # The operator makes the publisher, for one account.
    of = ("--account", mine.account_id)
    made = await typed("publisher", "create", name, *of, "--password-file", str(password))
    assert password.stat().st_mode & 0o777 == 0o600
    assert password.read_text() not in json.dumps(made)
    url = operator.server.copy_with(username=made["user"], password=password.read_text())

    async with await aio_pika.connect(str(url)) as connection:
        desk = Desk(connection, made["user"])
        await example(str(url), mine, tmp_path)
        await walk(desk, operator, shop, store, other)

        # Rotated: the old password is of no use, and the connection under it ends.
        ended = asyncio.Event()
        connection.close_callbacks.add(lambda *_: ended.set())
        await typed("publisher", "rotate", name)
        async with asyncio.timeout(60):
            await ended.wait()
        with pytest.raises(AMQPConnectionError):
            await aiormq.connect(str(url))

    revoked = await typed("publisher", "revoke", name)
    assert revoked["revoked_at"]
    assert (await operator.refused("publisher", "rotate", name))["field"] == "name"


async def example(url: str, mine: Seeded, folder: Path) -> None:
    """The example of the page publishes as this user, and is told nothing: it may not listen."""
    line = {"productExternalId": "SW-1", "quantity": 2, "unitValueUsd": 80.25}
    file = folder / "orders.json"
    order = {"externalId": "A-0", "destinationCountry": "US", "items": [line]}
    file.write_text(json.dumps([order]))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "examples/publish_orders.py", mine.account_id, str(file)),
        env={**os.environ, "ENTRYGO_RABBIT_URL": url},
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    assert json.loads(printed)["records"] is None


async def walk(desk: Desk, operator: Operator, shop: Shop, store: Store, other: Seeded) -> None:
    mine, name, typed = shop.account, desk.user.partition("@")[2], operator.typed

    async def stored(account: Seeded, external_id: str) -> SyncedDocument:
        key = order_id(account.account_id, external_id)
        return await until(lambda: store.get(ORDERS.of(account.account_id), key))

    async def dead(command_id: str) -> dict[str, Any]:
        async def letter() -> dict[str, Any] | None:
            found = await typed("dlq", "list")
            return next((one for one in found if one["id"] == command_id), None)

        found = await until(letter)
        assert (await typed("dlq", "show", command_id))["reason"] == found["reason"]
        return found

    # A product that is not there yet: refused; once it is synced, the letters are replayed.
    async def early() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = await typed("dlq", "list")
        return found if len(found) == 2 else None

    await desk.publish(orders(mine, "A-1"))
    letters = await until(early)
    assert all("PRODUCT_NOT_FOUND" in one["reason"] for one in letters)
    await shop.post("/api/products/sync", {"items": [SWEATER]})
    for one in letters:
        await typed("dlq", "replay", one["id"])
    assert {(await stored(mine, one))["publisher"] for one in ("A-0", "A-1")} == {name}
    assert (await typed("find", "A-0"))["found"][0]["publisher"] == name

    # What the shop itself changes over HTTP is the shop's again.
    changed = an_order("A-1", product_id(mine.account_id, "SW-1"))
    await shop.post("/api/orders/sync", {"items": [changed]})
    assert (await stored(mine, "A-1"))["publisher"] is None

    # Another's account, however it is dressed up: nothing is stored, until the operator allows it.
    forged = {"reply_to": topology.reply_queue("gateway", "x"), "headers": {"x-asker": "gateway"}}
    foreign = await desk.publish(orders(other, "B-1"), **forged)
    letter = await dead(foreign)
    assert letter["asker"] == desk.user
    assert f"Publisher {name} may not write for {other.account_id}" in letter["reason"]
    await typed("dlq", "replay", foreign)  # asked again whether it may: still not
    await dead(foreign)
    both = ("--account", mine.account_id, "--account", other.account_id)
    await typed("publisher", "update", name, *both)
    products = {"accountId": other.account_id, "items": [SWEATER]}
    async with httpx.AsyncClient(base_url=shop.http.base_url, headers=other.headers) as client:
        (await client.post("/api/products/sync", json=products)).raise_for_status()
    await typed("dlq", "replay", foreign)
    assert (await stored(other, "B-1"))["publisher"] == name

    # A body that is none: its places are named; mended, it is published anew, and the old one goes.
    bad = orders(mine, "A-3")
    bad["items"][0]["items"][0]["quantity"] = "two"
    wrong = await desk.publish(bad)
    assert "items.0.items.0.quantity" in (await dead(wrong))["reason"]
    await desk.publish(orders(mine, "A-3"))
    await stored(mine, "A-3")
    await typed("dlq", "drop", wrong)

    # Nobody's name is refused by the planner; another's, and all else, by RabbitMQ at once.
    unsigned = await desk.publish(orders(mine, "A-4"), user_id=None)
    assert "set `user_id`" in (await dead(unsigned))["reason"]
    await typed("dlq", "replay", unsigned)  # the operator's word
    assert "publisher" not in await stored(mine, "A-4")
    with pytest.raises(ChannelPreconditionFailed):
        await desk.publish(orders(mine, "A-5"), user_id="gateway")
    with pytest.raises(ChannelAccessRefused):
        await (await desk._connection.channel()).declare_queue("ear")  # noqa: SLF001
    assert await typed("dlq", "list") == []
