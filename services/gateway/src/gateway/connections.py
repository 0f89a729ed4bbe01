"""What a connection may cost before a route is reached: bytes, time, and how many there are.

uvicorn bounds none of it but the pause between two requests. Time is looked at once a second for
all connections, so that a request costs no timer.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from gateway.settings import Limits
from shared.contracts.errors import ErrorCode, Refusal, refusal
from shared.service import begun

_LOOK_EVERY: Final = 1.0  # seconds
_MOST_PIPELINED: Final = 32  # requests that wait for the answer to an earlier one


class _Awaited(Enum):
    """What the client has to send next."""

    HEAD = auto()
    BODY = auto()
    NOTHING = auto()


class Watch:
    """The open connections of this process; each that lets us wait too long is ended."""

    def __init__(self, limits: Limits, respond: Callable[[Refusal], Response]) -> None:
        self.limits = limits
        self.respond = respond
        self._open: set[Connection] = set()
        self._of: Counter[str] = Counter()
        self._looking: asyncio.TimerHandle | None = None

    def admits(self, connection: "Connection") -> bool:
        address = connection.address
        most = self.limits.connections_per_address
        if len(self._open) >= self.limits.connections or (most and self._of[address] >= most):
            return False
        self._open.add(connection)
        self._of[address] += 1
        if self._looking is None:
            self._looking = connection.loop.call_later(_LOOK_EVERY, self._look)
        return True

    def ended(self, connection: "Connection") -> None:
        if connection in self._open:
            self._open.remove(connection)
            self._of[connection.address] -= 1
            self._of += Counter()  # drops who has none any more

    def _look(self) -> None:
        self._looking = None
        for connection in list(self._open):
            connection.end_if_late(self.limits)
        if self._open:
            loop = next(iter(self._open)).loop
            self._looking = loop.call_later(_LOOK_EVERY, self._look)


class Connection(HttpToolsProtocol):
    """uvicorn's own, within limits; what it refuses before a route gets the envelope."""

    watch: Watch

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self._refusal: Refusal | None = None
        self._unread_since: float | None = None
        self._spoke = False
        self._unparsed = 0  # bytes since the parser last gave us something: it keeps them
        self._expect(_Awaited.HEAD)
        if not self.watch.admits(self):
            self._end(refusal(ErrorCode.SERVICE_UNAVAILABLE, "Too many connections are open."))

    def connection_lost(self, exc: Exception | None) -> None:
        self.watch.ended(self)
        super().connection_lost(exc)

    @property
    def address(self) -> str:
        return self.client[0] if self.client else ""

    @property
    def _request(self) -> RequestResponseCycle | None:
        """The last one whose headers came, if any: uvicorn's annotation says always."""
        return self.cycle

    # -- bytes

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._spoke, self._heard = True, self.loop.time()
        self._unparsed += len(data)
        super().data_received(data)
        if self._unparsed > self.watch.limits.head_bytes and not self.transport.is_closing():
            self._end(_head_too_large())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0
        if self._request is None:
            return  # as since the connection; later heads come in a piece with another's end
        self._expect(_Awaited.HEAD)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self.watch.limits.target_bytes:
            self._stop(refusal(ErrorCode.PAYLOAD_TOO_LARGE, "The URL is too long.", status=414))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._unparsed = 0
        self._head_bytes += len(name) + len(value)
        limits = self.watch.limits
        if self._head_bytes > limits.head_bytes or len(self.headers) >= limits.headers:
            self._stop(_head_too_large())
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._expect(_Awaited.BODY)
        if len(self.pipeline) >= _MOST_PIPELINED:
            self._stop(refusal(ErrorCode.INVALID_REQUEST, "Too many requests at once."))
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._expect(_Awaited.NOTHING)
        super().on_message_complete()

    def _stop(self, answer: Refusal) -> None:
        """Ends the parsing, whose end uvicorn answers by `send_400_response`."""
        self._refusal = answer
        raise ValueError(answer.message)

    # -- time

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread_since = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unread_since = None

    def _expect(self, awaited: _Awaited) -> None:
        self._awaited, self._since, self._unparsed = awaited, self.loop.time(), 0
        self._heard = self._since

    def end_if_late(self, limits: Limits) -> None:
        now = self.loop.time()
        if self._unread_since is not None:
            if now - self._unread_since > limits.unread_seconds:
                self.transport.abort()  # what waits to be read will never be
        elif self._is_late(now, limits) and not self.transport.is_closing():
            if not self._spoke:
                self.transport.close()
            else:
                late = refusal(ErrorCode.INVALID_REQUEST, "The request took too long.", status=408)
                self._end(late)

    def _is_late(self, now: float, limits: Limits) -> bool:
        waits, silent = now - self._since, now - self._heard
        if self._awaited is _Awaited.HEAD:
            answered = self._request is None or self._request.response_complete
            return answered and waits > limits.head_seconds
        if self._awaited is _Awaited.BODY and not self.flow.read_paused:
            return silent > limits.silent_seconds or waits > limits.body_seconds
        return False

    # -- the end

    def send_400_response(self, msg: str) -> None:
        self._end(self._refusal or refusal(ErrorCode.INVALID_REQUEST, msg))

    def _end(self, answer: Refusal) -> None:
        """The envelope, unless an answer is under way already; nothing after it is read."""
        request = self._request
        begun_to_answer = request and request.response_started and not request.response_complete
        if not (begun_to_answer or self.pipeline):
            headers, response = begun(b""), self.watch.respond(answer)
            headers += [*response.raw_headers, (b"connection", b"close")]
            lines = [b"%s: %s\r\n" % header for header in headers]
            head = b"".join([STATUS_LINE[answer.status], *lines, b"\r\n"])
            self.transport.write(head + response.body)
        self.transport.close()


def _head_too_large() -> Refusal:
    message = "The headers are too many or too long."
    return refusal(ErrorCode.PAYLOAD_TOO_LARGE, message, status=431)


def within(limits: Limits, respond: Callable[[Refusal], Response]) -> type[Connection]:
    """The protocol class of a process, whose connections it counts."""
    return type("Limited", (Connection,), {"watch": Watch(limits, respond)})
