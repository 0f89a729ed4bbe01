"""A TCP proxy between a service and a server, which delays, cuts, holds and swallows."""

import asyncio
from contextlib import suppress
from typing import Final, Literal, Self
from urllib.parse import urlsplit

CHUNK: Final = 65_536

Way = Literal["to_server", "to_client", "both"]


class Proxy:
    """In front of the server of `url`; `async with` starts and ends it.

    `delay` (seconds for each chunk) and `silent` may be set at any time. A silent one accepts new
    connections and says nothing on them, as a stopped server does.
    """

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._links: set[_Link] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._server: asyncio.Server | None = None
        self.delay = 0.0
        self.silent = False
        self.made = 0  # connections, ever

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()

    @property
    def url(self) -> str:
        """The server's address by way of the proxy."""
        assert self._server is not None
        before, at, _ = self._target.netloc.rpartition("@")
        port = self._server.sockets[0].getsockname()[1]
        return self._target._replace(netloc=f"{before}{at}127.0.0.1:{port}").geturl()

    # -- faults

    def cut(self) -> None:
        """Resets the connections there are."""
        for link in self._links:
            link.cut()

    def swallow(self, way: Way) -> None:
        """The connections there are lose each byte that goes this way, for ever: half open."""
        for link in self._links:
            link.lost = {"to_server", "to_client"} if way == "both" else link.lost | {way}

    def hold(self) -> None:
        """Nothing passes, nothing is lost, until `release`: a network that is away."""
        self._flows.clear()

    def release(self) -> None:
        self._flows.set()

    # -- inside

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(writer)
        self._links.add(link)
        self.made += 1
        try:
            if self.silent:
                link.lost = {"to_server", "to_client"}
            with suppress(OSError):
                await self._join(link, reader, writer)
        finally:
            self._links.discard(link)
            link.cut()

    async def _join(
        self, link: "_Link", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        host, port = self._target.hostname, self._target.port
        there, back = await asyncio.open_connection(host, port)
        link.writers.append(back)
        ways = [
            asyncio.create_task(self._pump(link, "to_server", reader, back)),
            asyncio.create_task(self._pump(link, "to_client", there, writer)),
        ]
        # Ends with the first way that ends; one that loses everything hides the other's end.
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(
        self, link: "_Link", way: Way, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        while chunk := await source.read(CHUNK):
            await asyncio.sleep(self.delay)
            await self._flows.wait()
            if way not in link.lost:
                sink.write(chunk)
                await sink.drain()
        if way in link.lost:
            await link.ended.wait()  # its end is lost too


class _Link:
    """One connection through the proxy."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writers = [writer]
        self.lost: set[Way] = set()
        self.ended = asyncio.Event()

    def cut(self) -> None:
        self.ended.set()
        for writer in self.writers:
            writer.transport.abort()
