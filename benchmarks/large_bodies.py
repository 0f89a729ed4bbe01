"""`python -m benchmarks.large_bodies`: a neighbour's small syncs beside another's of 10 MiB.

One gateway and one planner. The neighbour syncs one order after the other, alone and then while
another account sends the largest body that is taken, again and again.
"""

import asyncio
import time
import uuid
from contextlib import AsyncExitStack
from typing import Final

import httpx
import orjson
from pydantic import SecretStr
from stack.servers import up

from benchmarks.load import percentile
from benchmarks.processes import PROGRAMS, run_to_the_end, running
from benchmarks.seed import Seeded, Tenant, seed, tenant
from shared.settings import CommonSettings
from shared.store import Store

SECONDS: Final = 15.0
ORDERS, LINES = 1_000, 110  # nearly 10 MiB


def body(owner: Tenant, product_id: str, orders: int, lines: int) -> bytes:
    line = {"productId": product_id, "quantity": 2, "unitValueUsd": 80.25}
    items = [
        {"externalId": f"B-{place}", "destinationCountry": "US", "items": [line] * lines}
        for place in range(orders)
    ]
    return orjson.dumps({"accountId": owner.account, "items": items})


async def synced(http: httpx.AsyncClient, key: str, sent: bytes) -> float:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    began = time.perf_counter()
    (await http.post("/api/orders/sync", content=sent, headers=headers)).raise_for_status()
    return time.perf_counter() - began


async def neighbour(http: httpx.AsyncClient, owner: Tenant, seeded: Seeded, said: str) -> None:
    small, end, took = body(owner, seeded.product_ids[0], 1, 2), time.perf_counter() + SECONDS, []
    while time.perf_counter() < end:
        took.append(await synced(http, owner.keys[0], small))
        await asyncio.sleep(0.01)
    median, late = (percentile(took, percent) for percent in (50, 95))
    longest = max(took) * 1000
    print(f"   {said:22} p50 {median:6.0f} ms   p95 {late:6.0f} ms   longest {longest:6.0f} ms")


async def largest(http: httpx.AsyncClient, owner: Tenant, seeded: Seeded) -> None:
    sent, took = body(owner, seeded.product_ids[0], ORDERS, LINES), []
    try:
        while True:
            took.append(await synced(http, owner.keys[0], sent))
    finally:
        size = len(sent) / 2**20
        print(
            f"   {len(took)} bodies of {size:.1f} MiB, {sum(took) / max(len(took), 1):.1f} s each"
        )


async def main() -> None:
    servers = await asyncio.to_thread(up, "bench")
    settings = CommonSettings(
        mongo_url=SecretStr(servers.mongo_url), mongo_database=f"bench_{uuid.uuid4().hex[:8]}"
    )
    environment = {
        "ENTRYGO_RABBIT_URL": servers.rabbit_url,
        "ENTRYGO_MONGO_URL": servers.mongo_url,
        "ENTRYGO_MONGO_DATABASE": settings.mongo_database,
        "ENTRYGO_LOG_LEVEL": "ERROR",
        "GATEWAY_REPLY_TIMEOUT": "PT60S",
    }
    one, other = tenant("small"), tenant("large")
    async with Store(settings, appname="bench") as store, AsyncExitStack() as held:
        await store.create_indexes()
        seeded = [await seed(store, 2, 2, owner) for owner in (one, other)]
        held.push_async_callback(store.drop_database)
        gateway, _ = [
            await held.enter_async_context(running(name, [PROGRAMS / name], environment))
            for name in ("gateway", "planner")
        ]
        async with httpx.AsyncClient(base_url=gateway.url, timeout=120) as http:
            await neighbour(http, one, seeded[0], "alone")
            beside = asyncio.create_task(largest(http, other, seeded[1]))
            await neighbour(http, one, seeded[0], "beside the largest")
            beside.cancel()
            await asyncio.gather(beside, return_exceptions=True)


if __name__ == "__main__":
    run_to_the_end(main())
