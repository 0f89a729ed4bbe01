"""`make pressure`: what is served, and what is told, at three times of what can be done.

First alone: as many as can be served, and the victim beside them. Then three times of that, most of
it of one account with half of all keys. Every answer is counted; at the end the exports that were
made are held against those that somebody was told of.
"""

import argparse
import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr
from stack.servers import up

from benchmarks.bench import QUICK, Bench, opened
from benchmarks.load import percentile
from benchmarks.processes import run_to_the_end
from benchmarks.requests import plan_body
from benchmarks.seed import Tenant, seed, tenant
from shared.messaging.queues import queue_lengths
from shared.messaging.rabbit import Messages
from shared.paging import pages
from shared.records import EXPORTS
from shared.settings import CommonSettings

CLIENTS = 50  # that take what they can, alone
TIMES = 3  # of that is asked under pressure
CONNECTIONS = 400
VICTIM_EVERY = 0.25  # seconds
BUSY = (429, 503)
ANSWERS = (200, *BUSY)


@dataclass
class Told:
    """What was answered, by status, and how long what was done took."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)  # of Retry-After
    without_pause: int = 0
    unanswered: int = 0


class Asker:
    """Plans of five orders of one account, over its keys in turn."""

    def __init__(self, owner: Tenant, order_ids: list[str]) -> None:
        self._chance = random.Random(owner.account)  # noqa: S311  # which orders, no secret
        self._owner, self._orders = owner, order_ids
        self._keys = itertools.cycle(owner.keys)

    def request(self, host: str) -> bytes:
        body = plan_body(self._chance.sample(self._orders, 5), self._owner)
        head = (
            f"POST /api/exports/plan HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer"
            f" {next(self._keys)}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class Line:
    """One connection, which is opened again where the other side ended it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, asker: Asker, told: Told) -> None:
        began = time.perf_counter()
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port)
            reader, writer = self._streams
            writer.write(asker.request(self._host))
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            status, *lines = head.split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines if line)
            await reader.readexactly(int(headers["content-length"]))
        except (OSError, EOFError):
            told.unanswered += 1
            self.close()
            return
        code = int(status.split()[1])
        told.statuses[code] += 1
        if code == ANSWERS[0]:
            told.latencies.append(time.perf_counter() - began)
        elif "retry-after" in headers:
            told.pauses.append(int(headers["retry-after"]))
        elif code in BUSY:
            told.without_pause += 1

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def closed(url: str, askers: Iterator[Asker], clients: int, seconds: float) -> Told:
    """Each client asks again when it was answered."""
    told, until = Told(), time.perf_counter() + seconds

    async def one() -> None:
        line = Line(url)
        while time.perf_counter() < until:
            await line.ask(next(askers), told)
        line.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    return told


async def open_loop(url: str, askers: Iterator[Asker], rate: float, seconds: float) -> Told:
    """So many a second, whatever is answered, as long as one of the connections is free."""
    told, began = Told(), time.perf_counter()
    ticks = itertools.count()

    async def one() -> None:
        line = Line(url)
        while (at := next(ticks) / rate) < seconds:
            await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
            await line.ask(next(askers), told)
        line.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return told


async def victim(url: str, asker: Asker, over: asyncio.Event) -> Told:
    told, line = Told(), Line(url)
    while not over.is_set():
        await line.ask(asker, told)
        await asyncio.sleep(VICTIM_EVERY)
    line.close()
    return told


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
            lengths = await queue_lengths(self._messages, CommonSettings().retry_delays_ms)
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
        rows = []
        for name, one in (("alone", alone), ("under pressure", pressed)):
            told, its = one.all, one.victim
            rows.append(
                [
                    name,
                    f"{one.rate:.0f}",
                    *(f"{percentile(told.latencies, each):.0f}" for each in (50, 99)),
                    f"{percentile(its.latencies, 95):.0f}",
                    *(f"{told.statuses[status]:,}" for status in BUSY),
                    f"{max(one.longest_queue):,}",
                ]
            )
        head = ["", "plans/s", "p50 ms", "p99", "victim p95", "429", "503", "longest queue"]
        report.table(head, rows)
        every = (alone.all, alone.victim, pressed.all, pressed.victim)
        report.say("")
        report.ratio("plans under pressure over alone (0.9 asked)", [pressed.rate / alone.rate])
        report.ratio("p99 of what was done (3 at most)", [_over(pressed.all, alone.all, 99)])
        report.ratio("the victim's p95 (3 at most)", [_over(pressed.victim, alone.victim, 95)])
        statuses = sum((each.statuses for each in every), Counter[int]())
        others = {status: number for status, number in statuses.items() if status not in ANSWERS}
        pauses, met = sorted(pressed.all.pauses) or [0], pressed.victim.statuses
        busy = sum(met[status] for status in BUSY)
        quarter = len(pressed.gateway_mb) // 4
        for line in (
            f"exports that nobody was told of: {made - statuses[200]} of {made:,}",
            (
                f"requests without an answer: {sum(each.unanswered for each in every)},"
                f" busy without Retry-After: {sum(each.without_pause for each in every)},"
                f" other answers: {others or 'none'}"
            ),
            (
                f"Retry-After: {pauses[0]} to {pauses[-1]} s, half of them up to"
                f" {pauses[len(pauses) // 2]} s; the victim was told so {busy} of {met.total()}"
            ),
            *(
                f"{name}: {memory[quarter]:.0f} MB after a quarter, {memory[-1]:.0f} MB at the end"
                for name, memory in (
                    ("gateway", pressed.gateway_mb),
                    ("planner", pressed.planner_mb),
                )
            ),
        ):
            report.say(f"* {line}")


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
        await messages.broker.connect()
        await Pressure(bench, messages, chosen.seconds).measure()
        await messages.broker.stop()


if __name__ == "__main__":
    run_to_the_end(main())
