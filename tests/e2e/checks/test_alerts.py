"""Each alert fires on what running gateways show while its fault is on; none does when all is well.

Evaluated by promtool; skipped only where it can neither be found nor taken from Debian.
"""

import asyncio
import json
import re
import subprocess
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from stack import apt

from shared.clock import timestamp, utc_now
from shared.messaging.rabbit import Messages
from shared.records import EXPORTS
from shared.settings import CommonSettings
from shared.store import Store
from support.alerts import RULES, alerts, firing, metric_names
from support.pages import REPOSITORY
from support.proxy import Proxy
from support.services import Cluster
from support.shop import Shop
from support.waiting import until

pytestmark = pytest.mark.e2e

OFTEN = {"GATEWAY_GAUGES_EVERY": "PT0.5S"}
FAR = timestamp(utc_now() + timedelta(days=1))
Fires = Callable[..., Awaitable[None]]


@pytest.fixture(scope="module")
def promtool() -> Path:
    found = apt.promtool()
    if found is None:
        pytest.skip("no promtool, and this is no Debian to take it from: see stack/apt.py")
    return found


@pytest.fixture
async def running(cluster: Cluster) -> Cluster:
    """One of each worker, and two gateways that count often."""
    await cluster.start("planner", "executor", "broker-mailer")
    await cluster.start("gateway", "gateway", **OFTEN)
    return cluster


async def scrape(url: str) -> str:
    async with httpx.AsyncClient(timeout=30) as client:
        return (await client.get(url)).text


@pytest.fixture
def fires(running: Cluster, promtool: Path, tmp_path: Path) -> Fires:
    """Waits until exactly these alerts fire on what the two gateways show."""

    async def fire(*wanted: str) -> None:
        async def told() -> bool:
            gateways = running.of("gateway")
            scrapes = {gateway.url: await scrape(gateway.metrics) for gateway in gateways}
            seen.append(await asyncio.to_thread(firing, promtool, scrapes, tmp_path))
            return seen[-1] == set(wanted)

        seen: list[set[str]] = []
        try:
            await until(told, limit=90)
        except AssertionError as error:
            raise AssertionError(f"fires: {seen[-1]}, not {set(wanted)}") from error

    return fire


async def completed(shop: Shop) -> str:
    plan = await shop.plan(await shop.sync())
    await shop.execute(plan)
    await shop.until_status(plan["exportId"], "COMPLETED")
    export_id: str = plan["exportId"]
    return export_id


Make = Callable[..., Awaitable[None]]


@pytest.fixture
def make(shop: Shop, store: Store) -> Make:
    """Sets fields of an export's record; `__` stands for a dot."""

    async def changed(export_id: str, **fields: Any) -> None:
        change = {"$set": {name.replace("__", "."): value for name, value in fields.items()}}
        exports = EXPORTS.of(shop.account.account_id)
        assert await store.transition(exports, export_id, {}, change, step="test.break")

    return changed


def test_the_rules_are_rules(promtool: Path) -> None:
    done = subprocess.run(
        [promtool, "check", "rules", RULES], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


async def test_what_is_well_fires_nothing_and_the_dashboard_has_all_it_shows(
    running: Cluster, shop: Shop, fires: Fires
) -> None:
    await completed(shop)

    await fires()

    shown = [await scrape(replica.metrics) for replica in running.replicas]
    there = set().union(*map(metric_names, shown))
    dashboard = json.loads((REPOSITORY / "deploy" / "grafana" / "entrygo.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [alert["expr"] for alert in alerts()]
    assert {name for expr in asked for name in re.findall(r"entrygo_\w+", expr)} <= there


async def test_prometheus_has_a_port_of_its_own_and_the_public_one_shows_it_nothing(
    running: Cluster,
) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        public = [await client.get(f"{replica.url}/metrics") for replica in running.replicas]
        own = [await client.get(replica.metrics) for replica in running.replicas]

    assert {answer.status_code for answer in public} == {404}
    assert all("entrygo_" in answer.text for answer in own)


async def test_each_export_that_needs_somebody_fires(
    shop: Shop, make: Make, fires: Fires, messages: Messages
) -> None:
    stalled = (await shop.plan(await shop.sync()))["exportId"]
    unknown, failed, slow, refused = [await completed(shop) for _ in range(4)]
    long_ago = timestamp(utc_now() - timedelta(hours=3))
    waits = {
        "deliveries__BROKER__status": "PENDING",
        "deliveries__BROKER__next_attempt_at": FAR,
    }

    await make(stalled, state="EXECUTING", execution={"stalled": True})
    await fires("ExecutionStalled")
    await make(unknown, deliveries__BROKER__status="UNKNOWN")
    await fires("ExecutionStalled", "DeliveryUnknown")
    await make(failed, deliveries__BROKER__status="FAILED")
    await fires("ExecutionStalled", "DeliveryUnknown", "DeliveryFailed")
    for id_ in (stalled, unknown, failed):
        await make(id_, state="VOIDED")
    await make(slow, **waits, deliveries__BROKER__first_pending_at=long_ago)
    await fires("SubmittingLong")
    await make(slow, state="VOIDED")
    await make(refused, **waits, deliveries__BROKER__error_message="451 later")
    await fires("MailRetrying")
    await make(refused, state="VOIDED")
    await messages.send_dead("planner.orders.sync", b"{}", message_id="m-1")
    await fires("DeadLetters")


async def test_workers_that_are_not_there_and_what_waits_for_them_fire(
    running: Cluster, shop: Shop, make: Make, fires: Fires, messages: Messages
) -> None:
    export_id = await completed(shop)
    for service in ("broker-mailer", "planner"):
        await running.of(service)[0].kill()
    await fires("WorkerMissing")

    long_ago = timestamp(utc_now() - timedelta(hours=1))
    await make(
        export_id,
        deliveries__BROKER__status="PENDING",
        deliveries__BROKER__next_attempt_at=long_ago,
    )
    await fires("WorkerMissing", "MailLate")

    for _ in range(11):
        some = [messages.send(b"{}", routing_key="planner.orders.sync") for _ in range(100)]
        await asyncio.gather(*some)
    await fires("WorkerMissing", "MailLate", "QueueGrows")


@pytest.mark.parametrize("server", ["store", "queue"])
async def test_a_server_that_is_away_for_a_gateway_fires(
    cluster: Cluster, settings: CommonSettings, promtool: Path, tmp_path: Path, server: str
) -> None:
    name = {"store": "ENTRYGO_MONGO_URL", "queue": "ENTRYGO_RABBIT_URL"}[server]
    url = {"store": settings.mongo_url, "queue": settings.rabbit_url}[server]
    await cluster.start("planner", "executor", "broker-mailer")
    async with Proxy(url.get_secret_value()) as between:
        [gateway] = await cluster.start(
            "gateway", **OFTEN, ENTRYGO_STORE_TIMEOUT="PT1S", **{name: between.url}
        )

        async def fires(wanted: set[str]) -> None:
            async def told() -> bool:
                seen = {gateway.url: await scrape(gateway.metrics)}
                return await asyncio.to_thread(firing, promtool, seen, tmp_path) == wanted

            await until(told, limit=90)

        await fires(set())
        between.hold()
        await fires({"ServerAway"})
        between.release()
        await fires(set())


def test_without_a_gateway_one_alert_says_so(promtool: Path, tmp_path: Path) -> None:
    assert firing(promtool, {}, tmp_path) == {"NobodyTells"}
