"""What always holds (docs/architecture.md), asked of the records and documents that are stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple


class Violation(NamedTuple):
    """One thing that does not hold: which invariant, of which record, and what is seen."""

    invariant: str
    id: str
    seen: str


@dataclass(frozen=True)
class Moment:
    """The store's time, and for how long the sweeps may leave a thing alone."""

    now: datetime
    patience: timedelta

    @property
    def long_ago(self) -> datetime:
        return self.now - self.patience
