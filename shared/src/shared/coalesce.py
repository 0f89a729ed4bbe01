"""What arrives while a round trip is under way shares the next one.

A lone call starts its round trip at once and waits for nothing. Used by the seams; the callers are
written for one item each and know nothing of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Made = TypeVar("Made")


class ByName(dict[str, Made]):
    """One of a kind for each name, made at its first use."""

    def __init__(self, make: Callable[[str], Made]) -> None:
        self._make = make

    def __missing__(self, name: str) -> Made:
        made = self[name] = self._make(name)
        return made


class Coalescer(Generic[Item, Answer]):
    """`await coalescer(item)` gives the item's own answer, or raises its own error.

    `run` makes one round trip for its items and answers each in order; an exception among the
    answers fails that item alone, an exception raised fails all items of that round trip.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Awaitable[Sequence[Answer | Exception]]],
        *,
        size: Callable[[Item], int] = lambda _: 1,
        most: int = 500,
        pause: float = 0.0,
    ) -> None:
        """`most` bounds the sum of the items' sizes in one round trip; one item always goes.

        `pause` is for what nobody waits for: seconds from one round trip to the next, at least.
        """
        self._run = run
        self._size = size
        self._most = most
        self._pause = pause
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._worker: asyncio.Task[None] | None = None

    def __call__(self, item: Item) -> asyncio.Future[Answer]:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._worker is None:
            self._worker = asyncio.create_task(self._drain())
        return answer

    @property
    def idle(self) -> bool:
        """Nothing waits and nothing is under way."""
        return self._worker is None and not self._waiting

    async def _drain(self) -> None:
        try:
            while self._waiting:
                await self._round_trip(self._next_batch())
                if self._pause:
                    await asyncio.sleep(self._pause)
        finally:
            self._worker = None

    def _next_batch(self) -> list[tuple[Item, asyncio.Future[Answer]]]:
        total = 0
        for place, (item, _) in enumerate(self._waiting):
            total += self._size(item)
            if place and total > self._most:
                break
        else:
            place = len(self._waiting)
        batch, self._waiting = self._waiting[:place], self._waiting[place:]
        return [entry for entry in batch if not entry[1].done()]

    async def _round_trip(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        if not batch:  # every caller was cancelled
            return
        try:
            answers = await self._run([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001  # each waiting call gets the failure itself
            answers = [error] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():  # its caller was cancelled meanwhile
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
