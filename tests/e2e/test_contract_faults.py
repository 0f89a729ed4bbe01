"""What a client is told while a worker is away, and that its key finishes the work afterwards."""

from typing import Any

import httpx
import pytest

from shared.records import EXPORTS
from shared.store import Store
from support.accounts import seed_account
from support.services import Cluster
from support.shop import Shop

pytestmark = pytest.mark.e2e

IMPATIENT = {"GATEWAY_REPLY_TIMEOUT": "PT1S", "GATEWAY_LEASE_MARGIN": "PT1S"}


async def a_shop(cluster: Cluster, store: Store) -> Shop:
    await cluster.start("planner", "executor", "broker-mailer")
    await cluster.start("gateway", **IMPATIENT)
    return Shop(cluster.url, await seed_account(store))


async def once(shop: Shop, path: str, body: dict[str, Any], key: str) -> httpx.Response:
    """One try, as it is answered."""
    return await shop.http.post(
        path,
        json={"accountId": shop.account.account_id} | body,
        headers={"idempotency-key": key},
    )


async def test_without_a_planner_plan_is_503_and_its_key_finishes_it(
    cluster: Cluster, store: Store
) -> None:
    shop = await a_shop(cluster, store)
    body = shop.plan_body(await shop.sync())
    [planner] = cluster.of("planner")
    await planner.stop()

    away = await once(shop, "/api/exports/plan", body, "k-1")
    await planner.start()
    answer = await shop.post("/api/exports/plan", body, "k-1")

    assert (away.status_code, away.json()["errorCode"]) == (503, "SERVICE_UNAVAILABLE")
    assert int(away.headers["retry-after"]) > 0
    assert away.json()["details"]["next_action"] == "RETRY_WITH_SAME_KEY"
    assert answer.status_code == 200
    exports = (await shop.http.get("/api/exports")).json()["data"]
    assert [row["exportId"] for row in exports] == [answer.json()["exportId"]]
    await shop.http.aclose()


async def test_without_an_executor_execute_is_202_and_finishes_by_itself(
    cluster: Cluster, store: Store
) -> None:
    shop = await a_shop(cluster, store)
    plan = await shop.plan(await shop.sync())
    [executor] = cluster.of("executor")
    await executor.stop()

    body = {"batchId": plan["exportId"], "planHash": plan["planHash"]}
    accepted = await once(shop, "/api/exports/execute", body, "k-1")
    repeated = await once(shop, "/api/exports/execute", body, "k-1")
    await executor.start()
    export = await shop.until_status(plan["exportId"], "COMPLETED")
    final = await shop.execute(plan, "k-1")

    for answer in (accepted, repeated):
        assert answer.status_code == 202
        assert answer.headers["location"] == f"/api/exports/{plan['exportId']}"
        assert answer.headers["retry-after"] == "1"
        assert (answer.json()["status"], answer.json()["customs_package_id"]) == ("PLANNED", None)
    assert final.status_code == 200
    assert final.json()["customs_package_id"] == export["customs_package_id"]
    assert len(await store.find(EXPORTS, {"package_id": {"$ne": None}})) == 1
    await shop.http.aclose()


@pytest.mark.parametrize(
    "step",
    [
        "gateway.begin_key:before:1",
        "gateway.begin_key:after:1",
        "gateway.ask:after:1",
        "gateway.keep_outcome:before:1",
        "gateway.keep_outcome:after:1",
    ],
)
async def test_a_gateway_that_dies_leaves_its_key_to_a_retry(
    cluster: Cluster, store: Store, step: str
) -> None:
    shop = await a_shop(cluster, store)
    body = shop.plan_body(await shop.sync())
    [doomed] = await cluster.start("gateway", CRASH_AT=step, **IMPATIENT)

    with pytest.raises(httpx.TransportError):
        async with httpx.AsyncClient(base_url=doomed.url, headers=shop.account.headers) as client:
            await client.post(
                "/api/exports/plan",
                json={"accountId": shop.account.account_id} | body,
                headers={"idempotency-key": "k-1"},
                timeout=30,
            )
    answer = await shop.post("/api/exports/plan", body, "k-1")

    assert answer.status_code == 200
    exports = (await shop.http.get("/api/exports")).json()["data"]
    assert [row["exportId"] for row in exports] == [answer.json()["exportId"]]
    again = await shop.post("/api/exports/plan", body, "k-1")
    assert again.content == answer.content
    await shop.http.aclose()
