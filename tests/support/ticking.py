"""Time as a test wants it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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


@dataclass
class Clockwork:
    """A clock that the test moves."""

    moment: datetime = datetime(2026, 11, 24, 15, 38, 5, 731_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)
