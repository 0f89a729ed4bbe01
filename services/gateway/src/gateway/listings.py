"""A page of a list: newest change first, as many rows as were asked for, or as a page may weigh."""

import base64
import binascii
from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Any, NamedTuple, cast

import orjson

from gateway.money import dump
from gateway.plan_texts import joined
from gateway.record_views import View
from shared.records import Collection, Document, Record
from shared.store import Store
from shared.validation import invalid


class Page(NamedTuple):
    """Which part of a list is asked for."""

    limit: int
    cursor: str | None
    updated_since: str | None


class Listed(NamedTuple):
    rows: dict[str, bytes]  # as they are answered, by id
    next_cursor: str | None

    def answer(self, beside: Mapping[str, View] | None = None) -> View:
        """`beside`: by id, what else is said of a row."""
        rows = [joined(row, dump(beside[id_])) if beside else row for id_, row in self.rows.items()]
        return {"data": [*map(orjson.Fragment, rows)], "next_cursor": self.next_cursor}


class Listings:
    """The lists of a store; a page holds at most so many bytes of rows, but one row always."""

    def __init__(self, store: Store, page_bytes: int) -> None:
        self._store = store
        self._page_bytes = page_bytes

    async def page(
        self,
        collection: Collection[Record],
        query: Document,
        page: Page,
        show: Callable[[Record], View],
        left_out: Document | None = None,
    ) -> Listed:
        """The cursor is the last row's place in the order; only a few records are held at once."""
        both = [query]
        if page.updated_since is not None:
            both.append({"updated_at": {"$gte": page.updated_since}})
        if page.cursor is not None:
            updated_at, id_ = place_of(page.cursor)
            both.append(
                {
                    "$or": [
                        {"updated_at": {"$lt": updated_at}},
                        {"updated_at": updated_at, "_id": {"$gt": id_}},
                    ]
                }
            )
        order, most = [("updated_at", -1), ("_id", 1)], page.limit + 1
        found = self._store.each(
            collection, {"$and": both}, sort=order, limit=most, projection=left_out
        )
        rows: dict[str, bytes] = {}
        left, last = self._page_bytes, Document()
        async with aclosing(found):
            async for record in found:
                row = dump(show(record))
                left -= len(row)
                if len(rows) == page.limit or (rows and left < 0):
                    return Listed(rows, _cursor(last))
                last = cast("Document", record)
                rows[last["_id"]] = row
        return Listed(rows, None)


def _cursor(last: Document) -> str:
    place: Any = [last["updated_at"], last["_id"]]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def place_of(cursor: str) -> tuple[str, str]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        updated_at, id_ = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise invalid("cursor", "Not a cursor of this list") from error
    if not (isinstance(updated_at, str) and isinstance(id_, str)) or "\x00" in updated_at + id_:
        raise invalid("cursor", "Not a cursor of this list")
    return updated_at, id_
