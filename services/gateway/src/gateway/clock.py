"""The store's clock, so that the stamps of several gateways order as one client's requests do."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from shared.clock import utc_now


class StoreClock:
    """Now by the store's clock: this process's, moved by the offset that was last seen."""

    def __init__(self, ask: Callable[[], Awaitable[datetime]]) -> None:
        self._ask = ask
        self._offset = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self._offset

    async def refresh(self) -> None:
        before = utc_now()
        theirs = await self._ask()
        self._offset = theirs - (before + (utc_now() - before) / 2)
