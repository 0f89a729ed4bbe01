"""Queues, their consumers and backlog; which workers are there; dead letters and their age.

The counts are of what waits, not of what a worker has in hand.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from shared.checks.finding import Finding, bad, fine, span, warn
from shared.messaging import dead_letters
from shared.messaging.link import Depth
from shared.messaging.rabbit import Messages
from shared.messaging.topology import (
    MAX_LENGTH,
    ROUTES,
    SERVICES,
    WORKERS,
    dead_queue,
    retry_queue,
)

# More than a worker's queue holds in a healthy hour, and answers are late.
BACKLOG: Final = MAX_LENGTH // 100
PEEK_AGAIN_SECONDS: Final = 300.0
_GONE: Final = Depth(0, 0)
_SCALED_BY: Final = {"broker-mailer": "MAILERS", "planner-large": "PLANNERS_LARGE"}

Depths = Mapping[str, Depth]  # of the queues that exist, by name


class Standing(StrEnum):
    """Whether something works: whole, in part, or not at all."""

    UP = "UP"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


class Worker(NamedTuple):
    """A worker by its queues: the fewest consumers that one of them has, and all that waits."""

    status: Standing
    consumers: int
    backlog: int
    unread: tuple[str, ...] = ()  # its queues without a consumer


def names(retry_delays_ms: Sequence[int]) -> list[str]:
    """Every queue of the topology: work, retries, dead letters."""
    work = [route.queue for route in ROUTES]
    retries = [retry_queue(queue, delay) for queue in work for delay in retry_delays_ms]
    return [*work, *retries, *map(dead_queue, SERVICES)]


def workers(depths: Depths) -> dict[str, Worker]:
    """Each by the queues it reads: DOWN when nobody reads any of them."""
    return {
        name: _worker({r.queue: depths.get(r.queue, _GONE) for r in ROUTES if r.worker == name})
        for name in WORKERS
    }


def _worker(own: Depths) -> Worker:
    backlog = sum(depth.messages for depth in own.values())
    unread = tuple(name for name, depth in own.items() if not depth.consumers)
    if len(unread) == len(own):
        status = Standing.DOWN
    else:
        status = Standing.DEGRADED if unread or backlog > BACKLOG else Standing.UP
    return Worker(status, min(depth.consumers for depth in own.values()), backlog, unread)


def overall(servers: Iterable[bool], found: Iterable[Worker]) -> Standing:
    """DOWN when a server is away, on which everything stands; UP when all is."""
    if not all(servers):
        return Standing.DOWN
    up = all(worker.status is Standing.UP for worker in found)
    return Standing.UP if up else Standing.DEGRADED


def consumers(depths: Depths) -> dict[str, int]:
    """Of each work queue; none of one that is not there."""
    return {route.queue: depths.get(route.queue, _GONE).consumers for route in ROUTES}


def of_worker(name: str, worker: Worker) -> Finding:
    count = f"{_SCALED_BY.get(name) or f'{name}s'.upper()}={worker.consumers + 1}"
    waiting = f"{worker.backlog} waiting"
    if worker.status is Standing.DOWN:
        return bad(name, f"no process reads its queues; {waiting}", "make status")
    if worker.unread:
        line = f"nobody reads {', '.join(worker.unread)}; {waiting}"
        return bad(name, line, f"make logs SERVICE={name}")
    line = f"{worker.consumers} at each queue; {waiting}"
    if worker.status is Standing.DEGRADED:
        return warn(name, line, f"make up {count}")
    return fine(name, line)


# -- dead letters


class Letters(NamedTuple):
    number: int
    oldest_seconds: float


class _Seen(NamedTuple):
    number: int
    died: float
    at: float


class DeadLetters:
    """How many, and since when; `now` gives seconds since the epoch.

    The age stands in the letter, so one is taken and put back, which an operator's own look would
    notice: only when their number is not the one remembered, and else every few minutes.
    """

    def __init__(self, messages: Messages, now: Callable[[], float]) -> None:
        self._messages = messages
        self._now = now
        self._seen: dict[str, _Seen] = {}

    async def look(self, depths: Depths) -> dict[str, Letters]:
        return {
            service: await self._aged(service, depths.get(dead_queue(service), _GONE).messages)
            for service in SERVICES
        }

    async def _aged(self, service: str, number: int) -> Letters:
        if not number:
            return Letters(0, 0.0)
        seen, now = self._seen.get(service), self._now()
        if seen is None or seen.number != number or now - seen.at > PEEK_AGAIN_SECONDS:
            letter = await dead_letters.first(self._messages, service)
            age = letter.age(datetime.fromtimestamp(now, UTC)) if letter else None
            seen = self._seen[service] = _Seen(number, now - (age or 0.0), now)
        return Letters(number, now - seen.died)


def of_letters(service: str, letters: Letters) -> Finding:
    name = f"dead letters, {service}"
    if not letters.number:
        return fine(name, "none")
    line = f"{letters.number}, the first {span(letters.oldest_seconds)} old"
    return bad(name, line, "entrygo dlq list")
