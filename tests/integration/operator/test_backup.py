"""A backup holds all that it refers to; a restore claims to know no more than it does."""

import asyncio
import os
import shutil
import signal
import uuid
from asyncio import to_thread
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from entrygo_operator.backup import PLACES, VOIDED
from entrygo_operator.restoring import Restoring, begun
from shared import records
from shared.backups import read_part, seal, verified
from shared.contracts.exports import ExportPlanned, OperateAction, PlanVerified
from shared.contracts.lifecycle import ExportRecord
from shared.records import BLOBS, CLAIMS, EPOCHS, EXPORTS, PLANS, Collection, Part, named
from shared.settings import CommonSettings
from shared.store import Store
from support.entrygo import Entrygo, entrygo_on
from support.gated import Died
from support.services import BIN
from support.workshop import Workshop

pytestmark = pytest.mark.integration


@pytest.fixture
def other(settings: CommonSettings) -> CommonSettings:
    return settings.model_copy(update={"mongo_database": f"test_{uuid.uuid4().hex[:12]}"})


@pytest.fixture
async def elsewhere(other: CommonSettings) -> AsyncIterator[Store]:
    """Another store, empty."""
    async with Store(other, appname="tests") as store:
        yield store
        await store.drop_database()


@pytest.fixture
def there(other: CommonSettings) -> Entrygo:
    """The operator's command on the other store."""
    return entrygo_on(other)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


async def typed(entrygo: Entrygo, *words: str) -> Any:
    return await to_thread(entrygo.json, *words)


async def executed(workshop: Workshop, orders: list[str]) -> ExportRecord:
    plan = await workshop.plan(orders)
    await workshop.an_executor(verify=holding).executing.execute(workshop.execute_command(plan))
    return await workshop.export(plan.export_id)


async def holding(*_: object) -> PlanVerified:
    return PlanVerified(holds=True)


async def executing(workshop: Workshop) -> ExportPlanned:
    plan = await workshop.plan(await workshop.orders(1))
    executor = workshop.an_executor()
    executor.store.die("executor.claim_orders", "before")
    with pytest.raises(Died):
        await executor.executing.execute(workshop.execute_command(plan))
    return plan


async def all_of(store: Store, *, but: frozenset[str] = frozenset()) -> dict[str, Any]:
    found = {}
    for place in (*PLACES, CLAIMS):
        if named(place) not in but:
            found[named(place)] = await store.find(place, {}, sort=[("_id", 1)])
    return found


async def test_all_comes_back_but_what_the_store_cannot_know(
    entrygo: Entrygo, workshop: Workshop, there: Entrygo, elsewhere: Store, folder: Path
) -> None:
    planned = await workshop.plan(await workshop.orders(2))
    running = await executing(workshop)
    pending = await executed(workshop, await workshop.orders(2))
    voided = await executed(workshop, await workshop.orders(2))
    voided = await workshop.operate(voided["_id"], OperateAction.VOID)

    made = await typed(entrygo, "backup", "create", str(folder))
    assert (await typed(entrygo, "backup", "verify", str(folder)))["damaged"] == []
    told = await typed(there, "backup", "restore", str(folder))

    exports = frozenset({named(EXPORTS)})
    assert await all_of(elsewhere, but=exports) == await all_of(workshop.store, but=exports)
    found = {one["_id"]: one for one in await elsewhere.find(EXPORTS, {})}
    before = await workshop.export(planned.export_id)
    assert found[before["_id"]] == {**before, "revision": before["revision"] + 1_000}
    assert found[voided["_id"]] == {**voided, "revision": voided["revision"] + 1_000}
    stalled = found[str(running.export_id)]["execution"]
    assert stalled is not None
    assert stalled["stalled"]
    assert made["taken_at"] in str(stalled["last_error"])
    deliveries = found[pending["_id"]]["deliveries"].values()
    assert {one["status"] for one in deliveries} == {"UNKNOWN"}
    assert all(made["taken_at"] in str(one["error_message"]) for one in deliveries)
    assert (told["exports_PLANNED"], told["exports_EXECUTING"]) == (1, 1)
    assert told["deliveries_made_unknown"] == 2
    assert (await typed(there, "check"))["violations"] == []


async def test_a_backup_of_before_a_collection_was_there_is_restored(
    entrygo: Entrygo, workshop: Workshop, there: Entrygo, elsewhere: Store, folder: Path
) -> None:
    order_ids = await workshop.orders(1)
    await typed(entrygo, "backup", "create", str(folder))
    manifest, name = verified(folder), named(records.PRINTS)
    seal(folder, manifest | {"parts": {k: v for k, v in manifest["parts"].items() if k != name}})
    (folder / f"{name}.bson.zst").unlink()

    await typed(there, "backup", "restore", str(folder))

    assert len(await elsewhere.find(records.ORDERS, {})) == len(order_ids)


