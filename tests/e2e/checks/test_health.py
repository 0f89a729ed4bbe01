"""What a client is told of workers that are not there, and that nothing of it is lost."""

from typing import Any

import pytest

from shared.messaging.topology import LARGE_ORDERS, WORKERS
from support.documented import shape
from support.services import Cluster
from support.shop import Shop
from support.waiting import until

pytestmark = pytest.mark.e2e


async def health(shop: Shop) -> Any:  # JSON
    answer = await shop.http.get("/api/system/health")
    assert answer.status_code == 200
    shape("Health").validate(answer.json())
    return answer.json()


async def test_health_tells_each_worker_apart(running: Cluster, shop: Shop) -> None:
    async def status(wanted: dict[str, str]) -> Any:  # JSON
        async def told() -> Any:
            found = await health(shop)
            shown = {name: worker["status"] for name, worker in found["workers"].items()}
            return found if shown == wanted else None

        return await until(told)

    well = await status(dict.fromkeys(WORKERS, "UP"))
    assert well["status"] == "UP"

    for service in ("planner", "broker-mailer"):
        await running.of(service)[0].kill()

    ill = await status(dict.fromkeys(WORKERS, "DOWN") | {"executor": "UP"})
    assert ill["status"] == "DEGRADED"
    assert ill["dependencies"] == {"store": {"status": "UP"}, "queue": {"status": "UP"}}
    assert ill["workers"]["planner"]["consumers"] == 0


async def test_without_its_worker_each_write_is_503_by_name_and_its_key_finishes_it(
    running: Cluster, shop: Shop
) -> None:
    plan = await shop.plan(await shop.sync())
    body = {"batchId": plan["exportId"], "planHash": plan["planHash"]}
    others = shop.plan_body(await shop.sync())
    writes = {
        "planner": ("/api/exports/plan", others),
        "executor": ("/api/exports/execute", body),
    }
    for worker, (path, asked) in writes.items():
        await running.of(worker)[0].kill()

        away = await shop.http.post(
            path,
            json={"accountId": shop.account.account_id} | asked,
            headers={"idempotency-key": f"k-{worker}"},
        )

        assert away.status_code == 503, away.text
        shape("Error").validate(away.json())
        assert away.json()["details"]["worker"] == worker
        assert int(away.headers["retry-after"]) >= 3
        await running.of(worker)[0].start()
        answer = await shop.post(path, asked, f"k-{worker}")
        assert answer.status_code == 200, answer.text

    await shop.until_status(plan["exportId"], "COMPLETED")
    assert len((await shop.http.get("/api/exports")).json()["data"]) == 2


async def test_a_large_plan_waits_for_its_own_planner_and_no_other_plan_does(
    running: Cluster, shop: Shop
) -> None:
    await running.of("planner")[0].kill()
    await running.start("planner", PLANNER_QUEUES="small")
    orders = await shop.sync(LARGE_ORDERS + 1)
    many = {"accountId": shop.account.account_id} | shop.plan_body(orders)

    away = await shop.http.post(
        "/api/exports/plan", json=many, headers={"idempotency-key": "k-many"}
    )

    assert away.status_code == 503, away.text
    assert away.json()["details"]["worker"] == "planner-large"
    await shop.plan(orders[:2])
    await running.start("planner", PLANNER_QUEUES="large")
    plan = await shop.plan(orders, "k-many")
    assert len(plan["included_order_ids"]) == LARGE_ORDERS + 1
