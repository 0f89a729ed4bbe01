"""What RabbitMQ delivers: a message, or a frame of several. Settled, then acknowledged.

The parts of a frame are settled one by one, and the frame when all of them are. One that was
delivered before may hold what killed its worker: its parts go on alone, with the count of their
deliveries, so that what kills ends by itself and takes no neighbour along.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, cast

from faststream import BaseMiddleware
from faststream.rabbit import RabbitMessage
from prometheus_client import Counter

from shared import tracing
from shared.clock import Clock, utc_now
from shared.contracts.base import Message
from shared.errors import QueueUnavailable
from shared.logs import one_line
from shared.messaging import frames, topology
from shared.messaging.journey import (
    DELIVERIES,
    Asking,
    Journey,
    WrongHeader,
    delivered,
    in_hand,
)
from shared.messaging.reading import malformed
from shared.messaging.settlement import AnyRoute, Handle, Sender, Settlement
from shared.settings import CommonSettings
from shared.steps import durable_step

log = logging.getLogger(__name__)

MESSAGES = Counter("entrygo_messages_total", "Messages settled.", ["queue", "outcome"])


class Settling(BaseMiddleware[Any, Any]):
    """FastStream's hook around a handler, which sees the message and what came of it."""

    def __init__(self, *args: Any, deliveries: "Deliveries", **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._deliveries = deliveries

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: Any) -> None:  # noqa: ANN401
        route = topology.BY_QUEUE[self.context.get_local("handler_").queue.name]

        async def handle(message: RabbitMessage) -> Message | None:
            in_hand.set(Asking(self._deliveries.asker(message), bool(message.reply_to)))
            answer: Message | None = await call_next(message)
            return answer

        await self._deliveries.settle(route, msg, handle)


class Deliveries:
    def __init__(
        self,
        messages: Sender,
        settings: CommonSettings,
        healthy: Callable[[], Awaitable[bool]],
        now: Clock = utc_now,
    ) -> None:
        self._messages = messages
        self._settlement = Settlement(messages, settings, healthy, now)
        # Prefetch counts frames: this bounds what is in hand, as prefetch does for messages.
        self._slots = {
            route.queue: asyncio.Semaphore(route.at_once(settings.prefetch))
            for route in topology.ROUTES
        }

    def asker(self, message: RabbitMessage) -> str:
        return self._messages.asker(message)

    async def settle(self, route: AnyRoute, message: RabbitMessage, handle: Handle) -> None:
        """Settles it, whatever is in it and whatever `handle` raises."""
        several = message.content_type == frames.FRAME
        with nullcontext(dict[str, Any]()) if several else _command(route, message) as said:
            try:
                outcomes = await self._settled(route, message, handle)
            except QueueUnavailable as error:
                # Neither taken nor given back: RabbitMQ gives it to someone once we are cut off.
                log.warning("message left", extra={"queue": route.queue, "why": str(error)})
                outcomes = ["left"]
            said["outcome"] = outcomes[0]
        for outcome in outcomes:
            MESSAGES.labels(route.queue, outcome).inc()

    async def _settled(self, route: AnyRoute, message: RabbitMessage, handle: Handle) -> list[str]:
        try:
            if message.content_type == frames.FRAME:
                outcomes = await self._each_part(route, message, handle)
            else:
                outcomes = [await self._settlement.of(route, message, handle)]
        except QueueUnavailable as error:
            # Neither reply nor retry could be stored: back to the queue, after a breath.
            log.warning("message put back", extra={"queue": route.queue, "why": str(error)})
            await asyncio.sleep(1.0)
            async with self._messages.promptly():
                await message.nack(requeue=True)
            return ["requeued"]
        except Exception:
            # Not foreseen in settlement.py, so a bug; RabbitMQ moves it to the dead letters.
            log.exception("message rejected", extra={"queue": route.queue})
            async with self._messages.promptly():
                await message.reject(requeue=False)
            return ["rejected"]
        with durable_step(route.step("ack")):
            async with self._messages.promptly():
                await message.ack()
        return outcomes

    async def _each_part(self, route: AnyRoute, frame: RabbitMessage, handle: Handle) -> list[str]:
        try:
            parts = frames.unpacked(frame.body, frame.reply_to, frame.raw_message.user_id)
            before = delivered(frame.headers)
        except (frames.NoFrame, WrongHeader) as error:
            reason = malformed(route.contract, str(error))
            return [await self._settlement.never(route, frame, reason)]
        messages = [frames.as_message(frame, part) for part in parts]
        if frame.raw_message.redelivered:
            return [await self._alone(route, message, max(before, 1)) for message in messages]
        done = await asyncio.gather(
            *(self._part(route, message, handle) for message in messages), return_exceptions=True
        )
        for failed in done:  # now that none is in hand any more
            if isinstance(failed, BaseException):
                raise failed
        return cast("list[str]", done)

    async def _part(self, route: AnyRoute, message: RabbitMessage, handle: Handle) -> str:
        async with self._slots[route.queue]:
            with _command(route, message) as said:
                try:
                    outcome = await self._settlement.of(route, message, handle)
                except QueueUnavailable:
                    raise
                except Exception as error:  # as in `settle`, without its neighbours
                    log.exception("message rejected", extra={"queue": route.queue})
                    journey, why = Journey.unread(message.headers), repr(error)[:500]
                    outcome = await self._settlement.dead(route, message, journey, why)
                said["outcome"] = outcome
            return outcome

    async def _alone(self, route: AnyRoute, message: RabbitMessage, before: int) -> str:
        await self._messages.send_again(
            message, route.queue, headers=message.headers | {DELIVERIES: before}
        )
        return "split"


@contextmanager
def _command(route: AnyRoute, message: RabbitMessage) -> Iterator[dict[str, Any]]:
    """A span and a line of its own, in the trace that it was sent in."""
    parent = tracing.read(message.headers)
    with (
        tracing.span(route.queue, kind=tracing.CONSUMER, parent=parent),
        one_line(log, "command", queue=route.queue) as said,
    ):
        yield said
