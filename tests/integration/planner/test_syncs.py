"""A sync writes as things stood when it looked; what came in between is never lost."""

import asyncio

import orjson
import pytest

from shared.contracts.sync import OrdersSynced, SyncedRecord, SyncOrders
from shared.messaging.journey import Asking
from support.gated import Died
from support.workshop import UNHEARD, Workshop, an_order

pytestmark = pytest.mark.integration

BEFORE = {"A-changed": 1, "A-same": 1}
OLDER = {"A-changed": 2, "A-same": 1, "A-new": 2}
NEWER = {"A-changed": 3, "A-same": 3, "A-new": 3}


def a_sync(workshop: Workshop, quantities: dict[str, int]) -> SyncOrders:
    facts = (an_order(name, quantity=quantity) for name, quantity in quantities.items())
    return workshop.sync_command(*facts)


async def synced(workshop: Workshop, command: SyncOrders) -> OrdersSynced:
    return await workshop.a_planner().syncing.orders(command, UNHEARD)


async def quantities(workshop: Workshop) -> dict[str, int]:
    found = {}
    for name in NEWER:
        order = await workshop.stored_order(name)
        assert order is not None
        found[name] = order["content"]["items"][0]["quantity"]
    return found


async def while_it_is_writing(
    workshop: Workshop, command: SyncOrders, other: SyncOrders
) -> OrdersSynced:
    """The command's answer, with the other one done between its reading and its writing."""
    slow = workshop.a_planner()
    pause = slow.store.pause("planner.apply_orders", "before")
    running = workshop.start(slow.syncing.orders(command, UNHEARD))
    await pause.reached(running)
    await synced(workshop, other)
    pause.go_on()
    return await running


async def test_a_newer_sync_in_between_stays(workshop: Workshop) -> None:
    await synced(workshop, a_sync(workshop, BEFORE))
    older, newer = a_sync(workshop, OLDER), a_sync(workshop, NEWER)

    answer = await while_it_is_writing(workshop, older, newer)

    assert await quantities(workshop) == NEWER
    assert all(record.superseded for record in answer.records)


async def test_an_older_sync_in_between_is_overwritten_where_nothing_seemed_to_change_too(
    workshop: Workshop,
) -> None:
    await synced(workshop, a_sync(workshop, BEFORE))
    older, newer = a_sync(workshop, NEWER), a_sync(workshop, OLDER)

    answer = await while_it_is_writing(workshop, newer, older)

    assert await quantities(workshop) == OLDER
    assert [record.revision for record in answer.records] == [3, 3, 2]
    assert not any(record.superseded for record in answer.records)


async def test_what_was_written_before_a_death_is_answered_alike_afterwards(
    workshop: Workshop,
) -> None:
    await synced(workshop, a_sync(workshop, BEFORE))
    command = a_sync(workshop, OLDER)
    dying = workshop.a_planner()
    dying.store.die("planner.apply_orders", "after")
    with pytest.raises(Died):
        await dying.syncing.orders(command, UNHEARD)

    first, second = [(await synced(workshop, command)).records for _ in range(2)]

    assert first == second
    assert [record.revision for record in first] == [2, 1, 1]
    assert await asyncio.gather(*(stored(workshop, record) for record in first)) == list(first)


async def test_who_waits_is_told_what_the_rules_find_in_what_stands(workshop: Workshop) -> None:
    nowhere = an_order("A-1").model_copy(update={"destination_region": None})
    older, newer = workshop.sync_command(nowhere), workshop.sync_command(an_order("A-1"))
    syncing = workshop.a_planner().syncing

    found = [
        (await syncing.orders(command, Asking("gateway", waits=True))).issues
        for command in (older, newer, older)
    ]

    codes = [
        [issue["code"] for issues in orjson.loads(each or "").values() for issue in issues]
        for each in found
    ]
    assert codes == [["DESTINATION_REGION_INVALID"], [], []]


async def stored(workshop: Workshop, record: SyncedRecord) -> SyncedRecord:
    """As the record stands in the store."""
    order = await workshop.stored_order(record.external_id)
    assert order is not None
    return SyncedRecord(
        id=order["_id"],
        external_id=order["external_id"],
        revision=order["revision"],
        created_at=order["created_at"],
        updated_at=order["updated_at"],
    )
