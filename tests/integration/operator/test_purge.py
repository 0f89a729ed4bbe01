"""What `entrygo purge` lets go, and what it never does, beside services that run."""

from asyncio import to_thread
from typing import Any, Final

import pytest

from entrygo_operator.backup import PLACES
from shared import plans
from shared.clock import utc_now
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import OperateAction, PlanVerified
from shared.contracts.lifecycle import ExportRecord
from shared.errors import BlobCorrupt, Refused
from shared.records import (
    BLOBS,
    CLAIMS,
    CURRENT_EPOCH,
    EPOCHS,
    EXPORTS,
    IDEMPOTENCY_KEYS,
    PLANS,
    STORAGE,
    day_of,
    named,
)
from shared.settings import CommonSettings
from shared.store import Store
from support.entrygo import Entrygo
from support.workshop import Workshop, outcome_of

pytestmark = pytest.mark.integration

OLD: Final = "2020-01-01T00:00:00.000Z"
AT_ONCE: Final = ("--grace", "0s")


@pytest.fixture(autouse=True)
def plans_are_blobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "INLINE_SNAPSHOT_BYTES", 0)


async def purged(entrygo: Entrygo, *words: str) -> Any:
    return await to_thread(entrygo.json, "purge", *words)


async def aged(store: Store, export_id: str | None) -> None:
    """Nobody touched it, nor its plans, for years."""
    export = await store.find(EXPORTS, {"_id": export_id})
    account_id = export[0]["account_id"]
    change = {"$set": {"updated_at": OLD}}
    await store.transition(EXPORTS.of(account_id), str(export_id), {}, change, step="test.age")
    for plan in await store.find(PLANS, {"export_id": export_id}):
        of, old = PLANS.of(account_id), {"$set": {"planned_at": OLD}}
        await store.transition(of, plan["_id"], {}, old, step="test.age")


async def executed(workshop: Workshop) -> ExportRecord:
    async def holding(*_: object) -> PlanVerified:
        return PlanVerified(holds=True)

    plan = await workshop.plan(await workshop.orders(2))
    await workshop.an_executor(verify=holding).executing.execute(workshop.execute_command(plan))
    return await workshop.export(plan.export_id)


async def all_of(store: Store) -> dict[str, Any]:
    places = (*PLACES, CLAIMS, STORAGE)
    return {named(place): await store.find(place, {}, sort=[("_id", 1)]) for place in places}


