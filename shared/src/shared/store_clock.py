"""The store's clock as this process knows it: for leases, expiry and deadlines, which all share.

Nothing is put in order by it: what one client's next request has to follow is read with the
request (`Reads.newest`).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final

from prometheus_client import Gauge

from shared.clock import Clock, utc_now

ERROR = Gauge(
    "entrygo_store_clock_error_seconds", "The most that our idea of the store's clock is wrong."
)
_MEASUREMENTS: Final = 5
_TICK: Final = timedelta(milliseconds=1)  # what the store's answer leaves out
_DRIFT: Final = timedelta(milliseconds=6)  # of two clocks in a minute, 100 parts in a million


class StoreClock:
    """Now by the store's clock: this process's, moved by the best offset that was measured.

    `error` bounds how wrong it can be: half of the time that the measurement took, and the drift
    since. A worse measurement is believed only if it proves the one before wrong.
    """

    def __init__(self, ask: Callable[[], Awaitable[datetime]], now: Clock = utc_now) -> None:
        self._ask = ask
        self._now = now
        self._offset = timedelta()
        self.error = timedelta.max / 4  # nothing is known yet
        ERROR.set_function(lambda: self.error / timedelta(seconds=1))

    def __call__(self) -> datetime:
        return self._now() + self._offset

    async def refresh(self) -> None:
        """Takes the shortest of several measurements."""
        self.error += _DRIFT
        measured = [await self._measured() for _ in range(_MEASUREMENTS)]
        offset, error = min(measured, key=itemgetter(1))
        if error <= self.error or abs(offset - self._offset) > error + self.error:
            self._offset, self.error = offset, error

    async def _measured(self) -> tuple[timedelta, timedelta]:
        """The offset, and how wrong it can be: the store looked at its clock somewhere within."""
        before = self._now()
        theirs = await self._ask()
        half = abs(self._now() - before) / 2  # a clock that was set meanwhile is no good
        return theirs - (before + half), half + _TICK
