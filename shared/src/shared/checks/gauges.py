"""Gauges of what somebody is woken for: of the whole system, looked at beside the scrapes.

Each process that shows them shows the same, so an alert takes the `max` of them, never the sum.
What cannot be seen is not shown: a gauge whose server is away is gone, not at its last value.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from prometheus_client import Gauge

from shared.checks import exports, queues
from shared.clock import utc_now
from shared.errors import QueueUnavailable, StoreFault
from shared.messaging.rabbit import Messages
from shared.store import Store

UP: Final = Gauge("entrygo_server_up", "Whether the server works.", ["server"])
EXPORTS: Final = Gauge("entrygo_exports", "Exports under way or stuck.", ["status"])
OLDEST_EXPORT: Final = Gauge(
    "entrygo_oldest_export_seconds", "How long the oldest has the status.", ["status"]
)
MAILS: Final = Gauge("entrygo_waiting_mails", "Mails that wait, and why.", ["why", "partner"])
MESSAGES: Final = Gauge("entrygo_queue_messages", "Messages that wait.", ["queue"])
CONSUMERS: Final = Gauge("entrygo_queue_consumers", "Consumers of a work queue.", ["queue"])
LETTERS: Final = Gauge("entrygo_dead_letters", "Dead letters.", ["service"])
OLDEST_LETTER: Final = Gauge(
    "entrygo_oldest_dead_letter_seconds", "Age of the first dead letter.", ["service"]
)
_OF_STORE: Final = (EXPORTS, OLDEST_EXPORT, MAILS)
_OF_RABBIT: Final = (MESSAGES, CONSUMERS, LETTERS, OLDEST_LETTER)


class Gauges:
    def __init__(self, store: Store, messages: Messages, retry_delays_ms: Sequence[int]) -> None:
        self._store = store
        self._messages = messages
        self._names = queues.names(retry_delays_ms)
        self._letters = queues.DeadLetters(messages, lambda: utc_now().timestamp())

    async def refresh(self) -> None:
        await asyncio.gather(self._of_store(), self._of_rabbit())

    async def _of_store(self) -> None:
        try:
            works = await self._store.takes_writes()
            now = await self._store.now()
            by_status = await exports.by_status(self._store, now)
            waiting = await exports.waiting(self._store, now)
        except StoreFault:
            _away("store", _OF_STORE)
            return
        UP.labels("store").set(works)
        _set(EXPORTS, {status: group.number for status, group in by_status.items()})
        _set(OLDEST_EXPORT, {status: group.oldest_seconds for status, group in by_status.items()})
        for (why, partner), group in waiting.items():
            MAILS.labels(why, partner).set(group.number)

    async def _of_rabbit(self) -> None:
        try:
            works = await self._messages.ready()
            depths = await self._messages.queues(self._names)
            letters = await self._letters.look(depths)
        except QueueUnavailable:
            _away("queue", _OF_RABBIT)
            return
        UP.labels("queue").set(works)
        _set(MESSAGES, {name: depth.messages for name, depth in depths.items()})
        _set(CONSUMERS, queues.consumers(depths))
        _set(LETTERS, {service: each.number for service, each in letters.items()})
        _set(OLDEST_LETTER, {service: each.oldest_seconds for service, each in letters.items()})


def _set(gauge: Gauge, values: Mapping[str, float]) -> None:
    for label, value in values.items():
        gauge.labels(label).set(value)


def _away(server: str, gauges: Sequence[Gauge]) -> None:
    UP.labels(server).set(0)
    for gauge in gauges:
        gauge.clear()
