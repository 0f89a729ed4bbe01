"""Every outcome that the page of test accounts promises happens, on one stack, all at once."""

import asyncio
import json
import os
import re
import signal
import sys
import uuid
from asyncio import to_thread
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from pydantic import SecretStr
from stack.servers import Addresses

from entrygo_operator.seeding import CLEAN, seeds
from planner.domain.facts import Product
from planner.domain.orders import Order
from planner.domain.rules import RULES
from shared.messaging.events import EXPORT_EVENTS
from shared.settings import CommonSettings
from shared.simulator import Simulated
from shared.store import Store
from support import world
from support.accounts import Seeded
from support.entrygo import entrygo_on
from support.mailpit import mails_to
from support.pages import PAGES, REPOSITORY
from support.services import ALL, Cluster
from support.shop import Shop
from support.waiting import until

pytestmark = pytest.mark.e2e

PAGE = PAGES / "guides" / "test-accounts.md"
BROKERS_EVENTS = re.compile("BROKER_NOTIFIED|BROKER_SUBMISSION_.*")
SHORT = {"BROKER_MAILER_RETRY_DELAYS": '["PT6S", "PT6S"]', "BROKER_MAILER_LEASE": "PT60S"}


class Promised(NamedTuple):
    """A row of the page's table."""

    broker: str
    happens: str
    status: str
    events: list[str]
    attempts: str

    def __str__(self) -> str:
        return self.broker


def promised() -> list[Promised]:
    rows = re.findall(r"^\| `(\w+)@` \|(.*)\|$", PAGE.read_text(), re.MULTILINE)
    cells = [(broker, *(cell.strip() for cell in rest.split("|"))) for broker, rest in rows]
    return [
        Promised(broker, happens, status.strip("`"), re.findall("`(.*?)`", events), attempts)
        for broker, happens, status, events, attempts in cells
    ]


@pytest.fixture(scope="module")
async def ended(
    servers: Addresses,
    users: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[dict[str, Any]]:
    """By broker: the export in the end; the stalled one also as it is once it was resumed."""
    settings = CommonSettings(
        rabbit_url=SecretStr(users["operator"]),
        mongo_url=SecretStr(servers.mongo_url),
        mongo_database=f"test_{uuid.uuid4().hex[:12]}",
    )
    entrygo = entrygo_on(settings)
    logs: Path = tmp_path_factory.mktemp("logs")
    async with Store(settings, appname="tests") as store:
        async with (
            Cluster(settings, servers, logs, users) as cluster,
            subscriber(users["subscriber"]) as heard,
        ):
            cluster.environment |= SHORT
            await cluster.start(*ALL)
            account = await to_thread(entrygo.json, "account", "create", "Trial", "--test")
            key = await to_thread(entrygo.json, "key", "create", "--account", account["id"])
            brokers = {each["email"].partition("@")[0]: each["id"] for each in account["brokers"]}
            warehouse = account["warehouses"][0]["id"]
            seeded = Seeded(account["id"], warehouse, brokers["sent"], key["key"], "")
            shop = Shop(cluster.url, seeded)
            rows = promised()
            orders = await shop.sync(len(rows))
            found = await asyncio.gather(
                *(
                    to_its_end(shop, order, brokers[row.broker], row.status)
                    for row, order in zip(rows, orders, strict=True)
                )
            )
            by_broker = {row.broker: export for row, export in zip(rows, found, strict=True)}
            stalled = by_broker["stalls"]["exportId"]
            await to_thread(entrygo.json, "export", "resume", stalled)
            by_broker["resumed"] = await shop.until_status(stalled, "COMPLETED")
            by_broker["heard"] = heard
            by_broker["seeded"] = [
                await to_thread(entrygo.json, "account", "seed", account["id"]) for _ in range(2)
            ]
            by_broker["found"] = await asyncio.gather(
                *(findings_on(shop, row) for row in by_broker["seeded"][1])
            )
            by_broker["mails"] = await mails_to(servers, Simulated.SENT.address)
            by_broker["doctor"] = (await to_thread(entrygo, "doctor", "--json")).stdout
            yield by_broker
            await shop.http.aclose()
        await store.drop_database()


@asynccontextmanager
async def subscriber(url: str) -> AsyncIterator[list[dict[str, Any]]]:
    """The example, as it is: what it has heard so far."""
    heard: list[dict[str, Any]] = []
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "examples/hear_exports.py"),
        cwd=REPOSITORY,
        env=os.environ | {"ENTRYGO_RABBIT_URL": url},
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert await process.stderr.readline() == b"listening\n", await process.stderr.read()
    hearing = asyncio.create_task(_collect(process.stdout, heard))
    try:
        yield heard
    finally:
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
        await hearing


