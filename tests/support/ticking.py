"""Time as a test wants it."""

from datetime import datetime, timedelta

from shared.clock import utc_now


class Ticking:
    """A clock that is never the same twice, and that a test may put forward."""

    def __init__(self) -> None:
        self._moment = utc_now()

    def __call__(self) -> datetime:
        self._moment += timedelta(milliseconds=1)
        return self._moment

    def forward(self, span: timedelta) -> None:
        self._moment += span
