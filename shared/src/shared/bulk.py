"""Many calls to one collection in one round trip, and what came of each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import InsertOne, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError

from shared.errors import Duplicate, StoreFault
from shared.records import Document, Part

Place = AsyncIOMotorCollection[Document]
Asked = tuple[str | None, frozenset[str]]  # an account, and ids of it

_DUPLICATE_KEY: Final = 11000


class Guarded(NamedTuple):
    """An update of the records with these ids, of each as far as the guard holds of it."""

    ids: Sequence[str]
    guard: Mapping[str, Any]
    update: Mapping[str, Any]


async def read_each(collection: Place, asked: Sequence[Asked]) -> Sequence[dict[str, Document]]:
    """One query for all accounts of the round trip; each call gets what is its account's."""
    accounts = sorted({account for account, _ in asked if account is not None})
    query = {"_id": _one_of(sorted(frozenset().union(*(ids for _, ids in asked))))}
    if accounts:
        query["account_id"] = _one_of(accounts)
    found = await collection.find(query).to_list(None)
    by_id = {(one["account_id"] if accounts else None, one["_id"]): one for one in found}
    return [
        {id_: by_id[account, id_] for id_ in ids if (account, id_) in by_id}
        for account, ids in asked
    ]


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


async def settle_each(
    collection: Place, settled: Sequence[tuple[Part[Any], Guarded]]
) -> Sequence[bool]:
    """Of each, which sets fields of one record and among them some of its guard: did that hold?

    A bulk tells only how many did; so where some did not, each record is looked at.
    """
    updates = [_operation(part, each) for part, each in settled]
    result = await collection.bulk_write(updates, ordered=False)
    if result.matched_count == len(settled):
        return [True] * len(settled)
    asked = [(part.account_id, frozenset(each.ids)) for part, each in settled]
    found = await read_each(collection, asked)
    return [
        _left(each).items() <= its.get(each.ids[0], {}).items()
        for (_, each), its in zip(settled, found, strict=True)
    ]


def _left(each: Guarded) -> Document:
    """What the guard asked for, as the update left it."""
    return {name: each.update["$set"].get(name, value) for name, value in each.guard.items()}


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


def _one_of(values: Sequence[str]) -> str | dict[str, Sequence[str]]:
    return values[0] if len(values) == 1 else {"$in": values}


def _failures(error: BulkWriteError) -> Sequence[Mapping[str, Any]]:
    if error.details.get("writeConcernErrors"):
        raise StoreFault(str(error.details["writeConcernErrors"])) from error
    failures: Sequence[Mapping[str, Any]] = error.details["writeErrors"]
    return failures
