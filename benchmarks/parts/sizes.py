"""Large plans: what they cost beside a raw read, and what they do to the small ones beside them."""

import asyncio
import math
import statistics
import time

import httpx

from benchmarks.bench import Bench
from benchmarks.load import Round, drive, percentile
from benchmarks.requests import plan_body, plans
from benchmarks.seed import ACCOUNT
from shared.records import ORDERS, PRODUCTS

_CLIENTS = 20
_MORE = 3  # times the rounds of other parts: one is short, and so it varies


async def measure(bench: Bench) -> None:
    report, rows, costs = bench.report, [], {}
    report.heading("Plans of many orders, beside a raw read of the same documents")
    async with bench.client() as http:
        for size in bench.effort.sizes:
            planned, read = [], []
            for _ in range(_MORE * bench.effort.rounds + 1):
                read.append(await _read(bench, size))
                planned.append(await _plan(http, bench.seeded.order_ids[:size]))
            costs[size] = statistics.median(planned[1:])  # the first one warms
            raw = statistics.median(read[1:])
            rows.append(
                [f"{size:,} orders", _ms(costs[size]), _ms(raw), f"{costs[size] / raw:.1f}"]
            )
            report.found["large plan/read"] = costs[size] / raw
    report.table(["", "plan ms", "read ms", "ratio"], rows)
    least, most = min(costs), max(costs)
    exponent = math.log(costs[most] / costs[least]) / math.log(most / least)
    report.found["exponent"] = exponent
    report.say(f"\nThe cost grows with the power {exponent:.2f} of the number of orders.")


async def beside(bench: Bench) -> None:
    """Plans of five, alone and beside one client that plans 10,000 orders again and again."""
    report = bench.report
    report.heading(f"Plans of 5 orders beside plans of {max(bench.effort.sizes):,}")
    orders = bench.seeded.order_ids[:1_000]
    alone, disturbed = Round(), Round()
    for _ in range(bench.effort.rounds):
        taken = await drive(bench.url, _CLIENTS, plans(orders), seconds=bench.effort.seconds)
        alone.latencies += taken.latencies
        over = asyncio.Event()
        large = asyncio.create_task(_again_and_again(bench, over))
        taken = await drive(bench.url, _CLIENTS, plans(orders), seconds=bench.effort.seconds)
        disturbed.latencies += taken.latencies
        over.set()
        await large  # or the planner goes on with it beside those alone
    rows = [
        [name, *(f"{percentile(one.latencies, percent):.0f}" for percent in (50, 95, 99))]
        for name, one in (("alone", alone), ("beside a large one", disturbed))
    ]
    report.table(["20 clients", "p50 ms", "p95", "p99"], rows)
    report.say("")
    p99 = [percentile(one.latencies, 99) for one in (disturbed, alone)]
    report.ratio("p99 beside over alone", [p99[0] / p99[1]], "p99 beside")


async def _again_and_again(bench: Bench, over: asyncio.Event) -> None:
    async with bench.client() as http:
        while not over.is_set():
            await _plan(http, bench.seeded.order_ids[: max(bench.effort.sizes)])


async def _plan(http: httpx.AsyncClient, order_ids: list[str]) -> float:
    began = time.perf_counter()
    headers = {"content-type": "application/json", "prefer": "wait=30"}
    answer = await http.post("/api/exports/plan", content=plan_body(order_ids), headers=headers)
    answer.raise_for_status()
    return time.perf_counter() - began


async def _read(bench: Bench, size: int) -> float:
    began = time.perf_counter()
    await bench.store.get_many(ORDERS.of(ACCOUNT), bench.seeded.order_ids[:size])
    await bench.store.get_many(PRODUCTS.of(ACCOUNT), bench.seeded.product_ids)
    return time.perf_counter() - began


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"
