"""Everything together for a while: what fails, and whether memory grows."""

import asyncio
import time

from benchmarks.bench import SERVICES, Bench
from benchmarks.load import Round, drive
from benchmarks.parts.executes import mailed, planned
from benchmarks.requests import execute, inspects, plans

_EXPORTS_A_SECOND = 2
_SAMPLES = 5


async def measure(bench: Bench) -> None:
    seconds, orders = bench.effort.soak, bench.seeded.order_ids[:1_000]
    known = [(export_id, "") for export_id in await planned(bench, 20)]
    sampling = asyncio.create_task(_sampled(bench, seconds))
    planning, inspecting, executing = await asyncio.gather(
        drive(bench.url, 5, plans(orders), seconds=seconds),
        drive(bench.url, 2, inspects(known), seconds=seconds),
        _executing(bench, seconds),
    )
    await mailed(bench)
    samples = await sampling
    report, rounds = bench.report, (planning, inspecting, executing)
    report.heading(f"All together for {seconds:.0f} s")
    done = [len(each.latencies) for each in rounds]
    failed = sum(each.failures for each in rounds)
    report.say(
        f"{done[0]:,} plans, {done[1]:,} inspects, {done[2]:,} exports with their mails;"
        f" {failed} failed. Resident memory in MB, as time passed:\n"
    )
    head = ["", *(f"{at:.0f} s" for at, _ in samples)]
    rows = [[name, *(f"{one[name]:.0f}" for _, one in samples)] for name in SERVICES]
    report.table(head, rows)


async def _executing(bench: Bench, seconds: float) -> Round:
    every, result, began = Round(), [], time.perf_counter()
    while time.perf_counter() - began < seconds:
        result.append(asyncio.create_task(_one(bench)))
        await asyncio.sleep(1 / _EXPORTS_A_SECOND)
    for taken in await asyncio.gather(*result):
        every.latencies += taken.latencies
        every.failures += taken.failures
    return every


async def _one(bench: Bench) -> Round:
    (export_id,) = await planned(bench, 1)
    return await drive(bench.url, 1, iter([execute(export_id)]))


async def _sampled(bench: Bench, seconds: float) -> list[tuple[float, dict[str, float]]]:
    samples = []
    for number in range(_SAMPLES + 1):
        now = {name: process.resident_mb() for name, process in bench.services.items()}
        samples.append((number * seconds / _SAMPLES, now))
        if number < _SAMPLES:
            await asyncio.sleep(seconds / _SAMPLES)
    return samples
