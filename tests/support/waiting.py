"""Waiting for something to become true: polls, with a generous limit, and says what it saw."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")


async def until(look: Callable[[], Awaitable[Seen | None]], *, limit: float = 60.0) -> Seen:
    """The first truthy thing that `look` gives; fails after `limit` seconds."""
    seen = None
    for _ in range(int(limit / 0.1)):
        seen = await look()
        if seen:
            return seen
        await asyncio.sleep(0.1)
    raise AssertionError(f"not in {limit} s; last seen: {seen!r}")
