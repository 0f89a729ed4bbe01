"""How much is stored of an account, about: refused early what would be more than its share.

Counted by what was added since `entrygo purge` counted what is there; what is added goes into the
store every few seconds, so that all gateways know. What was executed is not counted: it is kept.
"""

from collections import Counter
from typing import Final

from shared.clock import Clock
from shared.contracts.errors import ErrorCode
from shared.errors import Refused, StoreFault
from shared.records import STORAGE, Document, day_of
from shared.store import Store

_AGAIN_SECONDS: Final = 3_600  # it takes a person, or a purge
_MOST_KNOWN: Final = 10_000


class Storage:
    def __init__(self, store: Store, share: int, now: Clock) -> None:
        self._store, self._share, self._now = store, share, now
        self._known: dict[str, int] = {}
        self._added = Counter[str]()

    def check(self, account_id: str) -> None:
        """Raises `Refused` (RATE_LIMITED) where the account has its share; 0: there is none."""
        stored = self._known.get(account_id, 0) + self._added[account_id]
        if self._share and stored >= self._share:
            message = f"The account stores {stored} bytes, all of its share. Ask the operator."
            details = {"retry_after_seconds": _AGAIN_SECONDS}
            raise Refused(ErrorCode.RATE_LIMITED, message, details=details)

    def add(self, account_id: str, bytes_: int) -> None:
        self._added[account_id] += bytes_

    async def refresh(self) -> None:
        """Tells the store what was added, and takes what all gateways told of these accounts."""
        added, self._added = self._added, Counter()
        day = f"days.{day_of(self._now())}"
        for account_id in list(added):
            change = {"$inc": {day: added[account_id]}}
            part = STORAGE.of(account_id)
            try:
                await self._store.upsert_each(
                    part, [(account_id, change)], step="gateway.count_stored"
                )
            except StoreFault:
                self._added.update(added)
                raise
            del added[account_id]
            self._known.setdefault(account_id, 0)
        while len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        ids = list(self._known)
        query = {"_id": {"$in": ids}, "account_id": {"$in": ids}}
        for stored in await self._store.find(STORAGE, query) if ids else ():
            self._known[stored["_id"]] = _sum(stored)


def _sum(stored: Document) -> int:
    since = stored.get("counted_on", "")
    later = (count for day, count in stored.get("days", {}).items() if day >= since)
    counted: int = stored.get("counted", 0) + sum(later)
    return counted
