"""The store's seam: every read and write of MongoDB goes through here, on driver.py.

Each write names its step. Reads by id (of all collections together), inserts and outcomes are
coalesced (shared/coalesce.py) with failure and tenancy per call; other guarded transitions are a
round trip each. A read by id, an update and a delete name the account, in the query too (`Part`):
a sharded store is asked where the document is. All is written with majority and journal, and read
with majority from the primary.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from prometheus_client import Counter
from pymongo import ReturnDocument, UpdateOne

from shared import bulk
from shared.blobs import Blobs
from shared.coalesce import ByName, Coalescer
from shared.errors import Duplicate
from shared.records import BLOBS, Blob, Collection, Document, Part, Place, Record, named
from shared.server import Server
from shared.settings import CommonSettings
from shared.steps import durable_step

Update = Mapping[str, Any] | Sequence[Mapping[str, Any]]
Item = TypeVar("Item")
Given = TypeVar("Given")

ROUND_TRIPS = Counter(
    "entrygo_store_round_trips_total", "Shared round trips to the store.", ["collection", "kind"]
)

_A_BATCH = 20  # documents, of up to a megabyte each
MAX_IDS_PER_READ = 2_000  # what is asked for at once shares a round trip up to here
MOST_IDS_TOGETHER = 200  # of one call, so that small reads wait for none that takes long
_TOGETHER = "several"


class Store(Server, Blobs):
    """All durable state. Failures: `Duplicate` for a taken id, `StoreFault` for all else."""

    def __init__(self, settings: CommonSettings, *, appname: str) -> None:
        super().__init__(settings, appname)
        self._collections = ByName[bulk.Place](lambda name: self._database[name])
        self._readers = ByName[Coalescer[bulk.Asked, dict[str, Document]]](self._reader)
        self._writers = self._shared("write", bulk.insert_each, most=200)
        self._settlers = self._shared("settle", bulk.settle_each, most=200)

    # -- reads

    async def get(self, part: Part[Record], id_: str) -> Record | None:
        """The document, or None; another account's is None too."""
        return (await self.get_many(part, (id_,))).get(id_)

    async def get_many(self, part: Part[Record], ids: Iterable[str]) -> dict[str, Record]:
        """Those of the ids that exist and are the account's, by id, in one query.

        The documents may be shared with other callers: they are read, never changed.
        """
        return await self.reading(part, ids)

    def reading(
        self, part: Part[Record], ids: Iterable[str]
    ) -> "asyncio.Future[dict[str, Record]]":
        """As `get_many`, begun at once: several are gathered without a task for each."""
        wanted = frozenset(ids)
        if not wanted:
            nothing = asyncio.get_running_loop().create_future()
            nothing.set_result({})
            return nothing
        alone = part.collection == BLOBS.collection or len(wanted) > MOST_IDS_TOGETHER
        lane = part.collection if alone else _TOGETHER
        found: Any = self._readers[lane](bulk.Asked(part.collection, part.account_id, wanted))
        return cast("asyncio.Future[dict[str, Record]]", found)  # its writers keep the type

    async def find(
        self,
        place: Place[Record],
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
        projection: Mapping[str, Any] | None = None,
    ) -> list[Record]:
        """What matches; without an account in the query every shard is asked."""
        cursor = self._collection(place).find(
            query, projection, limit=limit, batch_size=bulk.ALL_AT_ONCE
        )
        if sort:
            cursor = cursor.sort(list(sort))
        found: list[Any] = await self._told(cursor.to_list(None))
        return found

    async def each(
        self,
        place: Place[Record],
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]],
        limit: int,
        projection: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[Record]:
        """As `find`, one after the other: a few are held at a time, however large. To be closed."""
        cursor = self._collection(place).find(
            query, projection, limit=limit, sort=list(sort), batch_size=_A_BATCH
        )
        try:
            while batch := await self._told(cursor.to_list(_A_BATCH)):
                for document in batch:
                    yield cast("Record", document)
        finally:
            await cursor.close()

    # -- writes

    async def insert(self, place: Place[Record], document: Record, *, step: str) -> None:
        """Raises `Duplicate` when the id is taken."""
        with durable_step(step):
            await self._writers[named(place)](_raw(document))

    async def put_if_absent(self, place: Place[Record], document: Record, *, step: str) -> bool:
        """Whether it was absent; a repeat changes nothing.

        An insert that reads the duplicate: of two racing insert-if-absent updates FerretDB tells
        both that they were first.
        """
        try:
            await self.insert(place, document, step=step)
        except Duplicate:
            return False
        return True

    async def transition(
        self, part: Part[Record], id_: str, guard: Mapping[str, Any], update: Update, *, step: str
    ) -> Record | None:
        """One guarded update of one document: the document after it, or None when no match."""
        with durable_step(step):
            found: Any = await self._told(
                self._collection(part).find_one_and_update(
                    part.within({"_id": id_, **guard}), update, return_document=ReturnDocument.AFTER
                )
            )
        return cast("Record | None", found)

    async def settle(
        self, part: Part[Any], id_: str, guard: Mapping[str, Any], fields: Document, *, step: str
    ) -> bool:
        """A transition that others share the round trip of: whether its guard held.

        Among the fields is some of what the guard asks for, or nobody could tell.
        """
        with durable_step(step):
            change = bulk.Guarded([id_], guard, {"$set": fields})
            return await self._settlers[part.collection]((part, change))

    async def upsert_each(
        self, part: Part[Record], updates: Iterable[tuple[str, Update]], *, step: str
    ) -> None:
        """One bulk write of updates by id, each on its own; repeatable as far as they are."""
        operations = [
            UpdateOne(part.within({"_id": id_}), change, upsert=True) for id_, change in updates
        ]
        with durable_step(step):
            await self._told(self._collection(part).bulk_write(operations, ordered=False))

    async def write_each(
        self,
        part: Part[Record],
        inserts: Sequence[Record],
        updates: Sequence[bulk.Guarded | bulk.Each],
        *,
        step: str,
    ) -> bool:
        """Whether all was written: each insert's id was free, each guard held."""
        with durable_step(step):
            return await self._told(
                bulk.write(self._collection(part), part, map(_raw, inserts), updates)
            )

    async def insert_ordered(
        self, collection: Collection[Record], documents: Sequence[Record], *, step: str
    ) -> int | None:
        """Inserts in the order given; stops at the first taken id and gives its index."""
        with durable_step(step):
            return await self._told(
                bulk.insert_ordered(self._collection(collection), map(_raw, documents))
            )

    async def delete(self, part: Part[Record], query: Mapping[str, Any], *, step: str) -> int:
        with durable_step(step):
            result = await self._told(self._collection(part).delete_many(part.within(query)))
        return int(result.deleted_count)

    # -- inside

    async def _blobs(self, digests: Iterable[str]) -> Mapping[str, Blob]:
        return await self.get_many(BLOBS, digests)

    async def _insert_blob(self, blob: Blob) -> None:
        await self._writers[named(BLOBS)](_raw(blob))

    async def _keep_blob(self, digest: str) -> bool:
        fields, marked = {"unused_since": 1}, {"_id": digest, "unused_since": {"$exists": True}}
        found = await self.find(BLOBS, {"_id": digest}, projection=fields)
        if not (found and "unused_since" in found[0]):
            return bool(found)
        unmark = self._collection(BLOBS).update_one(marked, {"$unset": {"unused_since": ""}})
        return (await self._told(unmark)).matched_count > 0

    def _collection(self, place: str | Part[Any]) -> bulk.Place:
        return self._collections[named(place)]

    def _reader(self, lane: str) -> Coalescer[bulk.Asked, dict[str, Document]]:
        """Small reads of all collections share a query; large ones of a collection, and blobs."""

        async def trip(asked: Sequence[bulk.Asked]) -> Sequence[dict[str, Document] | Exception]:
            ROUND_TRIPS.labels(lane, "read").inc()
            return await self._told(bulk.read_each(self._collections, asked))

        return Coalescer(trip, size=lambda each: len(each.ids), most=MAX_IDS_PER_READ)

    def _shared(
        self,
        kind: str,
        run: Callable[[bulk.Place, Sequence[Item]], Awaitable[Sequence[Given | Exception]]],
        **bounds: Any,  # noqa: ANN401  # the coalescer's
    ) -> ByName[Coalescer[Item, Given]]:
        """Of each collection, what gathers the calls that share a round trip."""

        def of(name: str) -> Coalescer[Item, Given]:
            async def trip(items: Sequence[Item]) -> Sequence[Given | Exception]:
                ROUND_TRIPS.labels(name, kind).inc()
                return await self._told(run(self._collections[name], items))

            return Coalescer(trip, **bounds)

        return ByName(of)


def _raw(document: object) -> Document:
    """A typed document as the driver takes it."""
    return cast("Document", document)
