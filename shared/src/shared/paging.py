"""A whole collection, a page at a time: for what reads all of it and holds little."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, cast

from shared.records import Place, Record
from shared.store import Store

A_PAGE = 1_000  # documents of a few hundred bytes


async def pages(
    store: Store,
    place: Place[Record],
    query: Mapping[str, Any] | None = None,
    *,
    size: int = A_PAGE,
    shown: Sequence[str] = (),
) -> AsyncIterator[list[Record]]:
    """The documents in ascending id, each once; what is written meanwhile may be missing.

    Of each these fields, where any are named, and its id.
    """
    after: dict[str, Any] = {}
    fields = dict.fromkeys(shown, 1) or None
    while page := await store.find(
        place, {**(query or {}), **after}, sort=[("_id", 1)], limit=size, projection=fields
    ):
        yield page
        if len(page) < size:
            return
        after = {"_id": {"$gt": cast("Any", page[-1])["_id"]}}
