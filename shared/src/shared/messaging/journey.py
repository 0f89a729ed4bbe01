"""What a message carries beside its body: where it has been, and what its copies carry on.

Only these headers are ours. They are read as strictly as a body, since anyone may publish, and a
copy carries no others but `traceparent`, which is W3C's: one that is none is not there.
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from faststream.rabbit import RabbitMessage

from shared import tracing
from shared.clock import parse_timestamp, timestamp, utc_now
from shared.logs import request_id
from shared.messaging.permissions import publisher_of, role_of
from shared.messaging.topology import OPERATOR

REQUEST_ID: Final = "x-request-id"
ATTEMPT: Final = "x-attempt"
FAULTS: Final = "x-faults"
FIRST_SEEN: Final = "x-first-seen"
UNTIL: Final = "x-until"  # after that nobody waits: it is not begun
LAST_ERROR: Final = "x-last-error"
REASON: Final = "x-reason"
ASKER: Final = "x-asker"  # on a copy of ours: the user that asked
DIED_AT: Final = "x-died-at"
DELIVERIES: Final = "x-deliveries"  # of the frame that a message came in, before it went on alone
_REDELIVERIES: Final = "x-delivery-count"  # RabbitMQ's own

_MOST: Final = 2**31 - 1
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_LONGEST: Final = 4_000


class Asking(NamedTuple):
    """Who sent the message in hand."""

    user: str  # at RabbitMQ, as that checked it; "" where it does not say
    waits: bool  # for an answer

    @property
    def publisher(self) -> str | None:
        """Its name, which stands on what it wrote; None of the gateway and the operator."""
        return publisher_of(self.user)


in_hand: ContextVar[Asking] = ContextVar("in_hand")


class WrongHeader(ValueError):
    """A header of ours that is not what we write."""


@dataclass(frozen=True)
class Journey:
    request_id: str
    first_seen: datetime
    attempt: int = 0
    faults: int = 0
    deliveries: int = 0  # before this one
    until: datetime | None = None
    traceparent: str | None = None

    @classmethod
    def read(cls, headers: Mapping[str, Any], now: datetime) -> "Journey":
        """What the headers tell; a message without any was first seen now.

        Raises:
            WrongHeader: one of them is not what we write.
        """
        return cls(
            request_id=_name(headers, REQUEST_ID),
            first_seen=_moment(headers, FIRST_SEEN) or now,
            attempt=_count(headers, ATTEMPT),
            faults=_count(headers, FAULTS),
            deliveries=_count(headers, DELIVERIES) and delivered(headers),
            until=_moment(headers, UNTIL),
            traceparent=tracing.read(headers) or tracing.traceparent(),
        )

    @classmethod
    def unread(cls, headers: Mapping[str, Any]) -> "Journey":
        """Of a message whose own headers are not to be believed."""
        return cls(request_id.get(), utc_now(), traceparent=tracing.read(headers))

    def headers(self) -> dict[str, Any]:
        named = {REQUEST_ID: self.request_id} if self.request_id else {}
        counts = {ATTEMPT: self.attempt, FAULTS: self.faults} if self.attempt else {}
        traced = {tracing.TRACEPARENT: self.traceparent} if self.traceparent else {}
        awaited = {UNTIL: timestamp(self.until)} if self.until else {}
        return {**named, **traced, **awaited, FIRST_SEEN: timestamp(self.first_seen), **counts}


def delivered(headers: Mapping[str, Any]) -> int:
    """How often it was delivered before this time, alone and in a frame."""
    return _count(headers, DELIVERIES) + _count(headers, _REDELIVERIES)


def of_request(until: datetime | None = None) -> dict[str, str]:
    """The headers of a message that is sent on behalf of the request at hand."""
    known = request_id.get()
    awaited = {UNTIL: timestamp(until)} if until else {}
    return ({REQUEST_ID: known} if known else {}) | awaited | tracing.headers()


def asked_by(message: RabbitMessage, own: str) -> str:
    """The user that asked, as RabbitMQ checked it; on a copy, as `own`, who made it, wrote.

    Of a replay the operator (or a user that all share) may say that a publisher did.
    """
    user = message.raw_message.user_id or ""
    first = str(message.headers.get(ASKER, user))
    replayed = role_of(user) in {None, OPERATOR} and publisher_of(first)
    return first if user and (user == own or replayed) else user


def copied(message: RabbitMessage, *, keep_caller: bool) -> dict[str, Any]:
    """The properties of a copy, but for its headers: the message's identity."""
    raw = message.raw_message
    return {
        "message_id": raw.message_id,
        "message_type": raw.type,
        "content_type": raw.content_type,
        "correlation_id": raw.correlation_id,
        "reply_to": raw.reply_to if keep_caller else None,
    }


def printable(text: str) -> str:
    """Fit for a header: UTF-8, and short enough that the frame holds it."""
    return text[:_LONGEST].encode("utf-8", "replace").decode()


def _count(headers: Mapping[str, Any], name: str) -> int:
    value = headers.get(name)
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value <= _MOST:
        raise _wrong(name, value)
    return value


def _moment(headers: Mapping[str, Any], name: str) -> datetime | None:
    value = headers.get(name)
    if value is None:
        return None
    try:
        if not value.endswith("Z"):
            raise _wrong(name, value)
        return parse_timestamp(value)
    except (AttributeError, TypeError, ValueError) as error:
        raise _wrong(name, value) from error


def _name(headers: Mapping[str, Any], name: str) -> str:
    value = headers.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise _wrong(name, value)
    return value


def _wrong(name: str, value: object) -> WrongHeader:
    return WrongHeader(f"the header {name} cannot be {value!r:.100}")
