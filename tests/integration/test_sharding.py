"""What the services ask of the store names the account: a sharded store knows where to look."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest
from pymongo import monitoring
from stack.servers import Addresses

from shared import records
from shared.records import Collection
from shared.settings import CommonSettings
from shared.store import Store
from support.product import product
from support.shop import SWEATER, Shop, an_order
from support.waiting import until

pytestmark = pytest.mark.integration

OWNED = {str(each) for each in vars(records).values() if isinstance(each, Collection)}


class Asked(NamedTuple):
    command: str
    collection: str
    query: Mapping[str, Any]

    @property
    def one_shard(self) -> bool:
        return _names_account(self.query)


def _names_account(query: Mapping[str, Any]) -> bool:
    return "account_id" in query or any(map(_names_account, query.get("$and", ())))


class Commands(monitoring.CommandListener):
    """What the driver sends that looks for documents, once listening."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.listening = False

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if not self.listening:
            return
        name, command = event.command_name, event.command
        queries = {
            "find": lambda: [command["filter"]],
            "findAndModify": lambda: [command["query"]],
            "update": lambda: [each["q"] for each in command["updates"]],
            "delete": lambda: [each["q"] for each in command["deletes"]],
        }
        for query in queries.get(name, list)():
            self.asked.append(Asked(name, command[name], query))
        if name == "aggregate":  # finds in several collections, in one
            self.asked += _united(command[name], command["pipeline"])

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


def _united(collection: str, stages: Sequence[Mapping[str, Any]]) -> Iterator[Asked]:
    for stage in stages:
        if match := stage.get("$match"):
            yield Asked("find", collection, match)
        if union := stage.get("$unionWith"):
            yield from _united(union["coll"], union["pipeline"])


COMMANDS = Commands()
monitoring.register(COMMANDS)  # the driver has no way back; it listens only while a test wants


@pytest.fixture
def commands() -> Iterator[Commands]:
    COMMANDS.asked.clear()
    COMMANDS.listening = True
    yield COMMANDS
    COMMANDS.listening = False


async def change_records(shop: Shop) -> None:
    """A product and an order that are there, synced with another substance."""
    for title, postal_code in (("Sweater", "14201"), ("Pullover", "14202")):
        products = await shop.post("/api/products/sync", {"items": [SWEATER | {"title": title}]})
        order = an_order("A-changed", products.json()["data"][0]["id"])
        order["destinationPostalCode"] = postal_code
        assert (await shop.post("/api/orders/sync", {"items": [order]})).status_code == 200


async def test_every_read_by_id_update_and_delete_of_an_accounts_document_names_the_account(
    settings: CommonSettings, servers: Addresses, store: Store, commands: Commands
) -> None:
    async with product(settings, servers, store) as shop:
        orders = await shop.sync()
        await change_records(shop)
        plan = await shop.plan(orders)
        replanned = await shop.plan(orders, batchId=plan["exportId"])
        rival = await shop.plan(orders)
        assert (await shop.execute(replanned)).status_code == 200
        assert (await shop.execute(rival)).status_code == 409
        export = await shop.until_status(plan["exportId"], "COMPLETED")
        package = await shop.http.get(f"/api/customs-packages/{export['customs_package_id']}")
        assert package.status_code == 200
        printed = f"/api/customs-packages/{export['customs_package_id']}/invoice.pdf"
        for _ in range(2):  # where there is none yet, and where there is
            answer = await shop.http.get(printed, headers={"prefer": "wait=30"})
            assert answer.status_code in {200, 503}

    asked = [each for each in commands.asked if each.collection in OWNED]

    by_id = [each for each in asked if each.command != "find" or "_id" in each.query]
    assert [each for each in by_id if not each.one_shard] == []
    assert {(each.command, each.collection) for each in by_id} >= {
        # Verdicts of syncs and keys are read for a repeat alone, storage every few seconds.
        *(("find", name) for name in OWNED - {"verdicts", "idempotency_keys", "storage"}),
        ("findAndModify", "exports"),
        *(("update", name) for name in ("products", "orders", "idempotency_keys")),
        *(("delete", name) for name in ("exported_orders", "idempotency_keys")),
    }


async def test_only_sweeps_ask_every_shard(
    settings: CommonSettings, servers: Addresses, store: Store, commands: Commands
) -> None:
    async with product(settings, servers, store) as shop:
        plan = await shop.plan(await shop.sync())
        assert (await shop.execute(plan)).status_code == 200
        await shop.until_status(plan["exportId"], "COMPLETED")
        for path in ("orders", "products", "exports", "account"):
            assert (await shop.http.get(f"/api/{path}")).status_code == 200

        async def asked_everywhere() -> list[Asked]:
            owned = [each for each in commands.asked if each.collection in OWNED]
            return [each for each in owned if not each.one_shard]

        everywhere = await until(asked_everywhere)  # a sweep runs every second

    assert {each.collection for each in everywhere} == {"exports"}
    assert all("_id" not in each.query for each in everywhere)
    names = {name for each in everywhere for name in each.query if "." not in name}
    assert names <= {"state", "test", "updated_at"}, everywhere
