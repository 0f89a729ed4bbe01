"""What becomes of a message: reply and acknowledge, try again later, or the dead letters.

    handler returns            reply, then acknowledge
    Refused                    the refusal is the reply; without a caller: dead letters, and told
    QueueUnavailable, store away   again later with growing delays, at the last one for ever
    any other error            again later; the tenth time it is the message's own fault: dead
    body is not the contract   dead at once; it can never succeed

Acknowledgement comes last: state written, follow-up confirmed, reply confirmed.
"""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Generic, Protocol

from faststream.rabbit.annotations import RabbitMessage
from prometheus_client import Counter
from pydantic import ValidationError

from shared.clock import parse_timestamp, timestamp, utc_now
from shared.contracts.base import Message
from shared.contracts.errors import ErrorCode, Refusal, refusal
from shared.errors import QueueUnavailable, Refused, StoreFault, Transient
from shared.logs import request_id
from shared.messaging import topology
from shared.messaging.rpc import REFUSAL
from shared.messaging.topology import Answered, Asked, Route
from shared.settings import CommonSettings
from shared.steps import durable_step

log = logging.getLogger(__name__)

MESSAGES = Counter("entrygo_messages_total", "Messages settled.", ["queue", "outcome"])
OWN_FAULTS: Final = 10
JITTER: Final = 0.25  # how often a shorter delay is taken, so that neighbours do not march in step

ATTEMPT: Final = "x-attempt"
FAULTS: Final = "x-faults"
REASON: Final = "x-reason"
ORIGIN: Final = "x-origin-queue"
FIRST_SEEN: Final = "x-first-seen"
DIED_AT: Final = "x-died-at"

_has_caller: ContextVar[bool] = ContextVar("has_caller", default=False)


def has_caller() -> bool:
    """Whether someone waits for the answer to the message being handled."""
    return _has_caller.get()


# Told the account and the command of a refusal that has nobody to answer to, as far as known.
RefusedHook = Callable[[str, str, Refusal], Awaitable[None]]


class Sender(Protocol):
    """What settlement needs of the channel: confirmed publishes (rabbit.Messages)."""

    async def send(self, body: bytes, **properties: Any) -> None: ...  # noqa: ANN401  # AMQP's
    async def send_dead(self, service: str, body: bytes, **properties: Any) -> None: ...  # noqa: ANN401


@dataclass(frozen=True)
class Served(Generic[Asked, Answered]):
    route: Route[Asked, Answered]
    handler: Callable[[Asked], Awaitable[Answered | None]]
    reply_step: str | None
    ack_step: str
    on_refused: RefusedHook | None


