"""What a client is told while a process has lost its servers, and that it goes on by itself."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from stack.servers import Addresses

from shared.messaging.topology import EXPORTS_PLAN
from shared.store import Store
from support.accounts import seed_account
from support.proxy import Proxy
from support.servers import declare_queue, virtual_host
from support.services import Cluster, Replica
from support.shop import Shop
from support.waiting import until

pytestmark = pytest.mark.e2e


@pytest.fixture
async def rabbit(rabbit_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(rabbit_url) as proxy:
        yield proxy


async def get(replica: Replica, path: str) -> httpx.Response | None:
    async with httpx.AsyncClient() as client:
        try:
            return await client.get(f"{replica.url}{path}")
        except httpx.TransportError:
            return None


async def test_a_process_that_starts_before_its_servers_lives_says_so_and_goes_on(
    cluster: Cluster, rabbit: Proxy, store: Store
) -> None:
    account = await seed_account(store)
    rabbit.silent = True
    gateway = cluster.begin("gateway", ENTRYGO_RABBIT_URL=rabbit.url)

    async def answers() -> httpx.Response | None:
        return await get(gateway, "/healthz")

    assert (await until(answers)).status_code == 200
    for path in ("/readyz", "/api/system/health", "/api/exports"):
        waiting = await get(gateway, path)
        assert waiting is not None
        assert waiting.status_code == 503, path
        assert {"retry-after", "x-request-id", "entrygo-protocol"} <= waiting.headers.keys(), path

    rabbit.silent = False
    rabbit.cut()
    await gateway.ready()
    shop = Shop(gateway.url, account)
    assert (await shop.http.get("/api/exports")).status_code == 200
    await shop.http.aclose()


async def test_a_plan_over_a_half_open_connection_is_503_and_its_key_finishes_it(
    cluster: Cluster, rabbit: Proxy, store: Store
) -> None:
    await cluster.start("planner")
    await cluster.start("gateway", ENTRYGO_RABBIT_URL=rabbit.url, ENTRYGO_PUBLISH_TIMEOUT="PT1S")
    shop = Shop(cluster.url, await seed_account(store))
    body: dict[str, Any] = shop.plan_body(await shop.sync())
    made = rabbit.made

    rabbit.swallow("both")
    lost = await shop.http.post(
        "/api/exports/plan",
        json={"accountId": shop.account.account_id} | body,
        headers={"idempotency-key": "k-1"},
    )
    answer = await shop.post("/api/exports/plan", body, "k-1")

    assert (lost.status_code, lost.json()["errorCode"]) == (503, "SERVICE_UNAVAILABLE")
    assert {"retry-after", "x-request-id", "entrygo-protocol"} <= lost.headers.keys()
    assert answer.status_code == 200
    assert rabbit.made > made
    await shop.http.aclose()


async def test_a_process_that_cannot_mend_itself_ends(cluster: Cluster, servers: Addresses) -> None:
    with virtual_host(servers) as rabbit_url:
        declare_queue(servers, rabbit_url, EXPORTS_PLAN.queue)  # nobody can declare it as ours now

        planner = cluster.begin(
            "planner", ENTRYGO_RABBIT_URL=rabbit_url, ENTRYGO_UNREADY_PATIENCE="PT1S"
        )

        async def ended() -> bool:
            return planner.exit_code is not None

        await until(ended)
        assert "not able to work" in planner.log.read_text()
