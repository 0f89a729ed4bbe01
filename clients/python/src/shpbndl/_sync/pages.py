"""Every record of a list, page after page."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from shpbndl._sync.http import Http
from shpbndl.calls import Call


def everything(
    http: Http, call: Call[Any], changed: str, since: str | None, identity: str = "id"
) -> Iterator[Any]:
    """Each record once, as `identity` tells them apart.

    The newest change comes first, so one that changes between two pages jumps back to the first
    and would be missed: after a pass of several pages, what `changed` since it began is asked for,
    until that is one page or nothing that was not seen.
    """
    seen: set[str] = set()
    while True:
        newest, pages, cursor, fresh = since, 0, None, False
        while pages == 0 or cursor:
            query = dict(call.query) | {"updated_since": since, "cursor": cursor}
            page = http.ask(replace(call, query=query))
            rows, cursor, pages = page["data"], page["next_cursor"], pages + 1
            if pages == 1 and rows:
                newest = rows[0][changed]
            for row in rows:
                if row[identity] not in seen:
                    seen.add(row[identity])
                    fresh = True
                    yield row
        if pages == 1 or not fresh:
            return
        since = newest
