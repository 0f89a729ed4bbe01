"""An accepted execute ends without its client (I5)."""

import httpx
import pytest

from shared.store import Store
from support.accounts import seed_account
from support.services import Cluster
from support.shop import Shop

pytestmark = pytest.mark.e2e


async def test_an_execute_whose_worker_died_before_its_first_write_ends_without_the_client(
    cluster: Cluster, store: Store
) -> None:
    await cluster.start("gateway", "planner", "broker-mailer")
    [doomed] = await cluster.start("executor", CRASH_AT="executor.start_execution:before:1")
    shop = Shop(cluster.url, await seed_account(store))
    plan = await shop.plan(await shop.sync())

    accepted = await shop.http.post(
        "/api/exports/execute",
        json={"accountId": shop.account.account_id, "batchId": plan["exportId"]},
        headers={"Prefer": "wait=1"},
    )

    assert accepted.status_code == httpx.codes.ACCEPTED
    assert doomed.exit_code == -9
    assert (await shop.inspect(plan["exportId"]))["state"] == "PLANNED"
    await cluster.start("executor")
    export = await shop.until_status(plan["exportId"], "COMPLETED")
    assert len(export["artifacts"]) == 5
    await shop.http.aclose()
