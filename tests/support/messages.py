"""Messages as anyone may publish them, and what settlement needs of the channel."""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from faststream.rabbit import RabbitMessage
from pamqp import encode

from shared.contracts.base import Message
from shared.contracts.exports import VerifyPlan
from shared.errors import QueueUnavailable
from shared.messaging.events import EventRoute
from shared.messaging.journey import asked_by, copied

FRAME = 128 * 1024  # the properties of a message are one frame
A_COMMAND = VerifyPlan(
    command_id="cmd_1",
    account_id="acc_1",
    request_id="req-1",
    issued_at="2026-11-24T10:00:00.000Z",
    plan_command_id="cmd_plan",
)


GOOD = A_COMMAND.model_dump_json().encode()


def _with(text: bytes) -> bytes:
    return GOOD[:-1] + b"," + text + b"}"


def _headed(value: object, name: str = "x-attempt") -> dict[str, Any]:
    return {"headers": {name: value}}


# What no handler will ever be given: body, properties, and a word of the reason.
POISON: Final[dict[str, tuple[bytes, dict[str, Any], str]]] = {
    "empty": (b"", {}, "Expecting value"),
    "bytes": (b"\xff\xfe", {}, "not valid UTF-8"),
    "cut off": (GOOD[:-1], {}, "Expecting"),
    "an array": (b"[]", {}, "''"),
    "5,000 deep": (b"[" * 5_000 + b"]" * 5_000, {}, "Nesting is limited to 32"),
    "100,000 deep": (b'{"a":' * 100_000, {}, "Nesting is limited to 32"),
    "40 deep beside": (_with(b'"new":' + b"[" * 40 + b"]" * 40), {}, "Nesting is limited to 32"),
    "a key twice": (_with(b'"account_id":"acc_2"'), {}, "'account_id' is there twice"),
    "no number": (_with(b'"new":NaN'), {}, "NaN is not JSON"),
    "half a character": (b'{"account_id":"\\ud800","command_id":"cmd_1"}', {}, "hex escape"),
    "text": (GOOD, {"content_type": "text/plain"}, "content type"),
    "latin": (GOOD, {"content_type": "application/json; charset=latin-1"}, "content type"),
    "compressed": (GOOD, {"content_encoding": "gzip"}, "encoded"),
    "seen yesterday": (GOOD, _headed("yesterday", "x-first-seen"), "'yesterday'"),
    "seen on a day": (GOOD, _headed("2026-11-24", "x-first-seen"), "x-first-seen"),
    "seen as a number": (GOOD, _headed(7, "x-first-seen"), "x-first-seen"),
    "attempted often": (GOOD, _headed("often"), "x-attempt cannot be 'often'"),
    "attempted before": (GOOD, _headed(-1), "x-attempt"),
    "attempted for ever": (GOOD, _headed(2**63 - 1), "x-attempt"),
    "attempted truly": (GOOD, _headed(value=True), "x-attempt"),
    "a list of faults": (GOOD, _headed([1], "x-faults"), "x-faults"),
    "a request of parts": (GOOD, _headed({"a": 1}, "x-request-id"), "x-request-id"),
    "a long request": (GOOD, _headed("y" * 100_000, "x-request-id"), "x-request-id"),
}


@dataclass
class Raw:
    """As RabbitMQ delivers it; how often it was acknowledged, put back, rejected."""

    body: bytes
    headers: dict[str, Any] = field(default_factory=dict)
    content_type: str | None = "application/json"
    content_encoding: str | None = None
    message_id: str | None = "cmd_1"
    correlation_id: str | None = None
    reply_to: str | None = None
    user_id: str | None = None
    type: str | None = None
    settled: list[str] = field(default_factory=list)
    locked: bool = False
    redelivered: bool = False

    async def ack(self, **_: object) -> None:
        self.settled.append("ack")

    async def nack(self, **_: object) -> None:
        self.settled.append("nack")

    async def reject(self, **_: object) -> None:
        self.settled.append("reject")


def received(raw: Raw) -> RabbitMessage:
    """As FastStream hands it to a middleware."""
    return RabbitMessage(
        raw_message=raw,  # type: ignore[arg-type]  # what is used of aio-pika's
        body=raw.body,
        headers=raw.headers,
        reply_to=raw.reply_to or "",
        content_type=raw.content_type,
        message_id=raw.message_id,
        correlation_id=raw.correlation_id,
    )


NOBODYS: Final = "of nobody"  # a reply queue to which no answer goes


class Sent:
    """A channel that keeps what is sent, and refuses what AMQP cannot carry; or it is away."""

    def __init__(self, *, away: bool = False) -> None:
        self._away = away
        self.replies: list[dict[str, Any]] = []
        self.dead: list[dict[str, Any]] = []
        self.told: list[tuple[str, Message]] = []

    def promptly(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def send(self, body: bytes, **properties: Any) -> None:
        self.replies.append(self._carried(body, properties))

    async def send_again(
        self, message: RabbitMessage, queue: str, *, headers: dict[str, Any]
    ) -> None:
        again = copied(message, keep_caller=True)
        await self.send(message.body, routing_key=queue, headers=headers, **again)

    async def send_dead(self, queue: str, body: bytes, **properties: Any) -> None:
        self.dead.append(self._carried(body, properties) | {"queue": queue})

    async def reply(self, to: RabbitMessage, kind: str, body: bytes) -> None:
        asked = {"correlation_id": to.correlation_id, "routing_key": to.reply_to}
        self.replies.append(self._carried(body, asked | {"message_type": kind}))

    def asker(self, message: RabbitMessage) -> str:
        return asked_by(message, "tests")

    def may_answer(self, message: RabbitMessage) -> bool:
        return message.reply_to != NOBODYS

    async def announce(self, event: EventRoute, message: Message, *, step: str) -> None:
        assert step
        assert message.model_dump_json()
        self.told.append((event.key, message))

    def _carried(self, body: bytes, properties: dict[str, Any]) -> dict[str, Any]:
        if self._away:
            raise QueueUnavailable("away")
        assert len(encode.field_table(properties.get("headers", {}))) < FRAME / 2
        for name in ("message_id", "message_type", "content_type", "correlation_id", "reply_to"):
            encode.short_string(properties.get(name) or "")
        return properties | {"body": body}
