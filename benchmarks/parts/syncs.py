"""Orders synced: new, changed and unchanged, beside a raw `bulk_write` of as many documents."""

import json
import statistics
import time
import uuid
from typing import Any

import httpx
from pydantic import SecretStr
from pymongo import UpdateOne

from benchmarks.bench import Bench
from benchmarks.seed import ACCOUNT
from shared.driver import connected, durable
from shared.settings import CommonSettings

_SIZES = (100, 1_000)
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
            synced: dict[str, list[float]] = {kind: [] for kind in _KINDS}
            written: dict[str, list[float]] = {kind: [] for kind in _KINDS}
            for _ in range(bench.effort.rounds + 1):
                run = uuid.uuid4().hex
                for kind, postal_code in _KINDS.items():
                    items = _orders(bench, run, size, postal_code)
                    synced[kind].append(await _sync(http, items))
                    written[kind].append(await _write(raw, items))
            for kind in _KINDS:
                pairs = zip(synced[kind][1:], written[kind][1:], strict=True)  # one warms
                ratio = statistics.median(ours / theirs for ours, theirs in pairs)
                cells = [statistics.median(one[kind][1:]) * 1000 for one in (synced, written)]
                rows.append([f"{size:,} {kind}", *(f"{ms:.0f}" for ms in cells), f"{ratio:.2f}"])
                bench.report.found[f"sync {kind}/raw"] = ratio
    client.close()
    bench.report.table(["orders", "sync ms", "bulk_write ms", "ratio"], rows)


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


async def _sync(http: httpx.AsyncClient, items: list[dict[str, Any]]) -> float:
    body = json.dumps({"accountId": ACCOUNT, "items": items}).encode()
    began = time.perf_counter()
    headers = {"content-type": "application/json"}
    answer = await http.post("/api/orders/sync", content=body, headers=headers)
    answer.raise_for_status()
    return time.perf_counter() - began


async def _write(raw: Any, items: list[dict[str, Any]]) -> float:  # noqa: ANN401  # Motor's
    updates = [
        UpdateOne({"_id": item["externalId"]}, {"$set": {"content": item}}, upsert=True)
        for item in items
    ]
    began = time.perf_counter()
    await raw.bulk_write(updates, ordered=False)
    return time.perf_counter() - began
