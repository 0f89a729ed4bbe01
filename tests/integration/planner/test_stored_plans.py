"""Where a plan's snapshot and view are kept, and that each way is read everywhere alike."""

import orjson
import pytest

from shared.canonical import sha256_hex
from shared.contracts.exports import ExportPlanned
from shared.contracts.lifecycle import Status, status_of
from shared.errors import BlobCorrupt
from shared.plans import snapshot_of, view_of
from shared.records import BLOBS, PLANS, Document
from support.workshop import Workshop, an_order

pytestmark = pytest.mark.integration


async def verdict_on(workshop: Workshop, plan: ExportPlanned) -> Document:
    export = await workshop.export(plan.export_id)
    plans = PLANS.of(workshop.account.account_id)
    found = await workshop.store.get(plans, export["plan"]["command_id"])
    assert found is not None
    return found


async def read_back(workshop: Workshop, plan: ExportPlanned) -> tuple[bytes, bytes]:
    """The snapshot and the view, as every reader gets them."""
    export = await workshop.export(plan.export_id)
    whose = (workshop.store, export["account_id"], export["plan"])
    return await snapshot_of(*whose), await view_of(*whose)


async def as_stored_by_an_older_version(workshop: Workshop, plan: ExportPlanned) -> None:
    """As blobs, whatever their size, and nothing in the verdict."""
    for data in await read_back(workshop, plan):
        await workshop.store.put_blob(data, step="test.blob")
    verdict = await verdict_on(workshop, plan)
    plans = PLANS.of(workshop.account.account_id)
    older = {"$unset": {"snapshot": "", "view": ""}}
    await workshop.store.transition(plans, verdict["_id"], {}, older, step="test.older")


async def test_a_small_plan_is_one_document(workshop: Workshop) -> None:
    plan = await workshop.plan(await workshop.orders(2))

    snapshot, view = await read_back(workshop, plan)

    assert f"sha256:{sha256_hex(snapshot)}" == plan.plan_hash
    assert view.decode() == plan.view
    assert await workshop.store.find(BLOBS, {}) == []


async def test_a_large_plan_is_two_blobs_beside_its_verdict(workshop: Workshop) -> None:
    orders = await workshop.sync(*(an_order(f"A-{number}") for number in range(800)))

    plan = await workshop.plan(orders)

    snapshot, view = await read_back(workshop, plan)
    assert "snapshot" not in await verdict_on(workshop, plan)
    assert len(orjson.loads(snapshot)["orders"]) == len(orders)
    kept = {blob["_id"] for blob in await workshop.store.find(BLOBS, {})}
    assert kept == {sha256_hex(snapshot), sha256_hex(view)}


async def test_a_plan_that_an_older_version_stored_is_answered_again_and_executed(
    workshop: Workshop,
) -> None:
    command = workshop.plan_command(await workshop.orders(2))
    plan = await workshop.planner.planning.plan(command)
    await as_stored_by_an_older_version(workshop, plan)

    again = await workshop.a_planner().planning.plan(command)
    await workshop.an_executor().executing.execute(workshop.execute_command(plan))

    assert again == plan
    assert status_of(await workshop.export(plan.export_id)) is Status.SUBMITTING


async def test_what_changed_since_a_plan_is_told_from_where_its_snapshot_is(
    workshop: Workshop,
) -> None:
    """Both ways of keeping it name the same change."""
    told = []
    for older in (False, True):
        name = f"A-{older}"
        plan = await workshop.plan(await workshop.sync(an_order(name)))
        if older:
            await as_stored_by_an_older_version(workshop, plan)
        await workshop.sync(an_order(name).model_copy(update={"destination_postal_code": "04402"}))
        verified = await workshop.verify(
            workshop.execute_command(plan), await workshop.export(plan.export_id)
        )
        told.append([change.planned for change in verified.changed])

    assert told[0] == told[1] != []


async def test_a_plan_whose_stored_bytes_are_gone_or_others_is_never_read(
    workshop: Workshop,
) -> None:
    plan = await workshop.plan(await workshop.orders(2))
    verdict = await verdict_on(workshop, plan)
    plans = PLANS.of(workshop.account.account_id)
    for damage in (
        {"$set": {"snapshot": verdict["view"]}},
        {"$set": {"snapshot": b"no zstd"}},
        {"$unset": {"snapshot": ""}},
    ):
        await workshop.store.transition(plans, verdict["_id"], {}, damage, step="test.tear")

        with pytest.raises(BlobCorrupt):
            await read_back(workshop, plan)
