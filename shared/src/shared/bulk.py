"""Many writes of one collection in one round trip, and what came of each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import InsertOne, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError

from shared.errors import Duplicate, StoreFault
from shared.records import Document, Part

Place = AsyncIOMotorCollection[Document]

_DUPLICATE_KEY: Final = 11000


class Guarded(NamedTuple):
    """An update of the records with these ids, of each as far as the guard holds of it."""

    ids: Sequence[str]
    guard: Mapping[str, Any]
    update: Mapping[str, Any]


async def insert_each(
    collection: Place, documents: Sequence[Document]
) -> Sequence[Exception | None]:
    """Each on its own: what failed, by its place."""
    answers: list[Exception | None] = [None] * len(documents)
    try:
        await collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        for failed in _failures(error):
            kind = Duplicate if failed["code"] == _DUPLICATE_KEY else StoreFault
            answers[failed["index"]] = kind(str(failed["errmsg"]))
    return answers


async def insert_ordered(collection: Place, documents: Iterable[Document]) -> int | None:
    """Stops at the first taken id and gives its index."""
    try:
        await collection.insert_many(documents, ordered=True)
    except BulkWriteError as error:
        first = _failures(error)[0]
        if first["code"] != _DUPLICATE_KEY:
            raise StoreFault(str(first.get("errmsg"))) from error
        return int(first["index"])
    return None


async def write(
    collection: Place,
    part: Part[Any],
    inserts: Iterable[Document],
    updates: Sequence[Guarded],
) -> bool:
    """Whether every insert found its id free and every guard held."""
    operations: list[InsertOne[Document] | UpdateMany | UpdateOne] = [*map(InsertOne, inserts)]
    wanted = len(operations) + sum(len(each.ids) for each in updates)
    operations += [_operation(part, each) for each in updates]
    try:
        result = await collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        for failed in _failures(error):
            if failed["code"] != _DUPLICATE_KEY:
                raise StoreFault(str(failed.get("errmsg"))) from error
        return False
    return result.inserted_count + result.matched_count == wanted


def _operation(part: Part[Any], each: Guarded) -> UpdateMany | UpdateOne:
    if len(each.ids) == 1:
        return UpdateOne(part.within({"_id": each.ids[0], **each.guard}), each.update)
    return UpdateMany(part.within({"_id": {"$in": list(each.ids)}, **each.guard}), each.update)


def _failures(error: BulkWriteError) -> Sequence[Mapping[str, Any]]:
    if error.details.get("writeConcernErrors"):
        raise StoreFault(str(error.details["writeConcernErrors"])) from error
    failures: Sequence[Mapping[str, Any]] = error.details["writeErrors"]
    return failures
