"""The store's seam on the real store."""

import asyncio
import os
from typing import Any

import pytest

from shared.bulk import Each
from shared.errors import BlobCorrupt, BlobTooLarge, Duplicate
from shared.records import BLOBS, Collection, Part
from shared.settings import CommonSettings
from shared.store import Store

pytestmark = pytest.mark.integration

THINGS = Part[Any]("things", None)
CLAIMS = Collection[Any]("claims")
OWNED = Collection[Any]("owned")


async def test_an_insert_of_a_taken_id_is_a_duplicate(store: Store) -> None:
    await store.insert(THINGS, {"_id": "a", "n": 1}, step="test.insert")

    with pytest.raises(Duplicate):
        await store.insert(THINGS, {"_id": "a", "n": 2}, step="test.insert")

    assert await store.get(THINGS, "a") == {"_id": "a", "n": 1}


async def test_inserts_under_way_together_fail_each_on_its_own(store: Store) -> None:
    await store.insert(THINGS, {"_id": "taken"}, step="test.insert")

    ids = ["x", "taken", "y", "x"]
    outcomes = await asyncio.gather(
        *(store.insert(THINGS, {"_id": id_}, step="test.insert") for id_ in ids),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        Duplicate,
        type(None),
        Duplicate,
    ]


async def test_put_if_absent_says_who_was_first_and_changes_nothing_after(store: Store) -> None:
    puts = [
        store.put_if_absent(THINGS, {"_id": "a", "n": number}, step="test.put")
        for number in range(20)
    ]
    firsts = await asyncio.gather(*puts)

    assert sum(firsts) == 1
    assert (await store.get(THINGS, "a")) == {"_id": "a", "n": firsts.index(True)}


async def test_of_two_processes_that_put_one_id_exactly_one_is_first(
    store: Store, settings: CommonSettings
) -> None:
    async with Store(settings, appname="tests") as other:
        for number in range(100):
            id_ = f"raced-{number}"
            firsts = await asyncio.gather(
                store.put_if_absent(THINGS, {"_id": id_, "by": "one"}, step="test.put"),
                other.put_if_absent(THINGS, {"_id": id_, "by": "other"}, step="test.put"),
            )
            by = "one" if firsts[0] else "other"

            assert sorted(firsts) == [False, True]
            assert await store.get(THINGS, id_) == {"_id": id_, "by": by}


async def test_of_two_processes_that_advance_one_document_exactly_one_does(
    store: Store, settings: CommonSettings
) -> None:
    async with Store(settings, appname="tests") as other:
        for number in range(100):
            id_ = f"raced-{number}"
            await store.insert(THINGS, {"_id": id_, "n": 0}, step="test.insert")
            update = {"$inc": {"n": 1}}
            after = await asyncio.gather(
                store.transition(THINGS, id_, {"n": 0}, update, step="test.advance"),
                other.transition(THINGS, id_, {"n": 0}, update, step="test.advance"),
            )

            assert [found["n"] for found in after if found] == [1]


async def test_of_two_processes_that_claim_in_order_each_id_goes_to_one(
    store: Store, settings: CommonSettings
) -> None:
    async with Store(settings, appname="tests") as other:
        for number in range(50):
            ids = [f"{number}-{letter}" for letter in "abcd"]
            await asyncio.gather(
                *(
                    each.insert_ordered(
                        CLAIMS,
                        [{"_id": id_, "account_id": "acc_1", "by": name} for id_ in ids],
                        step="test.claim",
                    )
                    for name, each in (("one", store), ("other", other))
                )
            )
            held = await store.get_many(CLAIMS.of("acc_1"), ids)

            assert len({claim["by"] for claim in held.values()}) == 1
            assert len(held) == len(ids)