async def test_a_plan_that_was_never_executed_goes_and_what_was_executed_or_voided_stays(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    store = workshop.store
    voided = await executed(workshop)
    kept = [await executed(workshop), await workshop.operate(voided["_id"], OperateAction.VOID)]
    lately = await workshop.plan(await workshop.orders(2))
    before = await all_of(store)
    never = await workshop.plan(await workshop.orders(2))
    await workshop.plan(await workshop.orders(1), never.export_id)
    for export_id in (never.export_id, *(export["_id"] for export in kept)):
        await aged(store, export_id)

    told = [await purged(entrygo, *words) for words in ((), AT_ONCE, AT_ONCE, AT_ONCE)]

    went = [(one["exports"], one["plans"], one["blobs"], one["marked"]) for one in told]
    assert went == [(1, 0, 0, 2), (0, 2, 0, 4), (0, 0, 4, 0), (0, 0, 0, 0)]
    after = await all_of(store)
    for place in ("exported_orders", "prints", "blobs"):
        assert after[place] == before[place], place
    for place in ("exports", "plans"):
        assert [one["_id"] for one in after[place]] == [one["_id"] for one in before[place]]
    assert {lately.export_id} < {one["_id"] for one in after["exports"]}


async def test_a_dry_run_says_what_would_go_and_changes_nothing(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    never = await workshop.plan(await workshop.orders(2))
    await aged(workshop.store, never.export_id)
    await workshop.store.put_blob(b"nobody's", step="test.blob")
    before = await all_of(workshop.store)

    told = await purged(entrygo, "--dry-run", *AT_ONCE)

    assert (told["exports"], told["marked"]) == (1, 1)
    assert await all_of(workshop.store) == before


async def test_an_order_whose_claim_went_with_its_export_can_be_exported(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    orders = await workshop.orders(2)
    never = await workshop.plan(orders)
    await aged(workshop.store, never.export_id)
    for order_id in orders:  # as an attempt leaves it that lost, and died before it dropped them
        claim: Any = {"_id": order_id, "account_id": workshop.account.account_id, "attempt": 0}
        await workshop.store.insert(CLAIMS, claim | {"export": never.export_id}, step="test.claim")

    await purged(entrygo)

    plan = await workshop.plan(orders)
    done = await outcome_of(workshop.an_executor(), workshop.execute_command(plan))
    assert not isinstance(done, Refused), done


async def test_an_execute_that_is_about_to_start_loses_to_the_purge_and_one_that_started_wins(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    lost, won = [await workshop.plan(await workshop.orders(1)) for _ in range(2)]
    for plan in (lost, won):
        await aged(workshop.store, plan.export_id)
    late, early = workshop.an_executor(), workshop.an_executor()
    before = late.store.pause("executor.start_execution", "before")
    after = early.store.pause("executor.start_execution", "after")
    runs = [
        workshop.start(outcome_of(executor, workshop.execute_command(plan)))
        for executor, plan in ((late, lost), (early, won))
    ]
    await before.reached(runs[0])
    await after.reached(runs[1])

    assert (await purged(entrygo))["exports"] == 1
    before.go_on()
    after.go_on()

    refused, done = [await run for run in runs]
    assert isinstance(refused, Refused)
    assert refused.refusal.error_code == ErrorCode.EXPORT_NOT_FOUND
    assert not isinstance(done, Refused), done
    assert await workshop.store.find(CLAIMS, {"export": lost.export_id}) == []


async def test_bytes_that_are_put_again_stay_though_nothing_refers_to_them_yet(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    store = workshop.store
    digests = [await store.put_blob(data, step="test.blob") for data in (b"again", b"never")]
    assert (await purged(entrygo))["marked"] == 2

    assert await store.put_blob(b"again", step="test.blob") == digests[0]
    assert (await purged(entrygo, *AT_ONCE))["blobs"] == 1

    assert await store.get_blob(digests[0]) == b"again"
    with pytest.raises(BlobCorrupt, match="missing"):
        await store.get_blob(digests[1])


class GoneMeanwhile(Store):
    """Its blobs go once, between being found there and being looked at."""

    async def _keep_blob(self, digest: str) -> bool:
        await self.delete(BLOBS, {"_id": digest}, step="test.purge")
        return await super()._keep_blob(digest)


async def test_bytes_that_go_between_two_looks_of_who_puts_them_are_put_again(
    store: Store, settings: CommonSettings
) -> None:
    async with GoneMeanwhile(settings, appname="tests") as raced:
        digest = await raced.put_blob(b"going", step="test.blob")
        await raced.put_blob(b"going", step="test.blob")

    assert await store.get_blob(digest) == b"going"


async def test_what_was_referred_to_after_it_was_marked_is_not_marked_any_more(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    store = workshop.store
    digest = await store.put_blob(b"an answer", step="test.blob")
    await purged(entrygo)
    key: Any = {"_id": "idem_1", "account_id": "acc_1", "outcome": {"blob": digest}}
    await store.insert(IDEMPOTENCY_KEYS, key, step="test.refer")

    assert (await purged(entrygo, *AT_ONCE))["blobs"] == 0

    assert "unused_since" not in (await store.find(BLOBS, {"_id": digest}))[0]


async def test_nothing_goes_while_a_restore_is_not_released(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    never = await workshop.plan(await workshop.orders(1))
    await aged(workshop.store, never.export_id)
    epoch: Any = {"_id": CURRENT_EPOCH, "released_at": None}
    await workshop.store.insert(EPOCHS, epoch, step="test.restore")

    refused = await to_thread(entrygo.refused, "purge")

    assert refused["errorCode"] == "EXPORT_NOT_READY"
    assert await workshop.export(never.export_id)


async def test_plans_are_kept_as_long_as_their_outcomes(entrygo: Entrygo, store: Store) -> None:  # noqa: ARG001  # its database
    refused = await to_thread(entrygo.refused, "purge", "--older-than", "29d")

    assert refused["field"] == "--older-than"


async def test_what_is_stored_is_counted_by_account_and_its_older_days_are_forgotten(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    account_id = workshop.account.account_id
    today = day_of(utc_now())
    days = {"20200101": 5_000, today: 700}
    document = {"_id": account_id, "account_id": account_id, "days": days}
    await workshop.store.insert(STORAGE, document, step="test.days")
    await workshop.plan(await workshop.orders(2))

    told = await purged(entrygo)

    [stored] = await workshop.store.find(STORAGE, {"_id": account_id})
    assert stored["days"] == {today: 700}
    assert stored["counted"] == told["stored_bytes"] > 10_000
