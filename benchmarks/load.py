"""A load driver that costs little: keep-alive HTTP/1.1 over plain asyncio streams."""

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    path: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def encoded(self, host: str) -> bytes:
        lines = [f"POST {self.path} HTTP/1.1", f"host: {host}", "content-type: application/json"]
        lines += [f"content-length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass
class Round:
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        """In milliseconds."""
        return statistics.quantiles(self.latencies, n=100)[percent - 1] * 1000


async def drive(url: str, clients: int, seconds: float, make: Callable[[], Request]) -> Round:
    """`clients` connections, each with one request at a time, for about `seconds`."""
    result = Round()
    parts = urlsplit(url)
    host, port = str(parts.hostname), int(parts.port or 80)
    started = time.perf_counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        while time.perf_counter() - started < seconds:
            asked = time.perf_counter()
            writer.write(make().encoded(host))
            status = await _answer(reader)
            if status == 200:  # noqa: PLR2004  # HTTP's OK
                result.latencies.append(time.perf_counter() - asked)
            else:
                result.failures += 1
        writer.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    result.seconds = time.perf_counter() - started
    return result


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status_line, *headers = head.decode("latin-1").split("\r\n")
    for header in headers:
        name, _, value = header.partition(":")
        if name.lower() == "content-length":
            await reader.readexactly(int(value))
    return int(status_line.split()[1])
