"""Looking into the dead letters: list, replay, drop. The operator's command stands on this.

A look takes every message and puts all back that it does not act on; two looks at once see parts.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aio_pika.abc import AbstractIncomingMessage
from aiormq.exceptions import ChannelNotFoundEntity

from shared.canonical import sha256_hex
from shared.clock import parse_timestamp
from shared.errors import QueueUnavailable
from shared.messaging.declaring import DIRECT
from shared.messaging.journey import ASKER, DIED_AT, FIRST_SEEN, REASON, REQUEST_ID
from shared.messaging.link import ASKED_SECONDS, AWAY, within
from shared.messaging.permissions import role_of
from shared.messaging.rabbit import Messages
from shared.messaging.topology import BY_QUEUE, DIRECT_EXCHANGE, dead_queue, died_in
from shared.steps import durable_step
from shared.tracing import TRACEPARENT
from shared.validation import invalid

NO_REASON = "unknown"
KEPT = {REQUEST_ID, TRACEPARENT}  # by a replay, which is as new otherwise


@dataclass(frozen=True)
class DeadLetter:
    """A message that could not be handled.

    `id` is its message id, a command's `command_id`; of one published without, of its bytes.
    """

    id: str
    service: str
    origin_queue: str
    reason: str
    died_at: str
    type: str
    asker: str  # the user that sent it, where RabbitMQ or the service says so
    size: int  # bytes of its body
    body: bytes

    def age(self, now: datetime) -> float | None:
        """Seconds since it died; None where the server wrote the time in words of its own."""
        try:
            return (now - parse_timestamp(self.died_at)).total_seconds()
        except (ValueError, TypeError):
            return None


async def first(messages: Messages, service: str) -> DeadLetter | None:
    """The one at the head of the queue, taken and put back: another look misses it meanwhile.

    Raises:
        QueueUnavailable: RabbitMQ does not answer.
    """

    async def looked() -> DeadLetter | None:
        channel = await messages.channel()
        try:
            queue = await channel.declare_queue(dead_queue(service), passive=True)
            message = await queue.get(no_ack=False, fail=False)
            if message is None:
                return None
            await message.nack(requeue=True)
            return _letter(service, message)
        finally:
            await channel.close()

    try:
        return await within(ASKED_SECONDS, looked())
    except AWAY as error:
        raise QueueUnavailable(f"{type(error).__name__}: {error}") from error


async def looked_at(messages: Messages, service: str) -> AsyncIterator[DeadLetter]:
    """One after the other, so that none is kept in memory; all are put back at the end."""
    async with aclosing(_taken(messages, service)) as letters:
        async for letter, _ in letters:
            yield letter


async def listed(messages: Messages, service: str) -> list[DeadLetter]:
    """All of them, without their bodies."""
    return [replace(letter, body=b"") async for letter in looked_at(messages, service)]


async def replay(messages: Messages, service: str, id_: str) -> bool:
    """Sends it to its work queue again as if it were new; False when there is none.

    Raises:
        Refused: the server does not say that it comes from a queue of this service.
    """
    async with aclosing(_taken(messages, service)) as letters:
        async for letter, message in letters:
            if letter.id == id_:
                route = BY_QUEUE.get(letter.origin_queue)
                if route is None or route.service != service:
                    raise invalid("id", f"RabbitMQ does not say from which queue {id_} came.")
                with durable_step("operator.replay_dead_letter"):
                    await messages.send(
                        message.body,
                        exchange=DIRECT,
                        routing_key=route.queue,
                        message_id=message.message_id,
                        message_type=message.type,
                        content_type=message.content_type,
                        headers=_replayed(message, letter),
                    )
                await message.ack()
                return True
    return False


async def drop(messages: Messages, service: str, id_: str) -> bool:
    """Forgets it for good; False when there is none."""
    async with aclosing(_taken(messages, service)) as letters:
        async for letter, message in letters:
            if letter.id == id_:
                with durable_step("operator.drop_dead_letter"):
                    await message.ack()
                return True
    return False


async def _taken(
    messages: Messages, service: str
) -> AsyncGenerator[tuple[DeadLetter, AbstractIncomingMessage]]:
    channel = await messages.channel()
    try:
        with suppress(ChannelNotFoundEntity):  # no process of the service was ever there
            queue = await channel.declare_queue(dead_queue(service), passive=True)
            while message := await queue.get(no_ack=False, fail=False):
                yield _letter(service, message), message
    finally:
        await channel.close()  # what was not acknowledged goes back


def _letter(service: str, message: AbstractIncomingMessage) -> DeadLetter:
    headers: dict[str, Any] = dict(message.headers)
    death = _server_death(headers)
    return DeadLetter(
        id=message.message_id or f"msg_{sha256_hex(message.body)[:32]}",
        service=service,
        origin_queue=_origin(message, death),
        reason=str(headers.get(REASON) or death.get("reason") or NO_REASON),
        died_at=str(headers.get(DIED_AT) or death.get("time") or headers.get(FIRST_SEEN, "")),
        type=message.type or "",
        asker=_asker(service, message),
        size=len(message.body),
        body=message.body,
    )


def _asker(service: str, message: AbstractIncomingMessage) -> str:
    """What a service's copy says is so; of another's letter, who RabbitMQ says sent it."""
    sender = message.user_id or ""
    copied = sender and role_of(sender) in {None, service}
    return str(message.headers.get(ASKER, sender)) if copied else sender


def _replayed(message: AbstractIncomingMessage, letter: DeadLetter) -> dict[str, Any]:
    """Who sent it is asked again whether it may; what nobody signed is the operator's word."""
    kept: dict[str, Any] = {k: v for k, v in message.headers.items() if k in KEPT}
    return kept | ({ASKER: letter.asker} if letter.asker else {})


def _origin(message: AbstractIncomingMessage, death: dict[str, Any]) -> str:
    """By what the server alone can say: the key that only the service may use, or its own move."""
    if message.exchange == DIRECT_EXCHANGE:
        return died_in(message.routing_key or "")
    return str(death.get("queue", ""))


def _server_death(headers: dict[str, Any]) -> dict[str, Any]:
    """The server's own account of what it moved itself; settlement's copies have none."""
    match headers.get("x-death"):
        case [dict(death), *_]:
            return death
        case _:
            return {}
