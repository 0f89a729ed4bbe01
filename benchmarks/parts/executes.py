"""Exports from execute to their answer, and on to the broker's and the warehouse's mail."""

import asyncio
import statistics
import time
from dataclasses import dataclass

import httpx

from benchmarks.bench import SERVERS, SERVICES, Bench
from benchmarks.load import percentile
from benchmarks.processes import cpu_seconds
from benchmarks.requests import execute, plan_body
from shared.contracts.lifecycle import DeliveryStatus
from shared.records import EXPORTS

CLIENTS = 20
_FINISH_SECONDS = 120


@dataclass(frozen=True)
class Batch:
    """One round: so many exports, executed and mailed."""

    exports: int
    answered: float  # seconds until the last answer
    mailed: float  # seconds until the last mail
    latencies: list[float]
    cpu: dict[str, float]


async def measure(bench: Bench) -> None:
    await _clear_mailbox(bench)
    batches = [await _batch(bench) for _ in range(bench.effort.rounds + 1)][1:]  # one warms
    report, exports = bench.report, sum(batch.exports for batch in batches)
    report.heading(f"Execute, {CLIENTS} clients, {batches[0].exports} exports of 5 orders a round")
    rows = [
        _row("to the answer (`EXECUTED`)", [each.exports / each.answered for each in batches]),
        _row("to both mails (`SENT`)", [each.exports / each.mailed for each in batches]),
    ]
    report.table(["", "exports a second", "spread"], rows)
    latencies = [one for batch in batches for one in batch.latencies]
    report.say(f"\nTime to the answer: p50 {percentile(latencies, 50):.0f} ms.")
    used = {name: sum(batch.cpu[name] for batch in batches) for name in batches[0].cpu}
    report.say("\nProcessor time an export, in ms:\n")
    report.table(
        ["all", *(name for name in (*SERVICES, *SERVERS) if name in used)],
        [[f"{ms:.1f}" for ms in _by_process(used, exports)]],
    )
    if echo := report.found.get("echo cpu ms"):
        key, value = "export in echoes", sum(used.values()) * 1000 / exports / echo
        report.say("")
        report.ratio("processor time of an export over an echo's", [value], key)


def _by_process(used: dict[str, float], exports: int) -> list[float]:
    each = [used[name] * 1000 / exports for name in (*SERVICES, *SERVERS) if name in used]
    return [sum(each), *each]


def _row(words: str, rates: list[float]) -> list[str]:
    spread = f"{min(rates):.1f}-{max(rates):.1f}"
    return [words, f"{statistics.median(rates):.1f}", spread]


async def planned(bench: Bench, many: int) -> list[str]:
    """The ids of new exports, of five orders each that no other export has."""
    gate = asyncio.Semaphore(CLIENTS)

    async def one(http: httpx.AsyncClient) -> str:
        body = plan_body([next(bench.unused) for _ in range(5)])
        async with gate:
            headers = {"content-type": "application/json"}
            answer = await http.post("/api/exports/plan", content=body, headers=headers)
        export_id: str = answer.raise_for_status().json()["exportId"]
        return export_id

    async with bench.client() as http:
        return await asyncio.gather(*(one(http) for _ in range(many)))


async def mailed(bench: Bench) -> None:
    """Returns when no delivery waits any more."""
    waiting = (DeliveryStatus.PENDING.value, DeliveryStatus.SENDING.value)
    kinds = [f"deliveries.{kind}.status" for kind in ("BROKER", "WAREHOUSE")]
    query = {"$or": [{kind: {"$in": waiting}} for kind in kinds]}
    async with asyncio.timeout(_FINISH_SECONDS):
        # Other processes bring it about, so it is looked at again and again.
        while await bench.store.find(EXPORTS, query, limit=1, projection={"_id": 1}):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _batch(bench: Bench) -> Batch:
    requests = [execute(export_id) for export_id in await planned(bench, bench.effort.exports)]
    before, began = cpu_seconds(bench.pids), time.perf_counter()
    taken = await bench.measured(bench.url, CLIENTS, iter(requests))
    await mailed(bench)
    seconds, after = time.perf_counter() - began, cpu_seconds(bench.pids)
    if taken.failures:
        raise SystemExit(f"{taken.failures} executes were not answered with 200")
    return Batch(
        exports=len(requests),
        answered=taken.seconds,
        mailed=seconds,
        latencies=taken.latencies,
        cpu={name: after[name] - before[name] for name in before},
    )


async def _clear_mailbox(bench: Bench) -> None:
    async with httpx.AsyncClient(base_url=bench.servers.mailpit_url, timeout=60) as mailpit:
        (await mailpit.delete("/api/v1/messages")).raise_for_status()
