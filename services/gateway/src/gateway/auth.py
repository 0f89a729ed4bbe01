"""Who is asking: API keys, the warehouse they may be limited to, and how often they may ask."""

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, inf
from typing import Final

from gateway.key_uses import KeyUses
from gateway.settings import Settings
from shared.clock import Clock, parse_timestamp, utc_now
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.records import API_KEYS, ApiKey
from shared.store import Store

_KEY: Final = re.compile(r"shpbndl_(live|test)_[A-Za-z0-9_-]{8,200}")
_MOST_CACHED: Final = 10_000
_ROUNDED: Final = 1e-9  # tokens


@dataclass(frozen=True)
class Principal:
    """The account a key acts for; `warehouse_id` where the key is limited to one."""

    key_id: str
    account_id: str
    warehouse_id: str | None = None

    def may_see(self, warehouse_id: str) -> bool:
        return self.warehouse_id in {None, warehouse_id}


@dataclass
class RateLimit:
    """A token bucket for each name; each gateway process counts for itself."""

    per_second: float
    burst: int
    message: str | None = None
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def check(self, name: str, amount: float = 1.0) -> float:
        """The tokens that are there.

        Raises:
            Refused: RATE_LIMITED, with how many seconds to wait, when they are too few.
        """
        now = self.clock()
        tokens, since = self._buckets.get(name, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + (now - since) * self.per_second)
        if self.per_second and tokens < amount - _ROUNDED:
            seconds = ceil((amount - tokens) / self.per_second)
            details = {"retry_after_seconds": seconds}
            raise Refused(ErrorCode.RATE_LIMITED, self.message, details=details)
        return tokens

    def take(self, name: str, amount: float = 1.0) -> None:
        """As `check`, and takes them."""
        self._buckets[name] = (self.check(name, amount) - amount, self.clock())
        self._buckets.move_to_end(name)
        if len(self._buckets) > _MOST_CACHED:
            self._buckets.popitem(last=False)


class Authenticator:
    """Finds keys by their SHA-256, so that no comparison depends on how much of a key was right.

    A key that was found is remembered for a time (`key_cache`): a revocation works after that
    at the latest, an expiry at its moment. Unknown keys are not remembered, but who sends too many
    of them is: then only keys that this process knows already are looked up for that address.
    """

    def __init__(self, store: Store, settings: Settings, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now
        self._uses = KeyUses(store, now)
        self._cached_for = settings.key_cache.total_seconds()
        message = "Too many wrong API keys from this address."
        self._wrong = RateLimit(settings.wrong_keys_per_second, settings.wrong_keys_burst, message)
        self._cache: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def principal(self, authorization: str | None, address: str) -> Principal:
        scheme, _, key = (authorization or "").partition(" ")
        key = key.strip()
        if not authorization or scheme.lower() != "bearer" or not key:
            raise Refused(ErrorCode.INVALID_API_KEY, "Missing API key.")
        if not _KEY.fullmatch(key):
            raise Refused(ErrorCode.INVALID_API_KEY)
        digest = hashlib.sha256(key.encode()).hexdigest()
        until, known = self._cache.get(digest, (0.0, None))
        if known is not None and time.monotonic() < until:
            return known
        if known is None:
            self._wrong.check(address)
        asked_at = time.monotonic()
        record = await self._store.get(API_KEYS, digest)
        left = self._cached_for if record is None else self._lasting(record)
        if record is None or record["revoked_at"] is not None or left <= 0:
            self._cache.pop(digest, None)
            self._wrong.take(address)
            over = record is not None and left <= 0
            raise Refused(ErrorCode.INVALID_API_KEY, "The API key has expired." if over else None)
        self._uses.note(digest)
        found = Principal(digest, record["account_id"], record["warehouse_id"])
        self._cache[digest] = (asked_at + min(self._cached_for, left), found)
        self._cache.move_to_end(digest)
        if len(self._cache) > _MOST_CACHED:
            self._cache.popitem(last=False)
        return found

    async def stop(self) -> None:
        await self._uses.stop()

    def _lasting(self, record: ApiKey) -> float:
        """For how many seconds more the key is good."""
        expires_at = record.get("expires_at")
        return (parse_timestamp(expires_at) - self._now()).total_seconds() if expires_at else inf


def check_account(principal: Principal, account_id: str) -> None:
    if account_id != principal.account_id:
        raise Refused(ErrorCode.INVALID_ACCOUNT_SCOPE, field="accountId")