async def test_of_two_processes_that_delete_one_document_one_is_told_so(
    store: Store, settings: CommonSettings
) -> None:
    async with Store(settings, appname="tests") as other:
        for number in range(50):
            query = {"_id": f"gone-{number}"}
            await store.insert(THINGS, query, step="test.insert")
            counts = await asyncio.gather(
                *(each.delete(THINGS, query, step="test.delete") for each in (store, other))
            )

            assert sorted(counts) == [0, 1]


async def test_a_read_gives_nothing_of_another_account_even_when_shared(store: Store) -> None:
    await store.insert(OWNED, {"_id": "a", "account_id": "acc_1"}, step="test.insert")

    mine, theirs, absent = await asyncio.gather(
        store.get(OWNED.of("acc_1"), "a"),
        store.get(OWNED.of("acc_2"), "a"),
        store.get(OWNED.of("acc_1"), "b"),
    )

    assert mine is not None
    assert theirs is None
    assert absent is None


async def test_reads_of_several_collections_under_way_together_get_each_its_own(
    store: Store,
) -> None:
    """Under one id in two collections too, and more than an answer brings unless asked for all."""
    names = [f"rec_{number:03}" for number in range(300)]
    for place in (OWNED, CLAIMS):
        documents = [{"_id": name, "account_id": "acc_1", "of": place} for name in names]
        await store.insert_ordered(place, documents, step="test.insert")
    small, large = names[:150], names

    asked = [(place, ids) for place in (OWNED, CLAIMS) for ids in (small, large, ["rec_none"])]
    found = await asyncio.gather(
        *(store.get_many(place.of("acc_1"), ids) for place, ids in asked),
        *(store.get_many(place.of("acc_2"), small) for place in (OWNED, CLAIMS)),
    )

    for (place, ids), its in zip(asked, found[: len(asked)], strict=True):
        wanted = {id_: place for id_ in ids if id_ != "rec_none"}
        assert {id_: one["of"] for id_, one in its.items()} == wanted
    assert found[len(asked) :] == [{}, {}]


async def test_an_ordered_insert_stops_at_the_first_that_is_taken(store: Store) -> None:
    claims = [{"_id": id_, "account_id": "acc_1"} for id_ in "abcd"]
    await store.insert(CLAIMS, claims[2], step="test.insert")

    index = await store.insert_ordered(CLAIMS, claims, step="test.claim")

    assert index == 2
    assert set(await store.get_many(CLAIMS.of("acc_1"), "abcd")) == {"a", "b", "c"}


async def test_outcomes_under_way_together_hold_or_do_not_each_by_its_own_guard(
    store: Store,
) -> None:
    owned = {"account_id": "acc_1", "state": "running"}
    for id_ in ("kept", "lost", "theirs"):
        await store.insert(OWNED, {"_id": id_, "token": id_} | owned, step="test.insert")

    def settled(account_id: str, id_: str, token: str) -> Any:
        guard, fields = {"state": "running", "token": token}, {"state": "done", "outcome": id_}
        return store.settle(OWNED.of(account_id), id_, guard, fields, step="test.settle")

    alone = await settled("acc_1", "lost", "another")
    changes = (
        ("acc_1", "kept", "kept"),
        ("acc_1", "lost", "another"),
        ("acc_2", "theirs", "theirs"),
        ("acc_1", "absent", "absent"),
    )
    together = await asyncio.gather(*(settled(*change) for change in changes))

    assert not alone
    assert together == [True, False, False, False]
    found = await store.get_many(OWNED.of("acc_1"), ("kept", "lost", "theirs"))
    assert {id_: one["state"] for id_, one in found.items()} == {
        "kept": "done",
        "lost": "running",
        "theirs": "running",
    }


