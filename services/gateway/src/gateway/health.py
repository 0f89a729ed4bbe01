"""Whether the service can work: its servers, and its workers by the queues they read."""

import asyncio
from typing import Any

from gateway.readers import Readers, Remembered
from shared.checks.queues import overall, workers
from shared.contracts.snapshot import PROTOCOL
from shared.messaging.rabbit import Messages
from shared.store import Store


class Health:
    """Looked at once a second at most, however many ask."""

    def __init__(self, store: Store, messages: Messages, readers: Readers) -> None:
        self._store = store
        self._messages = messages
        self._readers = readers
        self.view = Remembered(self._look)

    async def _look(self) -> dict[str, Any]:
        store, rabbit, depths = await asyncio.gather(
            self._store.takes_writes(), self._messages.ready(), self._readers.seen()
        )
        servers, found = {"store": store, "queue": rabbit}, workers(depths)
        return {
            "status": overall(servers.values(), found.values()),
            "protocol": PROTOCOL,
            "dependencies": {
                name: {"status": "UP" if up else "DOWN"} for name, up in servers.items()
            },
            "workers": {
                name: {"status": its.status, "consumers": its.consumers, "backlog": its.backlog}
                for name, its in found.items()
            },
        }
