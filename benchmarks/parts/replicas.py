"""Two planners instead of one."""

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.contenders import Series, ratios, tell
from benchmarks.load import Request, Round, drive
from benchmarks.processes import PROGRAMS
from benchmarks.requests import plans

_CLIENTS = 50


async def measure(bench: Bench) -> None:
    one = Series(("gateway", "planner"))
    two = Series(("gateway", "planner", "planner-2"))
    requests = plans(bench.seeded.order_ids[:1_000])
    for _ in range(bench.effort.rounds):
        one.rounds.append(await _round(bench, requests))
        async with bench.running("planner-2", [PROGRAMS / "planner"], PLANNER_QUEUES="small"):
            await drive(bench.url, _CLIENTS, requests, seconds=1.0)  # warm
            two.rounds.append(await _round(bench, requests))
    bench.report.heading(f"Two planners, {_CLIENTS} clients")
    tell(bench.report, {"one planner": one, "two planners": two})
    bench.report.ratio("two over one, on these cores", ratios(two, one))


async def _round(bench: Bench, requests: Iterator[Request]) -> Round:
    return await bench.measured(bench.url, _CLIENTS, requests, seconds=bench.effort.seconds)
