"""The driver: how the store is reached, how durably it is written, and what its failures mean."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo import ReadPreference
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.clock import timestamp, utc_now
from shared.errors import Duplicate, StoreFault
from shared.records import Document
from shared.settings import CommonSettings

Result = TypeVar("Result")


def connected(settings: CommonSettings, appname: str) -> AsyncIOMotorClient[Document]:
    """A client; its connections are made at the first call."""
    milliseconds = int(settings.store_timeout.total_seconds() * 1000)
    return AsyncIOMotorClient(
        settings.mongo_url.get_secret_value(),
        appname=appname,
        tz_aware=True,
        uuidRepresentation="standard",
        # Deadlines of the socket, not `timeoutMS`: that one resets the socket at every call.
        serverSelectionTimeoutMS=3_000,
        connectTimeoutMS=3_000,
        socketTimeoutMS=milliseconds,
        waitQueueTimeoutMS=milliseconds,
        maxPoolSize=50,
    )


def durable(client: AsyncIOMotorClient[Document], name: str) -> AsyncIOMotorDatabase[Document]:
    """Written with majority and journal, read with majority from the primary."""
    return client.get_database(
        name,
        write_concern=WriteConcern("majority", j=True),
        read_concern=ReadConcern("majority"),
        read_preference=ReadPreference.PRIMARY,
    )


async def told(operation: Awaitable[Result], *, seconds: float | None = None) -> Result:
    """The result, or the failure in our own words.

    `seconds` bounds the whole: the socket's deadline holds for each answer, and before it an
    operation may wait for a thread of the driver's, which others hold at a silent store.
    """
    try:
        async with asyncio.timeout(seconds):
            return await operation
    except TimeoutError as error:
        raise StoreFault(f"no answer in {seconds} s") from error
    except BulkWriteError as error:
        raise StoreFault(str(error.details.get("writeErrors"))) from error
    except DuplicateKeyError as error:
        raise Duplicate(str(error)) from error
    except PyMongoError as error:
        raise StoreFault(f"{type(error).__name__}: {error}") from error


async def takes_writes(database: AsyncIOMotorDatabase[Document]) -> bool:
    """Whether a record is written and read again: one that all who ask share, in `probes`."""
    now = timestamp(utc_now())
    probes = database["probes"]
    try:
        await probes.update_one({"_id": "probe"}, {"$max": {"at": now}}, upsert=True)
        found = await probes.find_one({"_id": "probe"})
    except DuplicateKeyError:  # of two first ones at once, the other wrote it
        return True
    except PyMongoError:
        return False
    return found is not None and found["at"] >= now
