"""The messaging seam: publish, ask, reply, acknowledge; only here the channel is touched.

Messages are one contract a body. Commands must be routable and are confirmed by the server before
a publish returns; events need no reader. What a failure of a handler means is settlement.py's.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Concatenate

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aiormq.abc import DeliveredMessage
from aiormq.exceptions import AMQPError
from faststream import AckPolicy, Context
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage
from pydantic import ValidationError

from shared.contracts.base import Message
from shared.contracts.errors import Refusal
from shared.errors import NoReply, QueueUnavailable, Refused
from shared.ids import minted_id
from shared.logs import request_id
from shared.messaging.declaring import COMMANDS, DEAD, declare, work_queue
from shared.messaging.journey import REQUEST_ID
from shared.messaging.reading import read
from shared.messaging.rpc import REFUSAL, Replies
from shared.messaging.settlement import Settlement, Settling
from shared.messaging.topology import Answered, Asked, EventRoute, Route
from shared.messaging.wire import tolerate_all_properties
from shared.settings import CommonSettings
from shared.steps import durable_step

log = logging.getLogger(__name__)

LATE_REPLY_SECONDS = 120.0
_AWAY = (AMQPError, ConnectionError, TimeoutError, RuntimeError)


Handler = Callable[Concatenate[Asked, ...], Awaitable[Answered | None]]
ReplyTo = Annotated[str, Context("message.reply_to")]  # a handler's parameter: who waits, or ""


class Messages:
    """One process's connection to RabbitMQ.

    `healthy` says whether the store answers; it decides whether a store error is the store's
    absence or the command's own fault.
    """

    def __init__(
        self, settings: CommonSettings, *, service: str, healthy: Callable[[], Awaitable[bool]]
    ) -> None:
        tolerate_all_properties()
        self._settings = settings
        self._service = service
        self.broker = RabbitBroker(
            settings.rabbit_url.get_secret_value(),
            default_channel=Channel(),
            graceful_timeout=settings.graceful_timeout.total_seconds(),
            reconnect_interval=1.0,
            fail_fast=False,
            app_id=service,
            ack_policy=AckPolicy.MANUAL,
            middlewares=[partial(Settling, settlement=Settlement(self, settings, healthy))],
            logger=logging.getLogger("faststream"),
            log_level=logging.DEBUG,
        )
        self._replies = Replies(service)
        self._served: list[str] = []

    # -- life

    async def start(self) -> None:
        """Connects (waiting for RabbitMQ if it is away), declares all, starts consuming."""
        connection = await self.broker.connect()
        self._declared = await connection.channel()  # kept: declares again on a new connection
        await declare(self._declared, self._settings.retry_delays_ms)
        await self.broker.start()
        self._probe = await connection.channel()
        await self._replies.start(connection)

    async def pause(self) -> None:
        """Takes no more messages; what is in hand goes on."""
        for subscriber in self.broker.subscribers:
            tag, queue = (
                getattr(subscriber, "_consumer_tag", None),
                getattr(subscriber, "_queue_obj", None),
            )
            if tag and queue:
                with suppress(*_AWAY):
                    await queue.cancel(tag)
                subscriber._consumer_tag = None  # type: ignore[attr-defined]  # noqa: SLF001

    async def stop(self) -> None:
        """Lets the handlers in flight finish, then closes."""
        await self.pause()  # else FastStream swallows what was prefetched
        with suppress(*_AWAY):
            await self._replies.stop()
        await self.broker.stop()

    async def ready(self) -> bool:
        """Connected, and each queue this process serves has a consumer."""
        if not await self.broker.ping(timeout=1.0):
            return False
        try:
            async with asyncio.timeout(2.0):
                for name in self._served:
                    queue = await self._probe.declare_queue(
                        name,
                        passive=True,
                        robust=False,  # what it knows already, it would not ask again
                    )
                    if not queue.declaration_result.consumer_count:
                        return False
        except _AWAY:
            return False
        return True

    # -- out

    async def publish(self, route: Route[Asked, Any], command: Asked, *, step: str) -> None:
        """Durable when it returns.

        Raises:
            QueueUnavailable: RabbitMQ is away, the queue full, or nobody declared it.
        """
        with durable_step(step):
            await self._say(route, command.command_id, command.encoded())

    async def announce(self, event: EventRoute, message: Message, *, step: str) -> None:
        with durable_step(step):
            await self._say(event, minted_id("msg_"), message.encoded(), mandatory=False)

    async def ask(
        self, route: Route[Asked, Answered], command_id: str, command: bytes, *, step: str
    ) -> "asyncio.Task[Answered]":
        """Publishes the encoded command and gives the answer to come, late ones for two minutes.

        The task raises `Refused`, or `NoReply` when no answer came at all. It may be waited for
        in part (`asyncio.wait`) without being lost.
        """
        call_id = minted_id("call_")
        reply = self._replies.expect(call_id, LATE_REPLY_SECONDS)
        try:
            with durable_step(step):
                await self._say(
                    route,
                    command_id,
                    command,
                    reply_to=self._replies.queue,
                    correlation_id=call_id,
                )
        except BaseException:
            reply.cancel()
            raise
        return asyncio.create_task(_answer(route, reply))

    async def request(
        self, route: Route[Asked, Answered], command: Asked, *, within: float, step: str
    ) -> Answered:
        """Publishes and waits: `Refused`, or `NoReply` after `within` seconds."""
        answer = await self.ask(route, command.command_id, command.encoded(), step=step)
        try:
            async with asyncio.timeout(within):
                return await answer
        except TimeoutError as error:
            raise NoReply(f"no answer to {route.key} in {within} s") from error

    async def _say(
        self,
        route: Route[Any, Any] | EventRoute,
        message_id: str,
        body: bytes,
        **more: Any,  # noqa: ANN401  # AMQP's
    ) -> None:
        kind = route.contract.__name__
        more |= {"routing_key": route.key, "message_id": message_id, "message_type": kind}
        await self.send(body, exchange=COMMANDS, **more)

    async def send(self, body: bytes, **properties: Any) -> None:  # noqa: ANN401  # AMQP properties
        """One confirmed publish; `publish`, `ask` and settlement are what callers use."""
        known = request_id.get()
        properties.setdefault("headers", {REQUEST_ID: known} if known else {})
        properties.setdefault("content_type", "application/json")
        try:
            async with asyncio.timeout(self._settings.publish_timeout.total_seconds()):
                confirmation: object = await self.broker.publish(body, persist=True, **properties)
        except _AWAY as error:
            raise QueueUnavailable(f"{type(error).__name__}: {error}") from error
        if isinstance(confirmation, DeliveredMessage) and properties.get("mandatory", True):
            raise QueueUnavailable(f"no queue for {properties.get('routing_key')}")

    async def send_dead(self, service: str, body: bytes, **properties: Any) -> None:  # noqa: ANN401
        await self.send(body, exchange=DEAD, routing_key=service, **properties)

    async def channel(self) -> AbstractChannel:
        """A channel of one's own, for looking into queues (dead_letters.py)."""
        connection = await self.broker.connect()
        return await connection.channel()

    # -- in

    def subscriber(
        self, route: Route[Asked, Answered]
    ) -> Callable[[Handler[Asked, Answered]], object]:
        """Registers the route's handler: called with the command, at most `prefetch` at once.

        What it returns is replied if a reply is asked for; what becomes of the message is
        settlement.py's.
        """

        async def decoder(message: RabbitMessage) -> Asked:
            command = read(route.contract, message)
            if not request_id.get():
                request_id.set(command.request_id)
            return command

        self._served.append(route.queue)
        return self.broker.subscriber(
            work_queue(route),
            COMMANDS,
            channel=Channel(prefetch_count=self._settings.prefetch),
            decoder=decoder,
            no_reply=True,
        )


async def _answer(
    route: Route[Any, Answered], reply: asyncio.Future[AbstractIncomingMessage]
) -> Answered:
    try:
        message = await reply
    except asyncio.CancelledError as error:
        if reply.cancelled():  # given up by its timer, not by our caller
            raise NoReply(f"no answer to {route.key}") from error
        raise
    try:
        if message.type == REFUSAL:
            raise Refused.again(Refusal.model_validate_json(message.body))
        if route.answer is None:
            raise NoReply(f"{route.key} has no answer")
        return route.answer.model_validate_json(message.body)
    except ValidationError as error:
        raise NoReply(f"an answer to {route.key} that is none: {error}") from error
