"""Many calls in one round trip, and what came of each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import InsertOne, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError

from shared.errors import Duplicate, StoreFault
from shared.records import Document, Part

Place = AsyncIOMotorCollection[Document]
Operation = InsertOne[Document] | UpdateMany | UpdateOne

_DUPLICATE_KEY: Final = 11000
_IN_ONE: Final = 50  # records of which each gets fields of its own
ALL_AT_ONCE: Final = 10_000  # documents, as far as an answer holds them: 101 are a server's own


class Asked(NamedTuple):
    """Ids in a collection, of an account where it has any."""

    collection: str
    account_id: str | None
    ids: frozenset[str]


class Guarded(NamedTuple):
    """An update of the records with these ids, of each as far as the guard holds of it."""

    ids: Sequence[str]
    guard: Mapping[str, Any]
    update: Mapping[str, Any]


class Each(NamedTuple):
    """Fields for each of the records with these ids, as far as the guard holds of it."""

    fields: Mapping[str, Document]
    guard: Mapping[str, Any]

    @property
    def ids(self) -> Sequence[str]:
        return list(self.fields)


async def read_each(
    places: Mapping[str, Place], asked: Sequence[Asked]
) -> Sequence[dict[str, Document]]:
    """One query for all accounts and collections of the round trip; each call gets its own."""
    wanted = defaultdict[str, list[Asked]](list)
    for each in asked:
        wanted[each.collection].append(each)
    found: dict[tuple[str, str | None, str], Document] = {}
    for name, document in await _found(
        {name: _any_of(its) for name, its in wanted.items()}, places
    ):
        account = document["account_id"] if wanted[name][0].account_id is not None else None
        found[name, account, document["_id"]] = document
    return [
        {
            id_: found[each.collection, each.account_id, id_]
            for id_ in each.ids
            if (each.collection, each.account_id, id_) in found
        }
        for each in asked
    ]


async def _found(
    queries: Mapping[str, Document], places: Mapping[str, Place]
) -> Iterable[tuple[str, Document]]:
    """What matches in each collection, with the name of the collection."""
    first, *others = queries
    if not others:
        cursor = places[first].find(queries[first], batch_size=ALL_AT_ONCE)
        return [(first, one) for one in await cursor.to_list(None)]
    stages = _stages(first, queries[first])
    stages += [
        {"$unionWith": {"coll": name, "pipeline": _stages(name, queries[name])}} for name in others
    ]
    named = await places[first].aggregate(stages, batchSize=ALL_AT_ONCE).to_list(None)
    return [next(iter(one.items())) for one in named]


def _stages(name: str, query: Document) -> list[Document]:
    """Each document under its collection's name: in what order they come nobody says."""
    return [{"$match": query}, {"$project": {"_id": 0, name: "$$ROOT"}}]


def _any_of(asked: Sequence[Asked]) -> Document:
    ids = sorted(frozenset().union(*(each.ids for each in asked)))
    accounts = sorted({each.account_id for each in asked if each.account_id is not None})
    return {"_id": _one_of(ids)} | ({"account_id": _one_of(accounts)} if accounts else {})


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
    asked = [Asked(part.collection, part.account_id, frozenset(each.ids)) for part, each in settled]
    found = await read_each({part.collection: collection for part, _ in settled}, asked)
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
    updates: Sequence[Guarded | Each],
) -> bool:
    """Whether every insert found its id free and every guard held."""
    operations: list[Operation] = [*map(InsertOne, inserts)]
    wanted = len(operations) + sum(len(each.ids) for each in updates)
    operations += chain.from_iterable(_operations(part, each) for each in updates)
    try:
        result = await collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        for failed in _failures(error):
            if failed["code"] != _DUPLICATE_KEY:
                raise StoreFault(str(failed.get("errmsg"))) from error
        return False
    return result.inserted_count + result.matched_count == wanted


def _operations(part: Part[Any], each: Guarded | Each) -> Iterable[Operation]:
    """Some fifty records in an update: one by one they cost the server three times as much."""
    if isinstance(each, Guarded):
        return [_operation(part, each)]
    parts = (each.ids[start : start + _IN_ONE] for start in range(0, len(each.fields), _IN_ONE))
    return [_of_own(part, ids, each) for ids in parts]


def _of_own(part: Part[Any], ids: Sequence[str], each: Each) -> Operation:
    if len(ids) == 1:
        return _operation(part, Guarded(ids, each.guard, {"$set": each.fields[ids[0]]}))
    place = {"$indexOfArray": [{"$literal": ids}, "$_id"]}
    own = {"$arrayElemAt": [{"$literal": [each.fields[id_] for id_ in ids]}, place]}
    updated = [{"$replaceWith": {"$mergeObjects": ["$$ROOT", own]}}]
    return UpdateMany(_of(part, ids, each.guard), updated)


def _operation(part: Part[Any], each: Guarded) -> UpdateMany | UpdateOne:
    kind = UpdateOne if len(each.ids) == 1 else UpdateMany
    return kind(_of(part, each.ids, each.guard), each.update)


def _of(part: Part[Any], ids: Sequence[str], guard: Mapping[str, Any]) -> Mapping[str, Any]:
    return part.within({"_id": _one_of(ids), **guard})


def _one_of(values: Sequence[str]) -> str | dict[str, Sequence[str]]:
    return values[0] if len(values) == 1 else {"$in": values}


def _failures(error: BulkWriteError) -> Sequence[Mapping[str, Any]]:
    if error.details.get("writeConcernErrors"):
        raise StoreFault(str(error.details["writeConcernErrors"])) from error
    failures: Sequence[Mapping[str, Any]] = error.details["writeErrors"]
    return failures