class Settlement:
    def __init__(
        self,
        messages: Sender,
        settings: CommonSettings,
        healthy: Callable[[], Awaitable[bool]],
    ) -> None:
        self._messages = messages
        self._delays = settings.retry_delays_ms
        self._patience: timedelta = settings.refusal_patience
        self._healthy = healthy

    async def settle(self, served: Served[Asked, Answered], message: RabbitMessage) -> None:
        request_id.set(str(message.headers.get("x-request-id") or "-"))
        _has_caller.set(bool(message.reply_to))
        try:
            outcome = await self._outcome(served, message)
            with durable_step(served.ack_step):
                await message.ack()
        except QueueUnavailable as error:
            # Neither reply nor retry could be stored: back to the queue, after a breath.
            log.warning("message put back", extra={"queue": served.route.queue, "why": str(error)})
            outcome = "requeued"
            await asyncio.sleep(1.0)
            await message.nack(requeue=True)
        MESSAGES.labels(served.route.queue, outcome).inc()

    async def _outcome(self, served: Served[Asked, Answered], message: RabbitMessage) -> str:
        try:
            command = served.route.contract.model_validate_json(message.body)
        except ValidationError as error:
            return await self._never(served, message, error)
        if request_id.get() == "-":
            request_id.set(command.request_id)
        try:
            answer = await served.handler(command)
        except Refused as error:
            return await self._refused(served, message, command, error.refusal)
        except (Transient, StoreFault) as error:
            away = isinstance(error, Transient) or not await self._healthy()
            return await self._again(served, message, error, own=not away)
        except Exception as error:
            log.exception("handler failed", extra={"queue": served.route.queue})
            return await self._again(served, message, error, own=True)
        await self._reply(served, message, answer)
        return "handled"

    async def _refused(
        self,
        served: Served[Asked, Answered],
        message: RabbitMessage,
        command: Asked,
        answer: Refusal,
    ) -> str:
        if message.reply_to:
            await self._reply(served, message, answer)
            return "refused"
        first = str(message.headers.get(FIRST_SEEN) or timestamp(utc_now()))
        curable = answer.error_code == ErrorCode.PRODUCT_NOT_FOUND
        if curable and utc_now() - parse_timestamp(first) < self._patience:
            # The message that brings the products may be behind this one.
            return await self._later(served, message, answer.error_code)
        if served.on_refused is not None:
            await served.on_refused(command.account_id, command.command_id, answer)
        envelope = json.dumps(answer.envelope(), ensure_ascii=False)
        return await self._dead(served, message, f"refused {answer.status}: {envelope}")

    async def _never(
        self, served: Served[Asked, Answered], message: RabbitMessage, error: ValidationError
    ) -> str:
        # Places and kinds only: the input may hold addresses.
        issues = [
            {"path": ".".join(map(str, e["loc"])), "message": e["msg"], "code": e["type"]}
            for e in error.errors(include_url=False, include_context=False, include_input=False)
        ][:20]
        answer = refusal(
            ErrorCode.VALIDATION_ERROR,
            f"The message is no {served.route.contract.__name__}.",
            details={"issues": issues},
        )
        await self._reply(served, message, answer)
        if served.on_refused is not None and not message.reply_to:
            await served.on_refused(*_who(message.body), answer)
        return await self._dead(
            served, message, f"not a {served.route.contract.__name__}: {issues}"
        )

    async def _again(
        self,
        served: Served[Asked, Answered],
        message: RabbitMessage,
        error: Exception,
        *,
        own: bool,
    ) -> str:
        why = f"{type(error).__name__}: {error}"[:500]
        faults = int(str(message.headers.get(FAULTS, 0))) + own
        if faults >= OWN_FAULTS:
            answer = refusal(
                ErrorCode.INTERNAL_ERROR,
                "The request could not be completed; it is kept for an operator.",
            )
            await self._reply(served, message, answer)
            return await self._dead(served, message, why)
        return await self._later(served, message, why, faults)

    async def _later(
        self, served: Served[Asked, Answered], message: RabbitMessage, why: str, faults: int = 0
    ) -> str:
        attempt = int(str(message.headers.get(ATTEMPT, 0)))
        level = min(attempt, len(self._delays) - 1)
        if level and random.random() < JITTER:  # noqa: S311  # no secret
            level -= 1
        queue = topology.retry_queue(served.route.queue, self._delays[level])
        log.warning("later", extra={"queue": queue, "attempt": attempt + 1, "why": why})
        headers = {ATTEMPT: attempt + 1, FAULTS: faults, "x-last-error": why}
        await self._messages.send(
            message.body, routing_key=queue, **_copied(message, headers, keep_caller=True)
        )
        return "retried"

    async def _dead(self, served: Served[Any, Any], message: RabbitMessage, reason: str) -> str:
        log.error("dead letter", extra={"queue": served.route.queue, "reason": reason[:500]})
        headers = {
            REASON: reason[:4_000],
            ORIGIN: served.route.queue,
            DIED_AT: timestamp(utc_now()),
        }
        await self._messages.send_dead(
            served.route.service, message.body, **_copied(message, headers, keep_caller=False)
        )
        return "dead"

    async def _reply(
        self, served: Served[Any, Any], message: RabbitMessage, answer: Message | None
    ) -> None:
        if not message.reply_to or answer is None:
            return
        refused = isinstance(answer, Refusal)
        with durable_step(served.reply_step or served.ack_step):
            # Not mandatory: a caller who is gone reads the state instead.
            await self._messages.send(
                answer.model_dump_json(by_alias=True).encode(),
                routing_key=message.reply_to,
                correlation_id=message.correlation_id,
                message_type=REFUSAL if refused else type(answer).__name__,
                mandatory=False,
            )


def _who(body: bytes) -> tuple[str, str]:
    """The account and the command that a wrong message names, as far as it does."""
    try:
        given = json.loads(body)
    except ValueError:
        return "", ""
    if not isinstance(given, dict):
        return "", ""
    return str(given.get("account_id", ""))[:255], str(given.get("command_id", ""))[:255]


def _copied(
    message: RabbitMessage, headers: dict[str, Any], *, keep_caller: bool
) -> dict[str, Any]:
    """The properties of a copy: the message's identity, and only headers that are ours."""
    raw = message.raw_message
    kept = {
        key: value
        for key, value in message.headers.items()
        if key in {"x-request-id", FIRST_SEEN, ATTEMPT, FAULTS}
    }
    kept.setdefault(FIRST_SEEN, timestamp(utc_now()))
    return {
        "headers": kept | headers,
        "message_id": raw.message_id,
        "message_type": raw.type,
        "content_type": raw.content_type,
        "correlation_id": message.correlation_id,
        "reply_to": message.reply_to if keep_caller else None,
    }
