"""How much may be under way at once: of each account its share, of all what this process serves.

What is over an account's share is 429, what is over the process's 503, both before it queues. An
account's keys share its share. One thing alone is always let in, however large; who asks for little
is let in among a crowd of those who ask for much; and for a moment four times as much may come.
"""

import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, MutableMapping
from typing import Any, Final

from gateway.auth import RateLimit
from gateway.settings import Shares
from shared.contracts.errors import ErrorCode
from shared.errors import Refused

_HELD: Final = "held"  # in the state of a request's scope
_LONGEST_PAUSE: Final = 30  # seconds
_LITTLE: Final = 16  # a part of a share
_BURST: Final = 3  # shares, beside the one that is always there
# Shares a second that may burst again: of an account, and of all, where a crowd that stays is held
# to the share, since what all do takes the longer the more of them there are.
_BURST_BACK: Final = 0.5
_ALL_BURST_BACK: Final = 0.05

Scope = MutableMapping[str, Any]


class Admission:
    """Counts by kind: `commands`, their `orders`, `bytes` of bodies, and `waits` of inspect."""

    def __init__(
        self,
        shares: Shares,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._shares = shares
        self._chance = chance
        self._all: Counter[str] = Counter()
        self._of: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._burst = RateLimit(_BURST_BACK, _BURST, clock=clock)
        self._all_burst = RateLimit(_ALL_BURST_BACK, _BURST, clock=clock)
        self._turned_away, self._ended = _Lately(clock), _Lately(clock)

    def hold(self, scope: Scope, account_id: str, **amounts: int) -> None:
        """Lets the request go on, and counts it until `release`.

        Raises:
            Refused: RATE_LIMITED, or SERVICE_UNAVAILABLE, with when to come again.
        """
        for kind, amount in amounts.items():
            own, share = self._of[account_id][kind], self._shares.of_account(kind)
            name = f"{account_id} {kind}"
            if _over(own, amount, share) and not _bursts(self._burst, name, amount / share):
                message = f"Too many {kind} of this account are under way."
                raise self._refused(ErrorCode.RATE_LIMITED, message, crowd=1.0)
            room = 2 if own + amount <= share / _LITTLE else 1
            whole = room * self._shares.of_all(kind)
            if _over(self._all[kind], amount, whole) and not _bursts(
                self._all_burst, kind, amount / whole
            ):
                self._turned_away.count()
                crowd = self._turned_away.number / max(self._ended.number, 1.0)
                message = "The service has more to do than it can; nothing was begun."
                raise self._refused(ErrorCode.SERVICE_UNAVAILABLE, message, crowd)
        self._all.update(amounts)
        self._of[account_id].update(amounts)
        scope.setdefault("state", {}).setdefault(_HELD, []).append((account_id, amounts))

    def release(self, scope: Scope) -> None:
        """What the request held; its answer was sent, or its caller is gone."""
        for account_id, amounts in scope.get("state", {}).pop(_HELD, ()):
            self._all.subtract(amounts)
            self._of[account_id].subtract(amounts)
            if not any(self._of[account_id].values()):
                del self._of[account_id]
            self._ended.count()

    def _refused(self, code: ErrorCode, message: str, crowd: float) -> Refused:
        """Longer the more are turned away for each that is served, and never all at once."""
        details = {"retry_after_seconds": again_after(1.0 + crowd, self._chance)}
        return Refused(code, message, details=details)


def again_after(seconds: float, chance: Callable[[], float] = random.random) -> int:
    """About so many, so that not all who are told it come back at once; whole, and no half hour."""
    return min(math.ceil(seconds * (0.5 + chance())), _LONGEST_PAUSE)


def _bursts(limit: RateLimit, name: str, shares: float) -> bool:
    """Whether a crowd of this moment is let in beyond the share."""
    try:
        limit.take(name, shares)
    except Refused:
        return False
    return True


def _over(held: int, amount: int, most: int) -> bool:
    return held > 0 and held + amount > most


class _Lately:
    """About how often something happened in the last seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._number, self._at = 0.0, clock()

    @property
    def number(self) -> float:
        return self._number * math.exp(self._at - self._clock())

    def count(self) -> None:
        self._number, self._at = self.number + 1.0, self._clock()
