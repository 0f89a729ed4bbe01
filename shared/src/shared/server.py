"""What is asked of the store's server as such: whether it is there, its clock, its indexes."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Self

from shared import indexes
from shared.driver import connected, durable, takes_writes, told
from shared.errors import StoreFault
from shared.records import Collection, Document
from shared.settings import CommonSettings

PING_SECONDS: Final = 3.0
_WEIGHED_AT_ONCE: Final = 10_000  # documents, in less time than an answer may take


class Server:
    """What a store is of; left when the context ends."""

    def __init__(self, settings: CommonSettings, appname: str) -> None:
        self._client = connected(settings, appname)
        self._told = partial(told, seconds=2 * settings.store_timeout.total_seconds())
        self._database = durable(self._client, settings.mongo_database)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._client.close()

    async def ping(self) -> bool:
        try:
            await told(self._client.admin.command("ping"), seconds=PING_SECONDS)
        except StoreFault:
            return False
        return True

    async def takes_writes(self) -> bool:
        return await takes_writes(self._database)

    async def now(self) -> datetime:
        """The store's clock; every service's stamps order by it."""
        answer = await self._told(self._client.admin.command("hello"))
        moment: datetime = answer["localTime"]
        return moment.replace(tzinfo=UTC)  # commands are decoded without a time zone

    async def bytes_by_account(self, places: Iterable[Collection[Any]]) -> Counter[str]:
        """How much the documents there weigh, with the blobs whose bytes they give as theirs."""
        weight = {
            "$add": [{"$bsonSize": "$$ROOT"}, *map(_or_none, ("outcome.bytes", "blob_bytes"))]
        }
        told: dict[str, Any] = {"_id": "$account_id", "bytes": {"$sum": weight}}
        told |= {"last": {"$max": "$_id"}, "number": {"$sum": 1}}
        found = Counter[str]()
        for place in places:
            page: list[Document] = [{"last": "", "number": _WEIGHED_AT_ONCE}]
            while sum(one["number"] for one in page) == _WEIGHED_AT_ONCE:
                after: Document = {"$match": {"_id": {"$gt": max(one["last"] for one in page)}}}
                first: list[Document] = [{"$sort": {"_id": 1}}, {"$limit": _WEIGHED_AT_ONCE}]
                asked = self._database[place].aggregate([after, *first, {"$group": told}])
                page = await self._told(asked.to_list(None))
                for one in page:
                    found[one["_id"]] += one["bytes"]
        return found

    async def create_indexes(self) -> None:
        """All of shared/indexes.py; equal ones that exist are left alone."""
        await indexes.create(self._database)

    async def missing_indexes(self) -> list[indexes.Index]:
        """Those of shared/indexes.py that the store does not have."""
        return await indexes.missing(self._database)

    async def drop_database(self) -> None:
        """Everything is gone: before a restore that replaces it, and after a test."""
        await told(self._client.drop_database(self._database.name))


def _or_none(field: str) -> Document:
    return {"$ifNull": [f"${field}", 0]}
