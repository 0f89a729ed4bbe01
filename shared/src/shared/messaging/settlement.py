"""What becomes of a message: reply and acknowledge, try again later, or the dead letters.

    handler returns            reply, then acknowledge
    Refused                    the refusal is the reply; without a caller: dead letters, and told
    QueueUnavailable, store away   again later with growing delays, at the last one for ever
    any other error            again later; the tenth time it is the message's own fault: dead
    begun too late             acknowledged: who asked was told that it is not done
    not to be read             the refusal is the reply, and dead at once: it can never succeed

Acknowledgement, in deliveries.py, comes last: state written, follow-up confirmed, reply confirmed.
"""

import json
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, Final, Protocol, cast

from faststream.rabbit import RabbitMessage

from shared.clock import Clock, timestamp, utc_now
from shared.contracts.base import Command, Message
from shared.contracts.errors import ErrorCode, Refusal, refusal
from shared.contracts.sync import OrdersSyncRefused
from shared.errors import Refused, StoreFault, Transient
from shared.logs import note, request_id
from shared.messaging import topology
from shared.messaging.events import EventRoute
from shared.messaging.journey import (
    ASKER,
    DIED_AT,
    LAST_ERROR,
    REASON,
    Journey,
    WrongHeader,
    copied,
    printable,
)
from shared.messaging.reading import Unreadable, malformed, who_asked
from shared.messaging.rpc import REFUSAL
from shared.messaging.topology import Route
from shared.settings import CommonSettings
from shared.steps import durable_step

log = logging.getLogger(__name__)

OWN_FAULTS: Final = 10
JITTER: Final = 0.25  # how often a shorter delay is taken, so that neighbours do not march in step

AnyRoute = Route[Any, Any]
Handle = Callable[[RabbitMessage], Awaitable[Message | None]]


class Sender(Protocol):
    """What settlement needs of the channel: confirmed publishes, deadlines (rabbit.Messages)."""

    def promptly(self) -> AbstractAsyncContextManager[None]: ...

    async def send_again(
        self, message: RabbitMessage, queue: str, *, headers: dict[str, Any]
    ) -> None: ...
    async def send_dead(self, queue: str, body: bytes, **properties: Any) -> None: ...  # noqa: ANN401
    async def announce(self, event: EventRoute, message: Message, *, step: str) -> None: ...
    async def reply(self, to: RabbitMessage, kind: str, body: bytes) -> None: ...
    def asker(self, message: RabbitMessage) -> str: ...
    def may_answer(self, message: RabbitMessage) -> bool: ...


