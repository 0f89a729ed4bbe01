"""What is asked of the store's server as such: whether it is there, its clock, its indexes."""

from datetime import UTC, datetime
from functools import partial
from typing import Final, Self

from shared import indexes
from shared.driver import connected, durable, takes_writes, told
from shared.errors import StoreFault
from shared.settings import CommonSettings

PING_SECONDS: Final = 3.0


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

    async def create_indexes(self) -> None:
        """All of shared/indexes.py; equal ones that exist are left alone."""
        await indexes.create(self._database)

    async def missing_indexes(self) -> list[indexes.Index]:
        """Those of shared/indexes.py that the store does not have."""
        return await indexes.missing(self._database)

    async def drop_database(self) -> None:
        """Everything is gone: before a restore that replaces it, and after a test."""
        await told(self._client.drop_database(self._database.name))
