"""Plans of five orders, with and without a key, beside the peers."""

import statistics
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from benchmarks.bench import Bench
from benchmarks.contenders import Contender, Series, alternate, ratios, tell
from benchmarks.load import drive, percentile
from benchmarks.processes import BIN
from benchmarks.requests import plans

OURS = ("gateway", "planner")
ECHO, MOTOR, CELERY = "echo over RabbitMQ", "FastAPI + Motor", "Celery, RPC results"
_PEERS = "benchmarks.peers"
_CELERY = ("--app", f"{_PEERS}.celery_rpc:jobs", "worker", "--concurrency", "2", "-l", "ERROR")


async def measure(bench: Bench) -> None:
    async with _contenders(bench) as contenders:
        for each in contenders:
            await drive(each.url, 10, each.requests, seconds=1.0)  # warm
        for clients in bench.effort.clients:
            results = await alternate(bench, contenders, clients)
            bench.report.heading(f"Plans of 5 orders, {clients} clients")
            tell(bench.report, results)
            _compare(bench, results, clients)
        bench.report.say(f"\nResident memory: {_memory(bench, contenders)}.")


def _compare(bench: Bench, results: dict[str, Series], clients: int) -> None:
    report, ours, keyed = bench.report, results["EntryGo"], results["EntryGo, with a key"]
    echo, motor = results[ECHO], results[MOTOR]
    report.ratio("over the echo", ratios(ours, echo), f"plan/echo {clients}")
    report.ratio("with a key, over the echo", ratios(keyed, echo), f"keyed/echo {clients}")
    report.ratio("over FastAPI + Motor", ratios(ours, motor), f"plan/motor {clients}")
    report.ratio("over Celery", ratios(ours, results[CELERY]), f"plan/celery {clients}")
    if clients == 1:
        times = [_middle(series) for series in (ours, motor)]
        report.ratio("time over FastAPI + Motor", [times[0] / times[1]], "lone plan/motor")
    else:
        cpu = ours.cpu_ms() / echo.cpu_ms()
        key = "cpu plan/echo" if clients == 50 else None  # noqa: PLR2004  # the target's load
        report.ratio("processor time over the echo's, all processes", [cpu], key)
        report.found.setdefault("echo cpu ms", echo.cpu_ms())
        for name in (MOTOR, CELERY):
            report.ratio(
                f"processor time of {name} over ours", [results[name].cpu_ms() / ours.cpu_ms()]
            )


def _middle(series: Series) -> float:
    return statistics.median(percentile(each.latencies, 50) for each in series.rounds)


def _memory(bench: Bench, contenders: Sequence[Contender]) -> str:
    names = dict.fromkeys(name for each in contenders for name in each.processes)
    ours = [f"{name} {bench.services[name].resident_mb():.0f} MB" for name in names if name in OURS]
    return ", ".join(ours)


@asynccontextmanager
async def _contenders(bench: Bench) -> AsyncIterator[list[Contender]]:
    orders = bench.seeded.order_ids[:1_000]
    python = sys.executable
    async with AsyncExitStack() as held:

        async def peer(name: str, *words: str) -> str:
            command = [python, "-m", *words]
            return (await held.enter_async_context(bench.running(name, command))).url

        await held.enter_async_context(
            bench.running("celery-worker", [BIN / "celery", *_CELERY], http=False)
        )
        motor = await peer("motor", f"{_PEERS}.fastapi_motor")
        await peer("echo-worker", f"{_PEERS}.echo_rpc", "worker")
        echo = await peer("echo-front", f"{_PEERS}.echo_rpc")
        celery = await peer("celery-front", f"{_PEERS}.celery_rpc")
        yield [
            Contender("EntryGo", bench.url, plans(orders), OURS),
            Contender("EntryGo, with a key", bench.url, plans(orders, keyed=True), OURS),
            Contender(MOTOR, motor, plans(orders), ("motor",)),
            Contender(CELERY, celery, plans(orders), ("celery-front", "celery-worker")),
            Contender(ECHO, echo, plans(orders), ("echo-front", "echo-worker")),
        ]
