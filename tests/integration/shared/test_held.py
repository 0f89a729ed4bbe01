"""How much of what is stored is held while it is read."""

import tracemalloc
from typing import Any

import pytest

from shared.records import Collection
from shared.store import Store

pytestmark = pytest.mark.integration

OWNED = Collection[Any]("owned")


async def test_of_many_large_documents_a_few_are_held_at_a_time(store: Store) -> None:
    size = 512 * 1024
    for number in range(80):
        document = {"_id": f"{number:02}", "account_id": "a", "text": str(number % 10) * size}
        await store.insert(OWNED, document, step="test.insert")

    tracemalloc.start()
    try:
        found = store.each(OWNED, {"account_id": "a"}, sort=[("_id", -1)], limit=70)
        seen = [(one["_id"], len(one["text"])) async for one in found]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert seen == [(f"{number:02}", size) for number in range(79, 9, -1)]
    assert peak < 90 * size, "70 at once take twice their size: as they come, and as they are held"
