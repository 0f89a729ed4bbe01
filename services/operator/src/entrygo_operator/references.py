"""Which blobs something refers to: all that is stored is read, and the digests kept on disk."""

import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import closing
from typing import Any, Final, Self

import orjson

from shared.paging import pages
from shared.records import EXPORTS, IDEMPOTENCY_KEYS, PLANS, PRINTS
from shared.store import Store

_A_PAGE: Final = 50  # exports, whose manifests are read


class References:
    """Left, it is gone; a million exports name some ten million digests, 700 MB of disk."""

    def __enter__(self) -> Self:
        self._kept = sqlite3.connect("")  # a private file without a name
        self._kept.execute("CREATE TABLE kept (digest TEXT PRIMARY KEY) WITHOUT ROWID")
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    async def read(self, store: Store) -> None:
        async for found in _referred(store):
            rows = ((digest,) for digest in found if digest)
            self._kept.executemany("INSERT OR IGNORE INTO kept VALUES (?)", rows)

    def among(self, digests: Iterable[str]) -> set[str]:
        """Those of them that something refers to."""
        asked = "SELECT 1 FROM kept WHERE digest = ?"
        with closing(self._kept.cursor()) as cursor:
            return {one for one in digests if cursor.execute(asked, (one,)).fetchone()}


async def _referred(store: Store) -> AsyncIterator[Iterable[str | None]]:
    async for plans in pages(store, PLANS, shown=("plan_hash", "view_sha256")):
        yield (digest for plan in plans for digest in _of_plan(plan))
    shown = ("plan", "plans", "artifacts", "deliveries")
    async for exports in pages(store, EXPORTS, size=_A_PAGE, shown=shown):
        yield (digest for export in exports for digest in _of_export(export))
        manifests = await store.get_blobs(
            each["sha256"]
            for export in exports
            for each in export["artifacts"]
            if each["artifact_type"] == "manifest"
        )
        for manifest in manifests.values():
            yield (row["sha256"] for row in orjson.loads(manifest).get("beside", ()))
    async for prints in pages(store, PRINTS, shown=("sha256",)):
        yield (made["sha256"] for made in prints)
    async for keys in pages(store, IDEMPOTENCY_KEYS, shown=("outcome.blob",)):
        yield ((key.get("outcome") or {}).get("blob") for key in keys)


def _of_plan(plan: Any) -> Iterator[str | None]:  # noqa: ANN401  # a verdict, or an export's
    """Where its bytes are in the verdict itself, no blob has these names."""
    yield plan.get("plan_hash", "").removeprefix("sha256:")
    yield plan.get("view_sha256")


def _of_export(export: Any) -> Iterator[str | None]:  # noqa: ANN401  # as far as it was read
    for plan in (export["plan"], *export["plans"]):
        yield from _of_plan(plan)
    for delivery in export["deliveries"].values():
        yield delivery.get("letter_sha256")
        yield from (each["sha256"] for each in delivery.get("also", ()))
    yield from (each["sha256"] for each in export["artifacts"])
