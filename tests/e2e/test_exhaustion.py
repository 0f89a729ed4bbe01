"""Few descriptors, little memory: what a service says, and that it goes on without help.

A full disk is `make exhaustion`'s, on servers of its own.
"""

import asyncio
import resource
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.store import Store
from support.accounts import seed_account
from support.services import ALL, Cluster, Replica
from support.shop import Shop

pytestmark = pytest.mark.e2e

DESCRIPTORS = 64
SPARE = 48 * 1024 * 1024  # bytes above what a process has at rest


def bound(replicas: Sequence[Replica], kind: int, most: int) -> None:
    """Until they end: nobody lifts it."""
    for replica in replicas:
        resource.prlimit(replica.pid, kind, (most, most))


def with_little_memory(replicas: Sequence[Replica]) -> None:
    for replica in replicas:
        pages = int(Path(f"/proc/{replica.pid}/statm").read_text().split()[0])
        bound([replica], resource.RLIMIT_AS, pages * resource.getpagesize() + SPARE)


async def whole_way(shop: Shop) -> None:
    plan = await shop.plan(await shop.sync())
    await shop.execute(plan)
    await shop.until_status(plan["exportId"], "COMPLETED")


async def of_ten_mebibytes(shop: Shop) -> Any:  # an answer
    line = {"productExternalId": "SW-1", "quantity": 1, "unitValueUsd": 80.25}
    order = {"destinationCountry": "US", "items": [line] * 120}
    items = [{"externalId": f"BIG-{place}", **order} for place in range(1_000)]
    body = orjson.dumps({"accountId": shop.account.account_id, "items": items})
    headers = {"content-type": "application/json"}
    return await shop.http.post("/api/orders/sync", content=body, headers=headers)


async def test_with_64_descriptors_and_little_memory_each_service_says_so_and_goes_on(
    cluster: Cluster, store: Store
) -> None:
    await cluster.start(*ALL, GATEWAY_HEAD_SECONDS="2", GATEWAY_REPLY_TIMEOUT="PT5S")
    shop = Shop(cluster.url, await seed_account(store))
    gateways = cluster.of("gateway")

    bound(cluster.replicas, resource.RLIMIT_NOFILE, DESCRIPTORS)
    async with AsyncExitStack() as held:
        for _ in range(2 * DESCRIPTORS):
            _, writer = await asyncio.open_connection("127.0.0.1", gateways[0].port)
            held.callback(writer.close)
        await whole_way(shop)  # once those who say nothing are ended

    with_little_memory([each for each in cluster.replicas if each not in gateways])
    unheard = await of_ten_mebibytes(shop)
    assert unheard.status_code in {200, 503}, unheard.text
    await whole_way(shop)

    with_little_memory(gateways)
    refused = await of_ten_mebibytes(shop)
    assert refused.status_code in {500, 503}, "no memory, or no thread for it"
    assert refused.json()["details"]["retryable"]
    assert int(refused.headers["retry-after"]) > 0
    await whole_way(shop)

    assert [replica.exit_code for replica in cluster.replicas] == [None] * len(ALL)
    await shop.http.aclose()