class Settlement:
    """The table above, for one message."""

    def __init__(
        self,
        messages: Sender,
        settings: CommonSettings,
        healthy: Callable[[], Awaitable[bool]],
        now: Clock,
    ) -> None:
        self._messages = messages
        self._delays = settings.retry_delays_ms
        self._patience = settings.refusal_patience
        self._healthy = healthy
        self._now = now

    async def of(self, route: AnyRoute, message: RabbitMessage, handle: Handle) -> str:
        """What became of it, in a word, when all that it takes is stored: it can be acknowledged.

        Raises:
            QueueUnavailable: neither reply nor retry nor dead letter could be stored.
        """
        if message.reply_to and not self._messages.may_answer(message):
            log.warning("a reply to nobody's queue", extra={"reply_to": message.reply_to[:100]})
            message.reply_to = ""  # nobody hears of a refusal: it is a dead letter
        try:
            journey = Journey.read(message.headers, utc_now())
        except WrongHeader as error:
            return await self.never(route, message, malformed(route.contract, str(error)))
        request_id.set(journey.request_id)
        if journey.deliveries >= topology.DELIVERY_LIMIT:
            return await self.dead(route, message, journey, "delivery_limit")
        if journey.until and self._now() > journey.until:
            return "expired"  # who asked was told that it is not done
        return await self._handled(route, message, journey, handle)

    async def _handled(
        self, route: AnyRoute, message: RabbitMessage, journey: Journey, handle: Handle
    ) -> str:
        try:
            await self._reply(route, message, await handle(message))
        except Unreadable as error:
            return await self.never(route, message, error)
        except Refused as error:
            return await self._refused(route, message, journey, error.refusal)
        except (Transient, StoreFault) as error:
            away = isinstance(error, Transient) or not await self._healthy()
            return await self._again(route, message, journey, error, own=not away)
        except Exception as error:
            log.exception("handler failed", extra={"queue": route.queue})
            return await self._again(route, message, journey, error, own=True)
        return "handled"

    async def _refused(
        self, route: AnyRoute, message: RabbitMessage, journey: Journey, answer: Refusal
    ) -> str:
        note(error=answer.error_code)
        if message.reply_to:
            await self._reply(route, message, answer)
            return "refused"
        curable = answer.error_code == ErrorCode.PRODUCT_NOT_FOUND
        if curable and utc_now() - journey.first_seen < self._patience:
            # The message that brings the products may be behind this one.
            return await self._later(route, message, journey, answer.error_code)
        command = cast("Command", await message.decode())  # read already, and kept
        await self._tell(route, command.account_id, command.command_id, answer)
        envelope = json.dumps(answer.envelope(), ensure_ascii=False)
        reason = f"refused {answer.status}: {envelope}"
        return await self.dead(route, message, journey, reason)

    async def never(self, route: AnyRoute, message: RabbitMessage, error: Unreadable) -> str:
        await self._reply(route, message, error.refusal)
        if not message.reply_to and (who := who_asked(message.body)):
            await self._tell(route, *who, error.refusal)
        return await self.dead(route, message, Journey.unread(message.headers), str(error))

    async def _again(
        self,
        route: AnyRoute,
        message: RabbitMessage,
        journey: Journey,
        error: Exception,
        *,
        own: bool,
    ) -> str:
        why = f"{type(error).__name__}: {error}"[:500]
        journey = replace(journey, faults=journey.faults + own)
        if journey.faults < OWN_FAULTS:
            return await self._later(route, message, journey, why)
        answer = refusal(
            ErrorCode.INTERNAL_ERROR,
            "The request could not be completed; it is kept for an operator.",
        )
        await self._reply(route, message, answer)
        return await self.dead(route, message, journey, why)

    async def _later(
        self, route: AnyRoute, message: RabbitMessage, journey: Journey, why: str
    ) -> str:
        level = min(journey.attempt, len(self._delays) - 1)
        if level and random.random() < JITTER:  # noqa: S311  # no secret
            level -= 1
        queue = topology.retry_queue(route.queue, self._delays[level])
        journey = replace(journey, attempt=journey.attempt + 1)
        log.warning("later", extra={"queue": queue, "attempt": journey.attempt, "why": why})
        await self._messages.send_again(
            message, queue, headers=journey.headers() | {LAST_ERROR: printable(why)}
        )
        return "retried"

    async def dead(
        self, route: AnyRoute, message: RabbitMessage, journey: Journey, reason: str
    ) -> str:
        log.error("dead letter", extra={"queue": route.queue, "reason": reason[:500]})
        died = {REASON: printable(reason), DIED_AT: timestamp(utc_now())}
        died[ASKER] = self._messages.asker(message)
        await self._messages.send_dead(
            route.queue,
            message.body,
            headers=replace(journey, until=None).headers() | died,
            **copied(message, keep_caller=False),
        )
        return "dead"

    async def _reply(self, route: AnyRoute, message: RabbitMessage, answer: Message | None) -> None:
        if not message.reply_to or answer is None:
            return
        refused = isinstance(answer, Refusal)
        with durable_step(route.step("reply")):
            kind = REFUSAL if refused else type(answer).__name__
            await self._messages.reply(
                message, kind, answer.model_dump_json(by_alias=True).encode()
            )

    async def _tell(
        self, route: AnyRoute, account_id: str, command_id: str, answer: Refusal
    ) -> None:
        """Tells the event's readers of a refusal that has nobody to answer to."""
        if route.refused is not None:
            refused = OrdersSyncRefused(
                account_id=account_id,
                command_id=command_id,
                status=answer.status,
                error=answer.envelope(),
            )
            await self._messages.announce(route.refused, refused, step=route.step("refuse"))
