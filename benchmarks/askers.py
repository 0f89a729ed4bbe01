"""Clients that take every answer: how many of each, how long, and when to come again."""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from benchmarks.requests import plan_body
from benchmarks.seed import Tenant

BUSY: Final = (429, 503)
ANSWERS: Final = (200, *BUSY)
_CONNECTIONS: Final = 400
_VICTIM_EVERY: Final = 0.25  # seconds


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

    await asyncio.gather(*(one() for _ in range(_CONNECTIONS)))
    return told


async def victim(url: str, asker: Asker, over: asyncio.Event) -> Told:
    told, line = Told(), Line(url)
    while not over.is_set():
        await line.ask(asker, told)
        await asyncio.sleep(_VICTIM_EVERY)
    line.close()
    return told
