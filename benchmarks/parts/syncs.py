"""Orders synced: new, changed and unchanged, beside a raw `bulk_write` of as many documents."""

import json
import os
import statistics
import time
import uuid
from collections.abc import Awaitable
from typing import Any, NamedTuple

import httpx
from pydantic import SecretStr
from pymongo import UpdateOne

from benchmarks.bench import Bench
from benchmarks.processes import cpu_seconds
from benchmarks.seed import ACCOUNT
from shared.driver import connected, durable
from shared.settings import CommonSettings

_SIZES = (100, 1_000)
_MORE = 3  # times the rounds of other parts: one is short, and so it varies
_KINDS = {"new": "04401", "changed": "04402", "unchanged": "04402"}  # each with its postal code


async def measure(bench: Bench) -> None:
    bench.report.heading("Sync of orders, beside a raw bulk_write of the same documents")
    settings = CommonSettings(
        mongo_url=SecretStr(bench.servers.mongo_url),
        mongo_database=bench.environment["ENTRYGO_MONGO_DATABASE"],
    )
    client = connected(settings, "bench")
    raw = durable(client, settings.mongo_database)["raw_orders"]
    rows = []
    async with bench.client() as http:
        for size in _SIZES:
            costs: dict[str, list[tuple[Cost, Cost]]] = {kind: [] for kind in _KINDS}
            for _ in range(_MORE * bench.effort.rounds + 1):
                run = uuid.uuid4().hex
                for kind, postal_code in _KINDS.items():
                    items = _orders(bench, run, size, postal_code)
                    synced = await _cost(bench, _sync(http, items))
                    costs[kind].append((synced, await _cost(bench, _write(raw, items))))
            for kind, pairs in costs.items():
                del pairs[0]  # it warms
                ratio = statistics.median(a.seconds / b.seconds for a, b in pairs)
                bench.report.found[f"sync {kind}/raw"] = ratio
                rows.append([f"{size:,} {kind}", *_cells(pairs, f"{ratio:.2f}")])
    client.close()
    head = ["orders", "sync ms", "bulk_write ms", "ratio", "cpu ms, sync", "bulk_write"]
    bench.report.table(head, rows)


class Cost(NamedTuple):
    seconds: float
    cpu: float  # of all processes, this one too


async def _cost(bench: Bench, work: Awaitable[None]) -> Cost:
    processes = bench.pids | {"driver": os.getpid()}
    before, began = cpu_seconds(processes), time.perf_counter()
    await work
    seconds = time.perf_counter() - began
    return Cost(seconds, sum(cpu_seconds(processes).values()) - sum(before.values()))


def _cells(pairs: list[tuple[Cost, Cost]], ratio: str) -> list[str]:
    both = list(zip(*pairs, strict=True))
    middle = [statistics.median(each.seconds for each in one) * 1000 for one in both]
    cpu = [statistics.fmean(each.cpu for each in one) * 1000 for one in both]
    return [*(f"{ms:.0f}" for ms in middle), ratio, *(f"{ms:.0f}" for ms in cpu)]


def _orders(bench: Bench, run: str, size: int, postal_code: str) -> list[dict[str, Any]]:
    product_ids = bench.seeded.product_ids
    return [
        {
            "externalId": f"{run}-{number}",
            "destinationCountry": "US",
            "destinationRegion": "ME",
            "destinationPostalCode": postal_code,
            "consignee": {"name": "Ada Byron", "addressLines": ["1 Elm"], "city": "Bangor"},
            "items": [
                {"productId": product_ids[number + line], "quantity": 1, "unitValueUsd": 80.0}
                for line in range(2)
            ],
        }
        for number in range(size)
    ]


async def _sync(http: httpx.AsyncClient, items: list[dict[str, Any]]) -> None:
    body = json.dumps({"accountId": ACCOUNT, "items": items}).encode()
    headers = {"content-type": "application/json"}
    answer = await http.post("/api/orders/sync", content=body, headers=headers)
    answer.raise_for_status()


async def _write(raw: Any, items: list[dict[str, Any]]) -> None:  # noqa: ANN401  # Motor's
    updates = [
        UpdateOne({"_id": item["externalId"]}, {"$set": {"content": item}}, upsert=True)
        for item in items
    ]
    await raw.bulk_write(updates, ordered=False)
