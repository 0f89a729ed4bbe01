"""The messaging seam: publish, ask, reply, acknowledge; only here the channel is touched.

Messages are one contract a body. Commands must be routable and are confirmed by the server before
a publish returns; events need no reader. What a failure of a handler means is settlement.py's.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from faststream.rabbit import Channel, RabbitMessage

from shared.clock import Clock, utc_now
from shared.contracts.base import Message
from shared.errors import NoReply
from shared.heavy import apart
from shared.ids import minted_id
from shared.logs import note, request_id
from shared.messaging.connected import Connected
from shared.messaging.declaring import COMMANDS, DIRECT, work_queue
from shared.messaging.deliveries import Deliveries, Settling
from shared.messaging.events import EventRoute
from shared.messaging.frames import Lanes, Part
from shared.messaging.journey import ASKER, asked_by, copied, of_request
from shared.messaging.permissions import answered, speaks_for
from shared.messaging.reading import read
from shared.messaging.rpc import answer_of
from shared.messaging.topology import (
    LARGE_ORDERS,
    Answered,
    Asked,
    Route,
    asker_of,
    dead_queue,
)
from shared.settings import CommonSettings
from shared.steps import durable_step

log = logging.getLogger(__name__)

LATE_REPLY_SECONDS = 120.0

Handler = Callable[[Asked], Awaitable[Answered | None]]


class Messages(Connected):
    """One process's conversation over RabbitMQ.

    `healthy` says whether the store answers; it decides whether a store error is the store's
    absence or the command's own fault.
    """

    def __init__(
        self,
        settings: CommonSettings,
        *,
        service: str,
        healthy: Callable[[], Awaitable[bool]],
        now: Clock = utc_now,
    ) -> None:
        deliveries = Deliveries(self, settings, healthy, now)
        settling = partial(Settling, deliveries=deliveries)
        super().__init__(settings, service, settling)
        self._lanes = Lanes(self.send, framing=settings.frames)
        self._alone = Lanes(self.send, framing=False)

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
            await self.send(
                message.encoded(),
                exchange=COMMANDS,
                routing_key=event.key,
                message_id=minted_id("msg_"),
                message_type=event.contract.__name__,
                mandatory=False,
            )

    async def ask(
        self,
        route: Route[Asked, Answered],
        command_id: str,
        command: bytes,
        *,
        step: str,
        until: datetime | None = None,
    ) -> "asyncio.Task[Answered]":
        """Publishes the encoded command and gives the answer to come, late ones for two minutes.

        Nobody begins with it after `until`, by the store's clock. The task raises `Refused`, or
        `NoReply` when no answer came at all. It may be waited for in part (`asyncio.wait`) without
        being lost.
        """
        call_id = minted_id("call_")
        reply = self._replies.expect(call_id, LATE_REPLY_SECONDS, route.service)
        try:
            with durable_step(step):
                await self._say(
                    route,
                    command_id,
                    command,
                    until=until,
                    reply_to=self._replies.queue,
                    correlation_id=call_id,
                )
        except BaseException:
            reply.cancel()
            raise
        return asyncio.create_task(answer_of(route, reply))

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

    def apart(self, orders: int) -> bool:
        """Whether a plan of so many orders goes to the large ones' queues."""
        return self._settings.large_queues and orders > LARGE_ORDERS

    async def _say(
        self,
        route: Route[Any, Any],
        message_id: str,
        body: bytes,
        until: datetime | None = None,
        **asking: Any,  # noqa: ANN401  # AMQP's
    ) -> None:
        headers = of_request(until)
        part = Part(body, message_id, route.contract.__name__, headers=headers, **asking)
        await self._lanes(part, exchange=COMMANDS, routing_key=route.key)

    def asker(self, message: RabbitMessage) -> str:
        """The user that sent it, as RabbitMQ checked it; "" where it does not say."""
        return asked_by(message, self._user)

    def may_answer(self, message: RabbitMessage) -> bool:
        """Between users of their own only to the reply queues of who asked.

        Else whoever may ask could have us answer another's question.
        """
        to = asker_of(message.reply_to)
        return self._role is None or (
            to in answered(self._role) and speaks_for(self.asker(message), to)
        )

    async def reply(self, to: RabbitMessage, kind: str, body: bytes) -> None:
        """To who asked; in a frame where the question came in one."""
        asker = asker_of(to.reply_to)
        # Who runs from before the exchange of direct ones, or asks from outside.
        exchange = DIRECT if asker else None
        part = Part(body, type=kind, correlation_id=to.correlation_id, headers=of_request())
        asked: object = to.raw_message
        say = self._lanes if isinstance(asked, Part) else self._alone
        # Not mandatory: a caller who is gone reads the state instead.
        await say(part, exchange=exchange, routing_key=to.reply_to, mandatory=False)

    async def send_again(
        self, message: RabbitMessage, queue: str, *, headers: dict[str, Any]
    ) -> None:
        """A copy of it to a queue of the own service's."""
        asked = {ASKER: self.asker(message)}
        more = copied(message, keep_caller=True)
        await self.send(
            message.body, exchange=DIRECT, routing_key=queue, headers=headers | asked, **more
        )

    async def send_dead(self, queue: str, body: bytes, **properties: Any) -> None:  # noqa: ANN401
        """What was read from that queue, to the dead letters of its service."""
        await self.send(body, exchange=DIRECT, routing_key=dead_queue(queue), **properties)

    # -- in

    def subscriber(
        self, route: Route[Asked, Answered]
    ) -> Callable[[Handler[Asked, Answered]], object]:
        """Registers the route's handler: called with the command, at most `at_once` together.

        What it returns is replied if a reply is asked for; what becomes of the message is
        settlement.py's.
        """

        async def decoder(message: RabbitMessage) -> Asked:
            command = await apart(len(message.body), lambda: read(route.contract, message))
            if not request_id.get():
                request_id.set(command.request_id)
            note(account=command.account_id, command=command.command_id)
            return command

        return self.broker.subscriber(
            work_queue(route),
            COMMANDS,
            channel=Channel(prefetch_count=route.at_once(self._settings.prefetch)),
            decoder=decoder,
            no_reply=True,
        )
