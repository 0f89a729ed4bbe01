"""When a delivery is tried again: a pure decision, apart from whoever tries."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

JITTER: Final = 0.1  # later by at most a tenth, so that many failed at once come back apart


@dataclass(frozen=True)
class RetryPolicy:
    """Growing delays, then equal ones for as long as they all fit into `within`."""

    growing: tuple[timedelta, ...]
    then_every: timedelta
    within: timedelta

    @property
    def delays(self) -> tuple[timedelta, ...]:
        left = self.within - sum(self.growing, timedelta())
        return self.growing + (self.then_every,) * max(0, left // self.then_every)

    def delay(self, failures: int, chance: float) -> timedelta | None:
        """How long to wait after this many failures; None when the budget is used up.

        `chance` is a number from 0 up to 1.
        """
        delays = self.delays
        if failures > len(delays):
            return None
        return delays[failures - 1] * (1 + JITTER * chance)
