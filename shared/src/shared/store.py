"""The store's seam: every read and write of MongoDB goes through here, and only here the driver.

Each write names its step. Reads by id and inserts are coalesced
(shared/coalesce.py) with failure and tenancy per call; guarded transitions, which need an answer
each, are a round trip of their own. Everything is written with majority and journal and read with
majority from the primary.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self, TypeVar, cast

import zstandard
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from prometheus_client import Counter
from pymongo import IndexModel, ReadPreference, ReturnDocument, UpdateOne
from pymongo.errors import (
    BulkWriteError,
    DuplicateKeyError,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.canonical import sha256_hex
from shared.coalesce import Coalescer
from shared.errors import BlobCorrupt, BlobTooLarge, Duplicate, StoreFault
from shared.indexes import INDEXES, Index
from shared.records import BLOBS, Collection, Record
from shared.settings import CommonSettings
from shared.steps import durable_step

Document = dict[str, Any]
Update = Mapping[str, Any] | Sequence[Mapping[str, Any]]
Result = TypeVar("Result")

ROUND_TRIPS = Counter(
    "entrygo_store_round_trips_total", "Shared round trips to the store.", ["collection", "kind"]
)

DUPLICATE_KEY = 11000
MAX_IDS_PER_READ = 2_000  # what is asked for at once shares a round trip up to here
COMPRESS_FROM = 64 * 1024
MAX_BLOB_BYTES = 15 * 1024 * 1024  # compressed; a document holds 16 MiB
MAX_BLOB_EXPANDED = 512 * 1024 * 1024


class Store:
    """All durable state. Failures: `Duplicate` for a taken id, `StoreFault` for all else."""

    def __init__(self, settings: CommonSettings, *, appname: str) -> None:
        milliseconds = int(settings.store_timeout.total_seconds() * 1000)
        self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
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
        self._database = self._client.get_database(
            settings.mongo_database,
            write_concern=WriteConcern("majority", j=True),
            read_concern=ReadConcern("majority"),
            read_preference=ReadPreference.PRIMARY,
        )
        self._readers: dict[str, Coalescer[frozenset[str], dict[str, Document]]] = {}
        self._writers: dict[str, Coalescer[Document, None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._client.close()

    # -- reads

    async def get(
        self, collection: Collection[Record], id_: str, *, account_id: str | None = None
    ) -> Record | None:
        """The document, or None; another account's is None too."""
        return (await self.get_many(collection, (id_,), account_id=account_id)).get(id_)

    async def get_many(
        self, collection: Collection[Record], ids: Iterable[str], *, account_id: str | None = None
    ) -> dict[str, Record]:
        """Those of the ids that exist (and are the account's), by id, in one query.

        The documents may be shared with other callers: they are read, never changed.
        """
        wanted = frozenset(ids)
        if not wanted:
            return {}
        reader = self._readers.get(collection)
        if reader is None:
            reader = self._readers[collection] = Coalescer(
                partial(self._read, collection), size=len, most=MAX_IDS_PER_READ
            )
        found = await reader(wanted)
        if account_id is not None:
            found = {id_: one for id_, one in found.items() if one["account_id"] == account_id}
        return cast("dict[str, Record]", found)  # what a collection holds, its writers keep

    async def find(
        self,
        collection: Collection[Record],
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
        projection: Mapping[str, Any] | None = None,
    ) -> list[Record]:
        cursor = self._collection(collection).find(query, projection, limit=limit)
        if sort:
            cursor = cursor.sort(list(sort))
        found: list[Any] = await self._guard(cursor.to_list(None))
        return found

    # -- writes

    async def insert(self, collection: Collection[Record], document: Record, *, step: str) -> None:
        """Raises `Duplicate` when the id is taken."""
        with durable_step(step):
            await self._writer(collection)(_raw(document))

    async def put_if_absent(
        self, collection: Collection[Record], document: Record, *, step: str
    ) -> bool:
        """Whether it was absent; a repeat changes nothing.

        An insert that reads the duplicate: of two racing insert-if-absent updates FerretDB tells
        both that they were first.
        """
        try:
            await self.insert(collection, document, step=step)
        except Duplicate:
            return False
        return True

    async def transition(
        self, collection: Collection[Record], guard: Mapping[str, Any], update: Update, *, step: str
    ) -> Record | None:
        """One guarded update of one document: the document after it, or None when no match."""
        with durable_step(step):
            found: Any = await self._guard(
                self._collection(collection).find_one_and_update(
                    guard, update, return_document=ReturnDocument.AFTER
                )
            )
        return cast("Record | None", found)

    async def upsert_each(
        self, collection: Collection[Record], updates: Iterable[tuple[str, Update]], *, step: str
    ) -> None:
        """One bulk write of updates by id, each on its own; repeatable as far as they are."""
        operations = [UpdateOne({"_id": id_}, change, upsert=True) for id_, change in updates]
        with durable_step(step):
            await self._guard(self._collection(collection).bulk_write(operations, ordered=False))

    async def insert_ordered(
        self, collection: Collection[Record], documents: Sequence[Record], *, step: str
    ) -> int | None:
        """Inserts in the order given; stops at the first taken id and gives its index."""
        with durable_step(step):
            try:
                await self._guard(
                    self._collection(collection).insert_many(map(_raw, documents), ordered=True),
                    raw=True,
                )
            except BulkWriteError as error:
                first = error.details["writeErrors"][0]
                if first["code"] != DUPLICATE_KEY:
                    raise StoreFault(str(first.get("errmsg"))) from error
                return int(first["index"])
        return None

    async def delete(
        self, collection: Collection[Record], query: Mapping[str, Any], *, step: str
    ) -> int:
        with durable_step(step):
            result = await self._guard(self._collection(collection).delete_many(query))
        return int(result.deleted_count)

    # -- blobs: immutable bytes under their SHA-256, one document each

    async def put_blob(self, data: bytes, *, step: str) -> str:
        """Stores the bytes and gives their SHA-256 in hex.

        Raises:
            BlobTooLarge: for more than 15 MiB after compression.
        """
        digest = sha256_hex(data)
        document: Document = {"_id": digest, "encoding": "identity", "data": data}
        if len(data) >= COMPRESS_FROM:
            packed = await asyncio.to_thread(zstandard.compress, data, 3)
            document |= {"encoding": "zstd", "data": packed}
        if len(document["data"]) > MAX_BLOB_BYTES:
            raise BlobTooLarge(f"{len(document['data'])} bytes compressed")
        await self.put_if_absent(BLOBS, document, step=step)
        return digest

    async def get_blob(self, digest: str) -> bytes:
        """The bytes with this SHA-256, checked.

        Raises:
            BlobCorrupt: when they are missing or are other bytes.
        """
        document = await self.get(BLOBS, digest)
        if document is None:
            raise BlobCorrupt(f"blob {digest} is missing")
        data = bytes(document["data"])
        if document["encoding"] == "zstd":
            try:
                data = await asyncio.to_thread(_decompress, data)
            except zstandard.ZstdError as error:
                raise BlobCorrupt(f"blob {digest} cannot be unpacked") from error
        if sha256_hex(data) != digest:
            raise BlobCorrupt(f"blob {digest} holds other bytes")
        return data

    # -- the server

    async def ping(self) -> bool:
        try:
            await self._client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    async def now(self) -> datetime:
        """The store's clock; every service's stamps order by it."""
        answer = await self._guard(self._client.admin.command("hello"))
        moment: datetime = answer["localTime"]
        return moment.replace(tzinfo=UTC)  # commands are decoded without a time zone

    async def create_indexes(self) -> None:
        """All of shared/indexes.py; equal ones that exist are left alone."""
        for name in sorted({index.collection for index in INDEXES}):
            models = [_index_model(index) for index in INDEXES if index.collection == name]
            await self._guard(self._collection(name).create_indexes(models))

    async def drop_database(self) -> None:
        """For tests: everything is gone."""
        await self._client.drop_database(self._database.name)

    # -- inside

    def _collection(self, name: str) -> AsyncIOMotorCollection[Document]:
        return self._database[name]

    def _writer(self, collection: str) -> Coalescer[Document, None]:
        if collection not in self._writers:
            self._writers[collection] = Coalescer(partial(self._write, collection), most=200)
        return self._writers[collection]

    async def _guard(self, operation: Awaitable[Result], *, raw: bool = False) -> Result:
        try:
            return await operation
        except BulkWriteError as error:
            if raw:
                raise
            raise StoreFault(str(error.details.get("writeErrors"))) from error
        except DuplicateKeyError as error:
            raise Duplicate(str(error)) from error
        except PyMongoError as error:
            raise StoreFault(f"{type(error).__name__}: {error}") from error

    async def _read(
        self, collection: str, wanted: Sequence[frozenset[str]]
    ) -> Sequence[dict[str, Document]]:
        ROUND_TRIPS.labels(collection, "read").inc()
        ids = sorted(frozenset().union(*wanted))
        query = {"_id": ids[0] if len(ids) == 1 else {"$in": ids}}
        found = await self._guard(self._collection(collection).find(query).to_list(None))
        by_id = {document["_id"]: document for document in found}
        return [{id_: by_id[id_] for id_ in each if id_ in by_id} for each in wanted]

    async def _write(
        self, collection: str, documents: Sequence[Document]
    ) -> Sequence[Exception | None]:
        ROUND_TRIPS.labels(collection, "write").inc()
        answers: list[Exception | None] = [None] * len(documents)
        try:
            await self._guard(
                self._collection(collection).insert_many(documents, ordered=False), raw=True
            )
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise StoreFault(str(error.details["writeConcernErrors"])) from error
            for failed in error.details["writeErrors"]:
                kind = Duplicate if failed["code"] == DUPLICATE_KEY else StoreFault
                answers[failed["index"]] = kind(str(failed["errmsg"]))
        return answers


def _raw(document: object) -> Document:
    """A typed document as the driver takes it."""
    return cast("Document", document)


def _index_model(index: Index) -> IndexModel:
    options = {"name": index.name}
    if index.expire_after_seconds is None:
        return IndexModel(list(index.keys), **options)
    return IndexModel(list(index.keys), **options, expireAfterSeconds=index.expire_after_seconds)


def _decompress(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=MAX_BLOB_EXPANDED)
