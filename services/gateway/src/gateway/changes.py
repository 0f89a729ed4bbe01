"""Waiting for an export to change: one look at the store for all who wait in this process."""

import asyncio
import logging
from collections import defaultdict
from typing import Final

from shared.errors import StoreFault
from shared.records import EXPORTS
from shared.store import Store

log = logging.getLogger(__name__)

_LOOK_EVERY: Final = 0.2  # seconds

Waiting = tuple[asyncio.Future[None], int]


class Changes:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: defaultdict[tuple[str, str], set[Waiting]] = defaultdict(set)
        self._looking: asyncio.Task[None] | None = None

    async def beyond(self, account_id: str, export_id: str, revision: int, within: float) -> bool:
        """Whether the export has another revision, at most so many seconds later."""
        place = account_id, export_id
        waiting = asyncio.get_running_loop().create_future(), revision
        self._waiting[place].add(waiting)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            done, _ = await asyncio.wait([waiting[0]], timeout=within)
            return bool(done)
        finally:
            self._waiting[place].discard(waiting)
            if not self._waiting[place]:
                del self._waiting[place]

    async def _look(self) -> None:
        while self._waiting:
            await asyncio.sleep(_LOOK_EVERY)
            accounts, ids = ({place[part] for place in self._waiting} for part in (0, 1))
            query = {"account_id": {"$in": [*accounts]}, "_id": {"$in": [*ids]}}
            fields = {"account_id": 1, "revision": 1}
            try:
                found = await self._store.find(EXPORTS, query, projection=fields)
            except StoreFault as error:
                log.warning("not looked at", extra={"why": str(error)[:300]})
                continue
            for export in found:
                for changed, seen in self._waiting.get((export["account_id"], export["_id"]), ()):
                    if export["revision"] != seen and not changed.done():
                        changed.set_result(None)
