"""Asking over RabbitMQ: one reply queue a process, a future for each call in flight.

FastStream's own `request` is serialised by a lock and its time limit does not cover an outage
(docs/adr/0001). The reply queue is durable and not exclusive, so that replies sent while this
process was cut off are still there when it is back; it goes by itself two minutes after its owner.

Where each service has a user of its own, nobody else reads the queue, only those that it asks may
write to it, and a reply counts when RabbitMQ says that the service that was asked sent it
(docs/adr/0027).
"""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from typing import Any, Final

from aio_pika.abc import (
    AbstractIncomingMessage,
    AbstractRobustChannel,
    AbstractRobustConnection,
    AbstractRobustQueue,
)
from pydantic import ValidationError

from shared.contracts.errors import Refusal
from shared.errors import NoReply, QueueUnavailable, Refused
from shared.messaging import frames, topology
from shared.messaging.link import consumes
from shared.messaging.permissions import speaks_for
from shared.messaging.topology import Answered, Route

log = logging.getLogger(__name__)

Reply = AbstractIncomingMessage | frames.Part

REFUSAL: Final = "refusal"  # the AMQP `type` of a reply that is a refusal
_EXPIRES_MS: Final = 120_000


class Replies:
    """The reply queue and who waits for what."""

    def __init__(self, service: str, role: str | None) -> None:
        self.queue: Final = topology.reply_queue(service, uuid.uuid4().hex)
        self._role = role
        self._waiting: dict[str, tuple[asyncio.Future[Reply], str | None]] = {}
        self._rank: dict[str, Any] = {"x-priority": 0}
        self._channel: AbstractRobustChannel | None = None
        self._consuming: tuple[AbstractRobustQueue, str] | None = None

    async def start(self, connection: AbstractRobustConnection) -> None:
        """May be called again after a failure."""
        if self._channel is None:
            self._channel = await connection.channel(publisher_confirms=False)
        if self._consuming is None:
            arguments: dict[str, Any] = {"x-queue-type": "classic", "x-expires": _EXPIRES_MS}
            queue = await self._channel.declare_queue(self.queue, durable=True, arguments=arguments)
            direct = await self._channel.get_exchange(topology.DIRECT_EXCHANGE, ensure=False)
            await queue.bind(direct, self.queue)
            tag = await queue.consume(self._on_reply, no_ack=True, arguments=self._rank)
            self._consuming = queue, tag
            connection.close_callbacks.add(self._outrank)

    def _outrank(self, *_: object) -> None:
        """Of a lost connection RabbitMQ keeps the consumer for some heartbeats: the next is first.

        aio-pika consumes again with these same arguments.
        """
        self._rank["x-priority"] += 1

    async def stop(self) -> None:
        if self._channel is not None and self._consuming is not None:
            queue, tag = self._consuming
            await queue.cancel(tag)
            await self._channel.queue_delete(self.queue)
            await self._channel.close()

    async def check(self) -> None:
        """Raises `QueueUnavailable` when replies would not arrive."""
        if self._consuming is None or not await consumes(*self._consuming):
            raise QueueUnavailable("the reply queue has no consumer")

    def expect(self, call_id: str, within: float, by: str | None) -> asyncio.Future[Reply]:
        """A future for the reply of that service.

        It is given up `within` seconds later, so that nothing piles up.
        """
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Reply] = loop.create_future()
        self._waiting[call_id] = reply, by
        timer = loop.call_later(within, reply.cancel)

        def done(_: object) -> None:
            timer.cancel()
            self._waiting.pop(call_id, None)

        reply.add_done_callback(done)
        return reply

    async def _on_reply(self, message: AbstractIncomingMessage) -> None:
        replies: Sequence[Reply] = (message,)
        if message.content_type == frames.FRAME:
            replies = frames.unpacked(message.body, None, message.user_id)
        for reply in replies:
            waiting, by = self._waiting.get(reply.correlation_id or "", (None, None))
            if waiting is None or waiting.done():
                log.info("reply without a caller", extra={"call_id": reply.correlation_id})
            elif self._role and not speaks_for(reply.user_id, by):
                log.error("a reply by another than was asked", extra={"by": reply.user_id})
            else:
                waiting.set_result(reply)


async def answer_of(route: Route[Any, Answered], reply: asyncio.Future[Reply]) -> Answered:
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
