"""The connection to RabbitMQ: robust, never waiting without an end, and asked itself.

aio-pika's robust channels answer from what they remember and wait for as long as it takes. What
asks here asks the server, on a plain channel of the connection that consumes and publishes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Final, NamedTuple, TypeVar, cast

import aiormq
from aio_pika import RobustConnection, connect_robust
from aio_pika.abc import AbstractQueue
from aiormq.abc import AbstractChannel, AbstractConnection
from aiormq.connection import TCPTransportFactory, TLSTransportFactory, TransportFactory
from aiormq.exceptions import AMQPError, ChannelNotFoundEntity
from faststream.rabbit import RabbitBroker
from pamqp.common import FieldTable
from yarl import URL

from shared.errors import QueueUnavailable
from shared.messaging.topology import DIRECT_EXCHANGE
from shared.settings import CommonSettings

log = logging.getLogger(__name__)

AWAY: Final = (AMQPError, OSError, TimeoutError, RuntimeError)
ASKED_SECONDS: Final = 2.0  # for an answer that takes a healthy server a millisecond
# Without `connection.blocked`: told of it, aiormq waits for the end of it on a connection that may
# be dead by then, for ever.
_CAPABILITIES: Final[FieldTable] = {
    "authentication_failure_close": True,
    "basic.nack": True,
    "consumer_cancel_notify": True,
    "publisher_confirms": True,
}

Result = TypeVar("Result")
Asked = Callable[[], Awaitable[bool]]


class Depth(NamedTuple):
    """What waits in a queue, without what is in work, and how many consume from it."""

    messages: int
    consumers: int


class Link(RobustConnection):
    """One process's connection; `cut` lets go of it, and a new one is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # aio-pika's
        super().__init__(*args, **kwargs)
        self._socket = _Socket()
        self.kwargs |= {"transport_factory": self._socket}
        self._plain: AbstractChannel | None = None
        self._in_turn = asyncio.Lock()
        self._doubting: asyncio.Task[None] | None = None

    @property
    def current(self) -> AbstractConnection | None:
        """The connection of now; another one after a loss."""
        return self.transport.connection if self.transport else None

    def cut(self, why: str) -> None:
        """Drops the socket: whatever waits on it fails now, and a new connection is made.

        Not closed politely: the goodbye would wait for a server that says nothing.
        """
        log.warning("connection let go", extra={"why": why})
        self._socket.abort()

    def doubt(self, connection: AbstractConnection | None, rabbit: Asked) -> None:
        """Something on it did not end in time: cut if it answers nothing else, and `rabbit` does.

        A RabbitMQ that stands still, or is short of memory and reads nothing, is waited for.
        """
        if connection is not None and (self._doubting is None or self._doubting.done()):
            self._doubting = asyncio.create_task(self._test(connection, rabbit))

    async def _test(self, connection: AbstractConnection, rabbit: Asked) -> None:
        try:
            channel = await within(ASKED_SECONDS, connection.channel())
            await within(ASKED_SECONDS, channel.close())
        except AWAY as error:
            if await rabbit() and connection is self.current:
                self.cut(f"it answers nothing ({type(error).__name__})")

    async def depths(self, names: Iterable[str]) -> dict[str, Depth]:
        """Of those queues that exist.

        Raises:
            QueueUnavailable: RabbitMQ does not answer.
        """
        found = {}
        try:
            async with asyncio.timeout(ASKED_SECONDS), self._in_turn:
                for name in names:
                    if depth := await within(ASKED_SECONDS, self._asked(name)):
                        found[name] = depth
        except AWAY as error:
            raise QueueUnavailable(f"{type(error).__name__}: {error}") from error
        return found

    async def _asked(self, name: str) -> Depth | None:
        if self._plain is None or self._plain.is_closed:
            if self.current is None:
                raise ConnectionError("not connected")
            self._plain = await self.current.channel(publisher_confirms=False)
        try:
            answer = await self._plain.queue_declare(name, passive=True)
        except ChannelNotFoundEntity:  # which ended the channel
            return None
        return Depth(answer.message_count or 0, answer.consumer_count or 0)


class Broker(RabbitBroker):
    """FastStream's, on a `Link`."""

    def __init__(self, settings: CommonSettings, **more: Any) -> None:  # noqa: ANN401  # FastStream's
        super().__init__(settings.rabbit_url.get_secret_value(), **more)
        self._settings = settings

    async def _connect(self) -> Link:
        """Waits until RabbitMQ answers, by attempts that end.

        FastStream's own opens a channel here too, and leaves the connection behind when that fails.
        """
        link = await connect_robust(
            self._settings.rabbit_url.get_secret_value(),
            connection_class=Link,
            heartbeat=int(self._settings.rabbit_heartbeat.total_seconds()),
            timeout=self._settings.rabbit_connect_timeout.total_seconds(),
            reconnect_interval=1.0,
            fail_fast=False,
            client_properties={"capabilities": _CAPABILITIES},
        )
        self.config.connect(link)
        return link


async def consumes(queue: AbstractQueue, tag: str) -> bool:
    """Whether this process's consumer is there: RabbitMQ tells when it takes one away."""
    channel = await queue.channel.get_underlay_channel()
    return not channel.is_closed and tag in cast("aiormq.Channel", channel).consumers


async def takes_messages(settings: CommonSettings, service: str) -> bool:
    """Whether RabbitMQ works for a connection that was made just now."""

    async def confirmed() -> None:
        async with aiormq.connect(settings.rabbit_url.get_secret_value()) as connection:
            channel = await connection.channel()
            for _ in range(2):  # short of memory, RabbitMQ still takes a connection's first
                await channel.basic_publish(
                    b"", exchange=DIRECT_EXCHANGE, routing_key=f"{service}.nowhere"
                )

    try:
        await within(settings.rabbit_connect_timeout.total_seconds(), confirmed())
    except ChannelNotFoundEntity:
        return True  # it answers: what is not there is for `declare` to make
    except AWAY:
        return False
    return True


async def within(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    """Its result; a `TimeoutError` on time, also when what is cancelled takes long to end.

    `asyncio.timeout` waits for what it cancels, and aiormq says goodbye before it gives up.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        task.cancel()
        raise TimeoutError(f"no answer in {seconds} s")
    return task.result()


class _Socket(TransportFactory):
    """Makes the socket as aiormq does, and keeps it at hand."""

    def __init__(self) -> None:
        self._writer: asyncio.StreamWriter | None = None

    async def create(
        self,
        url: URL,
        **kwargs: Any,  # noqa: ANN401  # aiormq's
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        made = TLSTransportFactory() if url.scheme == "amqps" else TCPTransportFactory()
        reader, self._writer = await made.create(url, **kwargs)
        return reader, self._writer

    def abort(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()
