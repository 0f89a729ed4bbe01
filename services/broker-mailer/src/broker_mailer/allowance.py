"""How much may be in hand at once, in bytes: a burst of large mails waits instead of growing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Allowance:
    """First come, first served, so that small ones do not overtake a large one for ever."""

    def __init__(self, total: int) -> None:
        self._total = self._left = total
        self._turn, self._freed = asyncio.Lock(), asyncio.Event()

    @asynccontextmanager
    async def of(self, size: int) -> AsyncIterator[None]:
        """Holds so many bytes; what is larger than all there is takes all there is."""
        taken = min(size, self._total)
        async with self._turn:
            while self._left < taken:
                self._freed.clear()
                await self._freed.wait()
            self._left -= taken
        try:
            yield
        finally:
            self._left += taken
            self._freed.set()
