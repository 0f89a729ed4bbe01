"""A load driver that costs little: keep-alive HTTP/1.1 over plain asyncio streams."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "POST"
    expects: int = 200

    def encoded(self, host: str) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"host: {host}"]
        if self.method == "POST":
            lines += ["content-type: application/json", f"content-length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass
class Round:
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    cpu: dict[str, float] = field(default_factory=dict)  # seconds, by process

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


def percentile(latencies: list[float], percent: int) -> float:
    """In milliseconds."""
    if len(latencies) < 2:  # noqa: PLR2004  # of one there is nothing between
        return sum(latencies) * 1000
    return statistics.quantiles(latencies, n=100, method="inclusive")[percent - 1] * 1000


async def drive(
    url: str, clients: int, requests: Iterator[Request], *, seconds: float = float("inf")
) -> Round:
    """`clients` connections, each with one request at a time, for so long or until none is left."""
    result = Round()
    parts = urlsplit(url)
    host, port = str(parts.hostname), int(parts.port or 80)
    started = time.perf_counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for request in requests:
            asked = time.perf_counter()
            writer.write(request.encoded(host))
            if await _answer(reader) == request.expects:
                result.latencies.append(time.perf_counter() - asked)
            else:
                result.failures += 1
            if time.perf_counter() - started > seconds:
                break
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
