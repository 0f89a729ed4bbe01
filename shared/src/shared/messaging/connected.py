"""A process at RabbitMQ: starts, is ready or says why not, mends its connection, stops."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final, cast

from aio_pika.abc import AbstractChannel
from aiormq.abc import DeliveredMessage
from faststream import AckPolicy
from faststream.rabbit import Channel
from faststream.rabbit.subscriber import RabbitSubscriber

from shared.errors import QueueUnavailable
from shared.ids import minted_id
from shared.messaging.declaring import DIRECT, declare, declare_exchanges
from shared.messaging.journey import of_request
from shared.messaging.link import (
    ASKED_SECONDS,
    AWAY,
    Broker,
    Depth,
    Link,
    consumes,
    takes_messages,
    within,
)
from shared.messaging.permissions import role_of
from shared.messaging.rpc import Replies
from shared.messaging.watch import watch
from shared.messaging.wire import tolerate_all_properties
from shared.settings import CommonSettings

log = logging.getLogger(__name__)

_START_SECONDS: Final = 60.0  # for some forty declarations; a silent server is noticed earlier
_STOP_SECONDS: Final = 5.0  # beside the handlers' own time


class Connected:
    """The connection, what is declared and consumed on it, and a confirmed publish."""

    def __init__(
        self, settings: CommonSettings, service: str, settling: Callable[..., Any]
    ) -> None:
        tolerate_all_properties()
        self._settings = settings
        self.broker = Broker(
            settings,
            default_channel=Channel(),
            graceful_timeout=settings.graceful_timeout.total_seconds(),
            app_id=service,
            ack_policy=AckPolicy.MANUAL,
            middlewares=[settling],
            apply_types=False,  # handlers take the command, which is read and checked (reading.py)
            logger=logging.getLogger("faststream"),
            log_level=logging.DEBUG,
        )
        self._user = settings.rabbit_user
        self._role = role_of(self._user)  # None: a user that all share
        self._rabbit = partial(takes_messages, settings, service)
        self._replies = Replies(service, self._role)
        self._link: Link | None = None
        self._declaring: asyncio.Task[None] | None = None
        self._started = False

    async def start(self) -> None:
        """Connects, declares all, consumes: in attempts, for as long as RabbitMQ is away."""
        self._link = link = cast("Link", await self.broker.connect())
        while not self._started:
            try:
                await within(_START_SECONDS, self._begin(link))
            except AWAY as error:
                log.warning("waiting for RabbitMQ", extra={"why": f"{error!r}"[:300]})
                link.cut("the start was not finished")
                await asyncio.sleep(1.0)
            else:
                self._started = True
        link.reconnect_callbacks.add(self._declare_again)

    async def _begin(self, link: Link) -> None:
        """Goes on where an attempt before it ended."""
        await self._declare(link)
        for subscriber in self.broker.subscribers:
            if getattr(subscriber, "_consumer_tag", None) is None:
                await subscriber.start()
        await self._replies.start(link)

    async def _declare(self, link: Link) -> None:
        if link.current is None:
            raise ConnectionError("not connected")
        if self._role is None:
            await declare_exchanges(link.current)
        async with link.channel() as channel:
            await declare(channel, self._settings.retry_delays_ms, self._role)

    def _declare_again(self, *_: object) -> None:
        """What was deleted, or lost with its server, is there again soon."""

        async def declared(link: Link) -> None:
            try:
                await within(_START_SECONDS, self._declare(link))
            except AWAY as error:
                log.warning("not declared", extra={"why": f"{error!r}"[:300]})

        if self._link and (self._declaring is None or self._declaring.done()):
            self._declaring = asyncio.create_task(declared(self._link))

    async def pause(self) -> None:
        """Takes no more messages; what is in hand goes on."""
        await asyncio.gather(*map(_pause, self.broker.subscribers))

    async def stop(self) -> None:
        """Lets the handlers in flight finish, then closes; gives up on a RabbitMQ that is away."""
        if self._declaring:
            self._declaring.cancel()
        graceful = self._settings.graceful_timeout.total_seconds()
        with suppress(*AWAY):
            await within(graceful + _STOP_SECONDS, self._end())

    async def _end(self) -> None:
        await self.pause()  # else FastStream swallows what was prefetched
        with suppress(*AWAY):
            await within(ASKED_SECONDS, self._replies.stop())
        await self.broker.stop()

    async def ready(self) -> bool:
        """Asked of RabbitMQ: a publish is confirmed and comes back, and all consumers are there."""
        try:
            await within(ASKED_SECONDS, self._check())
        except (*AWAY, QueueUnavailable) as error:
            log.warning("not ready", extra={"why": f"{error!r}"[:300]})
            return False
        return True

    async def _check(self) -> None:
        if not self._started:
            raise QueueUnavailable("not started")
        await self._replies.check()
        call_id = minted_id("ping_")
        echo = self._replies.expect(call_id, ASKED_SECONDS, self._role)
        queue = self._replies.queue
        await self.send(b"", exchange=DIRECT, routing_key=queue, correlation_id=call_id)
        await echo
        subscribers = cast("list[RabbitSubscriber]", self.broker.subscribers)
        served = {each.queue.name: _consumer(each) for each in subscribers}
        depths = await self.queues(served)
        for name, (tag, queue) in served.items():
            if name not in depths or not depths[name].consumers or not await consumes(queue, tag):
                raise QueueUnavailable(f"no consumer of {name}")

    async def watch(self) -> None:
        """Beside everything, from before the start: watch.py. Raises `CannotMend`."""
        await watch(
            works=self.ready,
            rabbit=self._rabbit,
            cut=lambda why: self._link.cut(why) if self._link and self._started else None,
            patience=self._settings.unready_patience,
        )

    async def queues(self, names: Iterable[str]) -> Mapping[str, Depth]:
        """What waits in each queue that exists, and how many consume it.

        Raises:
            QueueUnavailable: RabbitMQ does not answer within two seconds.
        """
        if self._link is None:
            raise QueueUnavailable("not connected")
        return await self._link.depths(names)

    async def send(self, body: bytes, **properties: Any) -> None:  # noqa: ANN401  # AMQP properties
        """One confirmed publish; `publish`, `ask` and settlement are what callers use."""
        properties.setdefault("headers", of_request())
        properties.setdefault("content_type", "application/json")
        properties["user_id"] = self._user  # the server lets nobody say another's
        async with self.promptly():
            confirmation: object = await self.broker.publish(body, persist=True, **properties)
        if isinstance(confirmation, DeliveredMessage) and properties.get("mandatory", True):
            self._declare_again()
            raise QueueUnavailable(f"no queue for {properties.get('routing_key')}")

    @asynccontextmanager
    async def promptly(self) -> AsyncIterator[None]:
        """The deadline of a publish, or of an acknowledgement.

        Raises:
            QueueUnavailable: it passed, or the connection was lost.
        """
        connection = self._link.current if self._link else None
        try:
            async with asyncio.timeout(self._settings.publish_timeout.total_seconds()):
                yield
        except AWAY as error:
            if self._link and isinstance(error, TimeoutError):
                self._link.doubt(connection, self._rabbit)
            raise QueueUnavailable(f"{type(error).__name__}: {error}") from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # What aiormq tells of a connection that missed its heartbeats: not our cancellation.
            raise QueueUnavailable("the connection was lost") from error

    async def channel(self) -> AbstractChannel:
        """A channel of one's own, for looking into queues (dead_letters.py)."""
        connection = await self.broker.connect()
        return await connection.channel()


def _consumer(subscriber: Any) -> tuple[Any, Any]:  # noqa: ANN401  # FastStream's own
    """The tag of its consumer and the queue: private names, which a test holds."""
    return getattr(subscriber, "_consumer_tag", None), getattr(subscriber, "_queue_obj", None)


async def _pause(subscriber: Any) -> None:  # noqa: ANN401  # FastStream's own
    tag, queue = _consumer(subscriber)
    if tag and queue:
        with suppress(*AWAY):
            await within(ASKED_SECONDS, queue.cancel(tag))
        subscriber._consumer_tag = None  # noqa: SLF001