async def _collect(lines: asyncio.StreamReader, heard: list[dict[str, Any]]) -> None:
    while line := await lines.readline():
        heard.append(json.loads(line))


async def to_its_end(shop: Shop, order: str, broker: str, status: str) -> Any:
    plan = await shop.plan([order], brokerId=broker, shipment=world.http(world.SHIPMENT))
    assert plan["readinessState"] == "READY", [plan["missing_data"], plan["validationMessages"]]
    executed = await shop.execute(plan)
    accepted = httpx.codes.ACCEPTED if status == "EXECUTION_STALLED" else httpx.codes.OK
    assert executed.status_code == accepted, executed.text
    return await shop.until_status(plan["exportId"], status)


async def findings_on(shop: Shop, row: dict[str, str]) -> tuple[str, set[str]]:
    plan = await shop.plan([row["order"]], dryRun=True, shipment=world.http(world.SHIPMENT))
    return row["finding"], {found["code"] for found in plan["validationMessages"]}


def test_each_seeded_order_shows_the_finding_that_it_is_named_for(ended: dict[str, Any]) -> None:
    first, again = ended["seeded"]
    needs_a_table = {"HTS_NOT_FOUND"}

    assert first == again
    silent = {finding for finding, codes in ended["found"] if finding not in codes}
    assert silent == {CLEAN} | needs_a_table
    clean = dict(ended["found"])[CLEAN]
    assert not any(rule.code in clean for rule in RULES if "INFO" not in rule.severities)


def test_every_rule_about_goods_and_orders_is_in_the_seed() -> None:
    of_goods = {rule.code for rule in RULES if rule.subject in {Order, Product}}

    assert of_goods - seeds().orders.keys() == {"ORDER_ALREADY_EXPORTED"}
    assert seeds().orders.keys() - {rule.code for rule in RULES} == {CLEAN}


def test_the_page_tells_of_every_simulated_broker() -> None:
    assert [row.broker for row in promised()] == [each.value for each in Simulated]


@pytest.mark.parametrize("row", promised(), ids=str)
def test_what_the_page_promises_of_a_broker_happens(row: Promised, ended: dict[str, Any]) -> None:
    export = ended[row.broker]

    told = [event["type"] for event in export["events"]]
    assert export["status"] == row.status
    assert [kind for kind in told if BROKERS_EVENTS.fullmatch(kind)] == row.events
    if row.attempts:
        submission = export["broker_submission"]
        assert (submission["submission_type"], submission["attempts"]) == (
            "SIMULATOR",
            int(row.attempts),
        )
        assert len(export["artifacts"]) == 5


def test_a_stalled_execution_failed_ten_times_and_ends_once_it_is_resumed(
    ended: dict[str, Any],
) -> None:
    assert ended["stalls"]["last_error"]["failures"] == 10
    assert ended["stalls"]["artifacts"] == []
    assert len(ended["resumed"]["artifacts"]) == 5


async def test_the_example_hears_of_each_export_what_its_log_says_in_sequence_and_no_address(
    ended: dict[str, Any],
) -> None:
    final = {
        row.broker: ended["resumed"] if row.broker == "stalls" else ended[row.broker]
        for row in promised()
    }

    def told(export: Any) -> list[tuple[int, str]]:
        return [
            (event["sequence"], EXPORT_EVENTS[event["type"]].key)
            for event in export["events"]
            if event["type"] in EXPORT_EVENTS
        ]

    def heard(export: Any) -> list[tuple[int, str]]:
        mine = [each for each in ended["heard"] if each["export_id"] == export["exportId"]]
        return [(each["sequence"], each["what"]) for each in mine]

    async def all_heard() -> bool:
        return all(heard(export) == told(export) for export in final.values())

    await until(all_heard)
    assert heard(final["late"])[-2:] == told(final["late"])[-2:]
    assert "@" not in json.dumps(ended["heard"])
    last = [each for each in ended["heard"] if each["what"] == "exports.delivered"][-1]
    assert last["status"] == "COMPLETED"
    assert last["customs_package_id"].startswith("cp_")


def test_a_simulated_outcome_mails_nobody_and_wakes_nobody(ended: dict[str, Any]) -> None:
    assert ended["mails"] == []
    for status in ("EXECUTION_STALLED", "DELIVERY_FAILED", "DELIVERY_UNKNOWN"):
        assert f"exports {status}" in ended["doctor"]
        assert ended["doctor"].count(f"--status {status}") == 0
