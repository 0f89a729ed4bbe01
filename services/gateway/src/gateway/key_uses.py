"""When each key was last used: noted beside the request, at most once an hour by each process."""

import asyncio
import logging
import time
from datetime import timedelta
from typing import Final

from shared.clock import Clock, timestamp
from shared.errors import StoreFault
from shared.records import KEY_USES
from shared.store import Store

EVERY: Final = timedelta(hours=1).total_seconds()
_MOST_KEYS: Final = 10_000
log = logging.getLogger(__name__)


class KeyUses:
    def __init__(self, store: Store, now: Clock) -> None:
        self._store = store
        self._now = now
        self._noted: dict[str, float] = {}
        self._tasks = set[asyncio.Task[None]]()

    def note(self, key_id: str) -> None:
        """That it is used now; nobody waits for it to be written."""
        if time.monotonic() - self._noted.get(key_id, -EVERY) < EVERY:
            return
        if len(self._noted) >= _MOST_KEYS:
            self._noted.clear()
        self._noted[key_id] = time.monotonic()
        task = asyncio.create_task(self._keep(key_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        await asyncio.gather(*self._tasks)

    async def _keep(self, key_id: str) -> None:
        last = {"$max": {"last_used_at": timestamp(self._now())}}
        try:
            await self._store.upsert_each(KEY_USES, [(key_id, last)], step="gateway.note_key_use")
        except StoreFault as error:
            self._noted.pop(key_id, None)  # its next use is noted instead
            log.warning("the use of a key was not noted", extra={"why": str(error)[:200]})
