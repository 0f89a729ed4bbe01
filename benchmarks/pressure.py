"""`make pressure`: what is served, and what is told, at three times of what can be done.

First alone: as many as can be served, and the victim beside them. Then three times of that, most of
it of one account with half of all keys. Every answer is counted; at the end the exports that were
made are held against those that somebody was told of.
"""

import argparse
import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass

from pydantic import SecretStr
from stack.servers import up

from benchmarks.askers import ANSWERS, BUSY, Asker, Told, closed, open_loop, victim
from benchmarks.bench import QUICK, Bench, opened
from benchmarks.load import percentile
from benchmarks.processes import run_to_the_end
from benchmarks.seed import seed, tenant
from shared.checks import queues
from shared.messaging.rabbit import Messages
from shared.paging import pages
from shared.records import EXPORTS
from shared.settings import CommonSettings

CLIENTS = 50  # that take what they can, alone
TIMES = 3  # of that is asked under pressure


@dataclass
class Phase:
    """What one phase gave: to all, to the victim beside them, and what it took, each second."""

    seconds: float
    all: Told
    victim: Told
    gateway_mb: list[float]
    planner_mb: list[float]
    longest_queue: list[int]

    @property
    def rate(self) -> float:
        return len(self.all.latencies) / self.seconds


class Pressure:
    def __init__(self, bench: Bench, messages: Messages, seconds: float) -> None:
        self._bench, self._messages, self._seconds = bench, messages, seconds
        self._askers: dict[str, Asker] = {}

    async def measure(self) -> None:
        others = [tenant(f"other{number}", 10) for number in range(10)]
        flooding, suffering = tenant("flood", 100), tenant("victim")
        for owner in (*others, flooding, suffering):
            seeded = await seed(self._bench.store, 60, 40, owner)
            self._askers[owner.account] = Asker(owner, seeded.order_ids)
        calm = [self._askers[each.account] for each in others]
        flood = [self._askers[flooding.account]] * (TIMES - 1) * len(others)
        url = self._bench.url
        await closed(url, itertools.cycle(calm), CLIENTS, 2.0)  # warm
        before = await self._made()
        alone = await self._phase(
            self._seconds, closed(url, itertools.cycle(calm), CLIENTS, self._seconds)
        )
        crowd, long = itertools.cycle(calm + flood), 2 * self._seconds
        pressed = await self._phase(long, open_loop(url, crowd, TIMES * alone.rate, long))
        self._say(alone, pressed, await self._made() - before)

    async def _phase(self, seconds: float, load: Awaitable[Told]) -> Phase:
        over = asyncio.Event()
        beside = asyncio.create_task(victim(self._bench.url, self._askers["acc_victim"], over))
        watching = asyncio.create_task(self._watched(over))
        told = await load
        over.set()
        return Phase(seconds, told, await beside, *await watching)

    async def _watched(self, over: asyncio.Event) -> tuple[list[float], list[float], list[int]]:
        gateway, planner, longest = list[float](), list[float](), list[int]()
        while not over.is_set():
            depths = await self._messages.queues(queues.names(CommonSettings().retry_delays_ms))
            lengths = {name: depth.messages for name, depth in depths.items()}
            gateway.append(self._bench.services["gateway"].resident_mb())
            planner.append(self._bench.services["planner"].resident_mb())
            longest.append(max(lengths.values()))
            await asyncio.sleep(1.0)
        return gateway, planner, longest

    async def _made(self) -> int:
        found = pages(self._bench.store, EXPORTS, size=1_000)
        return sum([len(page) async for page in found])

    def _say(self, alone: Phase, pressed: Phase, made: int) -> None:
        report = self._bench.report
        report.heading(
            f"Pressure: {alone.rate:.0f} plans a second alone, {TIMES} times of it asked"
        )
        head = ["", "plans/s", "p50 ms", "p99", "victim p95", "429", "503", "longest queue"]
        report.table(head, [_row("alone", alone), _row("under pressure", pressed)])
        report.say("")
        report.ratio("plans under pressure over alone (0.9 asked)", [pressed.rate / alone.rate])
        report.ratio("p99 of what was done (3 at most)", [_over(pressed.all, alone.all, 99)])
        report.ratio("the victim's p95 (3 at most)", [_over(pressed.victim, alone.victim, 95)])
        for line in _facts(alone, pressed, made):
            report.say(f"* {line}")


def _row(name: str, phase: Phase) -> list[str]:
    told, its = phase.all, phase.victim
    return [
        name,
        f"{phase.rate:.0f}",
        *(f"{percentile(told.latencies, each):.0f}" for each in (50, 99)),
        f"{percentile(its.latencies, 95):.0f}",
        *(f"{told.statuses[status]:,}" for status in BUSY),
        f"{max(phase.longest_queue):,}",
    ]


def _facts(alone: Phase, pressed: Phase, made: int) -> Iterator[str]:
    every = (alone.all, alone.victim, pressed.all, pressed.victim)
    statuses = sum((each.statuses for each in every), Counter[int]())
    others = {status: number for status, number in statuses.items() if status not in ANSWERS}
    pauses, met = sorted(pressed.all.pauses) or [0], pressed.victim.statuses
    middle, busy = pauses[len(pauses) // 2], sum(met[status] for status in BUSY)
    unpaused = sum(each.without_pause for each in every)
    yield f"exports that nobody was told of: {made - statuses[200]} of {made:,}"
    yield f"requests without an answer: {sum(each.unanswered for each in every)}"
    yield f"other answers: {others or 'none'}; busy without Retry-After: {unpaused}"
    yield f"Retry-After: {pauses[0]} to {pauses[-1]} s, half of them up to {middle} s"
    yield f"the victim was told to come again {busy} of {met.total()} times"
    quarter = len(pressed.gateway_mb) // 4
    for name, memory in (("gateway", pressed.gateway_mb), ("planner", pressed.planner_mb)):
        yield f"{name}: {memory[quarter]:.0f} MB after a quarter, {memory[-1]:.0f} MB at the end"


def _over(one: Told, other: Told, percent: int) -> float:
    return percentile(one.latencies, percent) / percentile(other.latencies, percent)


async def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.pressure", description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="alone; twice that under pressure"
    )
    parser.add_argument("--stack", default="bench", help="the name of its servers' stack")
    chosen = parser.parse_args()
    servers = await asyncio.to_thread(up, chosen.stack)
    async with opened(servers, chosen.stack, QUICK) as bench:
        settings = CommonSettings(rabbit_url=SecretStr(bench.environment["ENTRYGO_RABBIT_URL"]))
        messages = Messages(settings, service="bench", healthy=bench.store.ping)
        await messages.start()
        await Pressure(bench, messages, chosen.seconds).measure()
        await messages.stop()


if __name__ == "__main__":
    run_to_the_end(main())
