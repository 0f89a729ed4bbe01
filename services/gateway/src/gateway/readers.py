"""Who reads the queues: looked at only while somebody waits for an answer, or asks for health."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from gateway.admission import again_after
from shared.checks.queues import Depths
from shared.contracts.errors import ErrorCode
from shared.errors import QueueUnavailable, Refused
from shared.messaging.rabbit import Messages
from shared.messaging.topology import ROUTES, Route

FRESH_SECONDS: Final = 1.0
_STARTS_IN: Final = 5.0  # seconds: about as long as a worker takes
_DONE_A_SECOND: Final = 50.0  # commands, of those that wait in a queue; planners do more

Seen = TypeVar("Seen")


class Remembered(Generic[Seen]):
    """What `look` found, for a second; many who ask at once share one look."""

    def __init__(self, look: Callable[[], Awaitable[Seen]]) -> None:
        self._look = look
        self._turn = asyncio.Lock()
        self._last: tuple[float, Seen] | None = None

    async def __call__(self) -> Seen:
        async with self._turn:
            if self._last is None or _now() - self._last[0] >= FRESH_SECONDS:
                seen = await self._look()
                self._last = _now(), seen
            return self._last[1]


class Readers:
    """Ends a wait early where nobody is there to answer.

    A worker that is started again is away for a moment, and its commands are durable: a queue
    counts as deserted only when every look for as long as `absence` found no consumer.
    """

    def __init__(
        self,
        messages: Messages,
        absence: timedelta,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._messages = messages
        self._chance = chance
        self._absence = absence.total_seconds()
        self._deserted: dict[str, float] = {}  # since when
        self._looked = 0.0
        self._depths: Depths = {}
        self.seen = Remembered(self._look)

    async def ask(
        self,
        route: Route[Any, Any],
        command_id: str,
        command: bytes,
        seconds: float,
        until: datetime | None = None,
    ) -> asyncio.Task[Any]:
        """The answer; it may still be to come when the wait is over, or nobody is there."""
        reply = await self._messages.ask(
            route, command_id, command, step="gateway.ask", until=until
        )
        reply.add_done_callback(_seen)
        await self._wait(reply, route, seconds, early=until is None)
        return reply

    def check(self, route: Route[Any, Any], *, kept: bool) -> None:
        """Raises `Refused` where the route's worker is known to be missing."""
        if self._missing(route):
            then = "is kept, and done when one is" if kept else "had no key: it is not begun"
            why = f"No {route.worker} is running. The request {then}."
            details = {"worker": route.worker} | self.again(route, _STARTS_IN)
            raise Refused(ErrorCode.SERVICE_UNAVAILABLE, why, details=details)

    def again(self, route: Route[Any, Any], seconds: float = 1.0) -> dict[str, int]:
        """When to come again: `seconds`, and what those take who wait before; for `details`."""
        depth = self._depths.get(route.queue)
        seconds += depth.messages / _DONE_A_SECOND if depth else 0.0
        return {"retry_after_seconds": again_after(seconds, self._chance)}

    async def _wait(
        self, reply: asyncio.Task[Any], route: Route[Any, Any], seconds: float, *, early: bool
    ) -> None:
        """Until the reply is there, the time is over, or `early` where the queue is deserted."""
        end = _now() + seconds
        while not reply.done() and (left := end - _now()) > 0:
            await asyncio.wait({reply}, timeout=min(left, FRESH_SECONDS))
            if reply.done() or left <= FRESH_SECONDS:
                return
            await self.seen()
            if early and self._missing(route):
                return

    def _missing(self, route: Route[Any, Any]) -> bool:
        """By a look of just now; an older one says nothing."""
        since = self._deserted.get(route.queue)
        if since is None or _now() - self._looked > 2 * FRESH_SECONDS:
            return False
        return self._looked - since >= self._absence

    async def _look(self) -> Depths:
        """Empty while RabbitMQ is away, which says nothing about workers."""
        try:
            seen = await self._messages.queues(route.queue for route in ROUTES)
        except QueueUnavailable:
            seen = {}
        now = _now()
        if now - self._looked > self._absence:  # nobody looked for so long: not seen, not counted
            self._deserted.clear()
        unread = {name for name, depth in seen.items() if not depth.consumers}
        self._deserted = {name: self._deserted.get(name, now) for name in unread}
        self._looked, self._depths = now, seen
        return seen


def _seen(reply: asyncio.Task[Any]) -> None:
    if not reply.cancelled():
        reply.exception()  # who does not wait for it is not surprised by its failure


def _now() -> float:
    return asyncio.get_running_loop().time()