@pytest.mark.parametrize(
    "crash_at",
    [
        "operator.begin_epoch:after:1",
        "operator.restore_document:after:3",
        "operator.restore_export:before:2",
        "operator.restore_export:after:2",
        "operator.end_restore:before:1",
    ],
)
async def test_a_restore_that_is_killed_goes_on_when_it_is_run_again(
    entrygo: Entrygo,
    workshop: Workshop,
    there: Entrygo,
    elsewhere: Store,
    folder: Path,
    crash_at: str,
) -> None:
    await executed(workshop, await workshop.orders(2))
    await workshop.plan(await workshop.orders(1))
    await typed(entrygo, "backup", "create", str(folder))

    killed = await asyncio.create_subprocess_exec(
        *(BIN / "entrygo", "backup", "restore", str(folder)),
        env=os.environ | there.environment | {"CRASH_AT": crash_at},
    )
    assert await killed.wait() == -signal.SIGKILL
    [begun_epoch] = await elsewhere.find(EPOCHS, {})
    told = await typed(there, "backup", "restore", str(folder))

    assert told["began_at"] == begun_epoch["began_at"]
    exports = frozenset({named(EXPORTS)})
    assert await all_of(elsewhere, but=exports) == await all_of(workshop.store, but=exports)
    assert (told["exports_EXECUTED"], told["exports_PLANNED"]) == (1, 1)
    assert (await typed(there, "check"))["violations"] == []


async def test_a_store_that_holds_something_is_replaced_only_when_told(
    entrygo: Entrygo, workshop: Workshop, folder: Path
) -> None:
    kept = await executed(workshop, await workshop.orders(1))
    await typed(entrygo, "backup", "create", str(folder))
    lost = await executed(workshop, await workshop.orders(1))

    refused = await to_thread(entrygo.refused, "backup", "restore", str(folder))
    assert await workshop.export(lost["_id"]) == lost
    await typed(entrygo, "backup", "restore", str(folder), "--replace")

    assert "not empty" in refused["message"]
    assert {one["_id"] for one in await workshop.store.find(EXPORTS, {})} == {kept["_id"]}
    claims = await workshop.store.find(CLAIMS, {})
    assert {claim["export"] for claim in claims} == {kept["_id"]}


async def test_an_export_that_was_voided_while_it_was_copied_frees_its_orders(
    entrygo: Entrygo, workshop: Workshop, elsewhere: Store, folder: Path
) -> None:
    orders = await workshop.orders(2)
    before = await executed(workshop, orders)
    voided = await workshop.operate(before["_id"], OperateAction.VOID)
    after = await executed(workshop, orders)
    await typed(entrygo, "backup", "create", str(folder))
    restoring = Restoring(
        elsewhere, await begun(elsewhere, verified(folder), PLACES, replace=False)
    )
    for place in (BLOBS, PLANS):
        await restoring.documents(place, read_part(folder, named(place)), 10)

    assert [one["_id"] for one in read_part(folder, VOIDED)] == [voided["_id"]]
    await restoring.exports(read_part(folder, VOIDED))
    await restoring.exports(iter([dict(before), dict(after)]))

    states = {one["_id"]: one["state"] for one in await elsewhere.find(EXPORTS, {})}
    assert states == {before["_id"]: "VOIDED", after["_id"]: "EXECUTED"}
    assert {claim["export"] for claim in await elsewhere.find(CLAIMS, {})} == {after["_id"]}


@pytest.mark.parametrize("what", ["orders.bson.zst", "manifest.json"])
async def test_a_damaged_or_unfinished_backup_is_refused_and_changes_nothing(
    entrygo: Entrygo, workshop: Workshop, folder: Path, tmp_path: Path, what: str
) -> None:
    export = await executed(workshop, await workshop.orders(1))
    await typed(entrygo, "backup", "create", str(folder))
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    (damaged / what).unlink()
    flipped = bytearray((folder / "exports.bson.zst").read_bytes())
    flipped[-20] ^= 1
    (folder / "exports.bson.zst").write_bytes(flipped)

    for words in (("verify",), ("restore", "--replace")):
        unfinished = await to_thread(entrygo.refused, "backup", words[0], str(damaged), *words[1:])
        torn = await to_thread(entrygo.refused, "backup", words[0], str(folder), *words[1:])
        assert what in unfinished["message"]
        assert "exports is damaged" in torn["message"]
    assert await workshop.export(export["_id"]) == export


async def test_a_document_that_is_damaged_in_the_store_is_told_by_verify(
    entrygo: Entrygo, workshop: Workshop, folder: Path
) -> None:
    export = await executed(workshop, await workshop.orders(1))
    digest = export["artifacts"][0]["sha256"]
    torn = {"$set": {"data": b"torn", "encoding": "identity"}}
    await workshop.store.transition(BLOBS, digest, {}, torn, step="test.tear")
    await typed(entrygo, "backup", "create", str(folder))

    done = await to_thread(entrygo, "backup", "verify", str(folder))

    assert done.exit_code == 1
    assert digest in done.stdout


def test_no_collection_is_left_out() -> None:
    known = {
        named(place) for place in vars(records).values() if isinstance(place, Collection | Part)
    }

    assert {named(place) for place in (*PLACES, CLAIMS, EPOCHS)} == known
