"""Asking over RabbitMQ: one reply queue a process, a future for each call in flight.

FastStream's own `request` is serialised by a lock and its time limit does not cover an outage
(docs/adr/0001). The reply queue is durable and not exclusive, so that replies sent while this
process was cut off are still there when it is back; it goes by itself two minutes after its owner.
"""

import asyncio
import logging
import uuid
from typing import Any, Final

from aio_pika.abc import (
    AbstractChannel,
    AbstractIncomingMessage,
    AbstractQueue,
    AbstractRobustConnection,
)

log = logging.getLogger(__name__)

REFUSAL: Final = "refusal"  # the AMQP `type` of a reply that is a refusal
_EXPIRES_MS: Final = 120_000


class Replies:
    """The reply queue and who waits for what."""

    def __init__(self, service: str) -> None:
        self.queue: Final = f"{service}.replies.{uuid.uuid4().hex}"
        self._waiting: dict[str, asyncio.Future[AbstractIncomingMessage]] = {}
        self._consuming: tuple[AbstractChannel, AbstractQueue, str] | None = None

    async def start(self, connection: AbstractRobustConnection) -> None:
        channel = await connection.channel(publisher_confirms=False)
        arguments: dict[str, Any] = {"x-queue-type": "classic", "x-expires": _EXPIRES_MS}
        queue = await channel.declare_queue(self.queue, durable=True, arguments=arguments)
        self._consuming = channel, queue, await queue.consume(self._on_reply, no_ack=True)

    async def stop(self) -> None:
        if self._consuming is not None:
            channel, queue, tag = self._consuming
            await queue.cancel(tag)
            await channel.queue_delete(self.queue)
            await channel.close()

    def expect(self, call_id: str, within: float) -> asyncio.Future[AbstractIncomingMessage]:
        """A future for the reply; given up `within` seconds later, so that nothing piles up."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[AbstractIncomingMessage] = loop.create_future()
        self._waiting[call_id] = reply
        timer = loop.call_later(within, reply.cancel)

        def done(_: object) -> None:
            timer.cancel()
            self._waiting.pop(call_id, None)

        reply.add_done_callback(done)
        return reply

    async def _on_reply(self, message: AbstractIncomingMessage) -> None:
        waiting = self._waiting.pop(message.correlation_id or "", None)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)
        else:
            log.info("reply without a caller", extra={"call_id": message.correlation_id})
