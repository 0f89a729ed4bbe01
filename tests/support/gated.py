"""A store that can be held, or die, just before or after a step: races and crashes by hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from shared.bulk import Each, Guarded
from shared.records import Collection, Part, Place, Record
from shared.store import Store, Update

Hook = Callable[[], Awaitable[None]]


class Died(BaseException):
    """The process ends here: nothing after it is run, nothing is cleaned up."""


class Pause:
    """A place where one runner waits, until the test lets it go on."""

    def __init__(self) -> None:
        self._reached, self._go = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> None:
        self._reached.set()
        await self._go.wait()

    async def reached(self, runner: "asyncio.Task[Any]") -> None:
        """Returns when the runner stands there; fails if it ends without coming by."""
        arrival = asyncio.create_task(self._reached.wait())
        await asyncio.wait({arrival, runner}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        if not self._reached.is_set():
            arrival.cancel()
            raise AssertionError(f"never came by: {runner!r}")

    def go_on(self) -> None:
        self._go.set()


class GatedStore(Store):
    """`passed` lists the steps in the order in which they were done."""

    _gates: dict[tuple[str, str], Hook]
    passed: list[str]

    def prepare(self) -> None:
        self._gates, self.passed = {}, []

    def at(self, step: str, when: str, hook: Hook) -> None:
        """Runs the hook at the next passing; `when` is `before` or `after`."""
        self._gates[step, when] = hook

    def pause(self, step: str, when: str) -> Pause:
        pause = Pause()
        self.at(step, when, pause)
        return pause

    def die(self, step: str, when: str) -> None:
        async def die() -> None:
            raise Died(step)

        self.at(step, when, die)

    @asynccontextmanager
    async def _gate(self, step: str) -> AsyncIterator[None]:
        await self._passing(step, "before")
        yield
        self.passed.append(step)
        await self._passing(step, "after")

    async def _passing(self, step: str, when: str) -> None:
        hook = self._gates.pop((step, when), None)
        if hook is not None:
            await hook()

    async def get_many(self, part: Part[Record], ids: Iterable[str]) -> dict[str, Record]:
        async with self._gate(f"read {part.collection}"):
            return await super().get_many(part, ids)

    async def put_if_absent(self, place: Place[Record], document: Record, *, step: str) -> bool:
        async with self._gate(step):
            return await super().put_if_absent(place, document, step=step)

    async def put_blobs(self, parts: Sequence[bytes], *, step: str) -> list[str]:
        async with self._gate(step):
            return await super().put_blobs(parts, step=step)

    async def transition(
        self, part: Part[Record], id_: str, guard: Mapping[str, Any], update: Update, *, step: str
    ) -> Record | None:
        async with self._gate(step):
            return await super().transition(part, id_, guard, update, step=step)

    async def write_each(
        self,
        part: Part[Record],
        inserts: Sequence[Record],
        updates: Sequence[Guarded | Each],
        *,
        step: str,
    ) -> bool:
        async with self._gate(step):
            return await super().write_each(part, inserts, updates, step=step)

    async def insert_ordered(
        self, collection: Collection[Record], documents: Sequence[Record], *, step: str
    ) -> int | None:
        async with self._gate(step):
            return await super().insert_ordered(collection, documents, step=step)

    async def delete(self, part: Part[Record], query: Mapping[str, Any], *, step: str) -> int:
        async with self._gate(step):
            return await super().delete(part, query, step=step)
