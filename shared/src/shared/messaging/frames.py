"""Several messages of one sender in one body: what came while a confirm was awaited.

A frame is lines of JSON in pairs, the properties of a message and its body. It saves plumbing and
means nothing: each part is settled by itself, and a message that came alone travels alone.
"""

import copy
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import orjson
from faststream.rabbit import RabbitMessage

from shared.coalesce import Coalescer

FRAME: Final = "application/vnd.entrygo.frame"
MOST_BYTES: Final = 256 * 1024
MOST_PARTS: Final = 64


class NoFrame(ValueError):
    """A body that is no frame."""


@dataclass(frozen=True, slots=True)
class Part:
    """A message, by the AMQP properties that it would have alone."""

    body: bytes
    message_id: str | None = None
    type: str | None = None
    correlation_id: str | None = None
    reply_to: str | None = None  # of the whole frame
    user_id: str | None = None  # of the whole frame
    headers: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = "application/json"
    content_encoding: None = None

    @property
    def cost(self) -> int:
        """Its share of a frame's bytes; a small one counts as a share of the most parts."""
        return max(len(self.body), MOST_BYTES // MOST_PARTS)


def packed(parts: Sequence[Part]) -> bytes:
    """Bodies are JSON on one line each, as contracts are encoded."""
    return b"\n".join(line for part in parts for line in (_properties(part), part.body))


def _properties(part: Part) -> bytes:
    named = {
        "message_id": part.message_id,
        "type": part.type,
        "correlation_id": part.correlation_id,
        "headers": dict(part.headers) or None,
    }
    return orjson.dumps({name: value for name, value in named.items() if value is not None})


def unpacked(body: bytes, reply_to: str | None, user_id: str | None) -> list[Part]:
    """The parts of a frame, with what its own properties say for each of them.

    Raises:
        NoFrame: it is not what `packed` makes.
    """
    lines = body.split(b"\n")
    try:
        pairs = list(zip(lines[::2], lines[1::2], strict=True))
        return [
            Part(line, reply_to=reply_to, user_id=user_id, **_read(head)) for head, line in pairs
        ]
    except (TypeError, ValueError) as error:
        raise NoFrame(f"its frame cannot be read: {error}") from error


def _read(head: bytes) -> dict[str, Any]:
    given = orjson.loads(head)
    if not isinstance(given, dict):
        raise TypeError("properties that are no object")
    texts = {name: given.pop(name, None) for name in ("message_id", "type", "correlation_id")}
    headers = given.pop("headers", {})
    if given or not isinstance(headers, dict):
        raise TypeError("properties that no part has")
    if not all(value is None or isinstance(value, str) for value in texts.values()):
        raise TypeError("a property that is no text")
    return {**texts, "headers": headers}


def as_message(frame: RabbitMessage, part: Part) -> RabbitMessage:
    """The part as FastStream hands a message over, with the frame's decoder."""
    message = copy.copy(frame)
    message.raw_message = part  # type: ignore[assignment]  # what is read of aio-pika's
    message.body = part.body
    message.headers = dict(part.headers)
    message.content_type = part.content_type
    message.reply_to = part.reply_to or ""
    message.correlation_id = part.correlation_id or ""
    message.message_id = part.message_id or ""
    return message


class Lanes:
    """One lane an address: what comes while a confirm is awaited goes with the next message."""

    def __init__(self, send: Callable[..., Awaitable[None]], *, framing: bool) -> None:
        self._send = send
        self._framing = framing
        self._lanes: dict[tuple[str, str | None], Coalescer[Part, None]] = {}

    async def __call__(self, part: Part, **address: Any) -> None:  # noqa: ANN401  # AMQP's
        """Confirmed when it returns, alone or with others; fails as `send` does."""
        if not self._framing:
            await self._together(address, (part,))
            return
        key = (address["routing_key"], part.reply_to)
        if (lane := self._lanes.get(key)) is None:
            run = partial(self._together, address)
            lane = self._lanes[key] = Coalescer(run, size=lambda each: each.cost, most=MOST_BYTES)
        try:
            await lane(part)
        finally:
            if lane.idle and self._lanes.get(key) is lane:  # askers come and go
                del self._lanes[key]

    async def _together(self, address: Mapping[str, Any], parts: Sequence[Part]) -> list[None]:
        first, *others = parts
        if others:
            await self._send(
                packed(parts),
                content_type=FRAME,
                message_type="Frame",
                reply_to=first.reply_to,
                headers={},
                **address,
            )
        else:
            await self._send(
                first.body,
                message_id=first.message_id,
                message_type=first.type,
                correlation_id=first.correlation_id,
                reply_to=first.reply_to,
                headers=dict(first.headers),
                **address,
            )
        return [None] * len(parts)