async def test_each_of_many_records_gets_its_own_fields_as_they_are_and_only_under_the_guard(
    store: Store,
) -> None:
    ids = [f"own-{number}" for number in range(120)]
    for id_ in ids:
        account_id = "acc_2" if id_ == "own-7" else "acc_1"
        mark = "newer" if id_ == "own-8" else "seen"
        record = {"_id": id_, "account_id": account_id, "mark": mark, "kept": id_}
        await store.insert(OWNED, record, step="test.insert")
    fields = {id_: {"mark": "now", "note": {"$set": f"${id_}", "a.b": [id_]}} for id_ in ids}

    async def written(names: list[str]) -> bool:
        own = Each({id_: fields[id_] for id_ in names}, {"mark": "seen"})
        return await store.write_each(OWNED.of("acc_1"), [], [own], step="test.write")

    assert await written(ids[9:])
    assert not await written(ids[:9])

    found = await store.get_many(OWNED.of("acc_1"), ids)
    for id_ in set(ids) - {"own-7", "own-8"}:
        assert found[id_] == {"_id": id_, "account_id": "acc_1", "kept": id_} | fields[id_]
    assert found["own-8"]["mark"] == "newer"
    assert (await store.get_many(OWNED.of("acc_2"), ["own-7"]))["own-7"]["mark"] == "seen"


async def test_of_two_processes_that_settle_one_record_exactly_one_is_told_so(
    store: Store, settings: CommonSettings
) -> None:
    async with Store(settings, appname="tests") as other:
        for number in range(50):
            id_ = f"settled-{number}"
            record = {"_id": id_, "account_id": "acc_1", "state": "running", "token": "one"}
            await store.insert(OWNED, record, step="test.insert")
            held = await asyncio.gather(
                *(
                    each.settle(
                        OWNED.of("acc_1"),
                        id_,
                        {"state": "running", "token": "one"},
                        {"state": "done", "token": name},
                        step="test.settle",
                    )
                    for name, each in (("this", store), ("that", other))
                )
            )

            assert sorted(held) == [False, True]


async def test_of_racing_transitions_exactly_one_wins(store: Store) -> None:
    await store.insert(THINGS, {"_id": "a", "state": "OPEN"}, step="test.insert")

    shut = {"$set": {"state": "SHUT"}}
    winners = await asyncio.gather(
        *(
            store.transition(THINGS, "a", {"state": "OPEN"}, shut, step="test.shut")
            for _ in range(20)
        )
    )

    assert len([winner for winner in winners if winner]) == 1


@pytest.mark.parametrize("size", [10, 200_000])
async def test_a_blob_comes_back_whole_and_a_second_put_changes_nothing(
    store: Store, size: int
) -> None:
    data = bytes(number % 251 for number in range(size))

    digest = await store.put_blob(data, step="test.blob")

    assert await store.put_blob(data, step="test.blob") == digest
    assert await store.get_blob(digest) == data


async def test_blobs_put_together_are_each_there_whichever_were_there_before(store: Store) -> None:
    await store.put_blob(b"known", step="test.blob")

    digests = await store.put_blobs([b"new", b"known", b"new"], step="test.blob")

    assert [(await store.get_blobs(digests))[digest] for digest in digests] == [
        b"new",
        b"known",
        b"new",
    ]


async def test_of_blobs_read_together_a_missing_one_is_loud(store: Store) -> None:
    digest = await store.put_blob(b"known", step="test.blob")

    with pytest.raises(BlobCorrupt):
        await store.get_blobs([digest, "0" * 64])


@pytest.mark.parametrize("size", [10, 200_000])
async def test_a_flipped_bit_in_a_blob_is_loud(store: Store, size: int) -> None:
    digest = await store.put_blob(b"a" * size, step="test.blob")
    document = await store.get(BLOBS, digest)
    assert document is not None
    torn = bytearray(document["data"])
    torn[-1] ^= 1
    await store.transition(BLOBS, digest, {}, {"$set": {"data": bytes(torn)}}, step="test.flip")

    with pytest.raises(BlobCorrupt):
        await store.get_blob(digest)


async def test_a_blob_over_the_limit_is_refused_before_it_is_written(store: Store) -> None:
    with pytest.raises(BlobTooLarge):
        await store.put_blob(os.urandom(16 * 1024 * 1024), step="test.blob")
