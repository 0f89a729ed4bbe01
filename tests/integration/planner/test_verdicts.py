"""The verdict on a command is its first one, however late and however often its copies come."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from planner.subscribers import subscribe
from shared.clock import parse_timestamp, timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import ExportPlanned, PlanExport
from shared.contracts.sync import OrdersSyncRefused, SyncOrders
from shared.errors import Refused
from shared.messaging import dead_letters, topology
from shared.messaging.rabbit import Messages
from shared.records import EXPORTS, ORDERS, PLANS
from shared.settings import CommonSettings
from support.gated import Died
from support.waiting import until
from support.workshop import SWEATER, UNHEARD, Workshop, an_order, types_of

pytestmark = pytest.mark.integration


async def refused(workshop: Workshop, command: PlanExport) -> str:
    with pytest.raises(Refused) as error:
        await workshop.planner.planning.plan(command)
    return error.value.refusal.error_code


@pytest.fixture
async def serving(settings: CommonSettings, workshop: Workshop) -> AsyncIterator[Messages]:
    """The planner at its queues."""
    settings = settings.model_copy(update={"refusal_patience": timedelta(seconds=1)})
    messages = Messages(settings, service="planner", healthy=workshop.store.ping)
    planner = workshop.planner
    subscribe(messages, planner.syncing, planner.planning, planner.verifying)
    await messages.start()
    yield messages
    await messages.stop()


async def test_a_copy_of_a_refused_plan_is_refused_again_when_its_orders_are_there_by_then(
    workshop: Workshop,
) -> None:
    unknown = workshop.an_order_id("A-late")
    command = workshop.plan_command([unknown])
    first = await refused(workshop, command)
    assert await workshop.sync(an_order("A-late")) == [unknown]

    copy = await refused(workshop, command)
    fresh = await workshop.plan([unknown])

    assert (first, copy) == (ErrorCode.ORDER_NOT_FOUND, ErrorCode.ORDER_NOT_FOUND)
    exports = await workshop.store.find(EXPORTS, {"account_id": workshop.account.account_id})
    assert [export["_id"] for export in exports] == [fresh.export_id]


async def test_copies_of_a_plan_at_once_are_one_export_with_one_answer(workshop: Workshop) -> None:
    command = workshop.plan_command(await workshop.orders(2))
    planners = [workshop.a_planner() for _ in range(5)]

    answers = await asyncio.gather(*(planner.planning.plan(command) for planner in planners))

    assert all(answer == answers[0] for answer in answers)
    [export] = await workshop.store.find(EXPORTS, {"account_id": workshop.account.account_id})
    assert [event["type"] for event in export["events"]] == [
        "EXPORT_BATCH_CREATED",
        "EXPORT_PLANNED",
    ]


async def test_copies_of_a_replan_at_once_are_one_revision(workshop: Workshop) -> None:
    orders = await workshop.orders(2)
    plan = await workshop.plan(orders)
    command = workshop.plan_command(orders[:1], plan.export_id)
    planners = [workshop.a_planner() for _ in range(4)]

    answers = await asyncio.gather(*(planner.planning.plan(command) for planner in planners))

    assert {answer.plan_revision for answer in answers} == {2}
    export = await workshop.export(plan.export_id)
    assert types_of(export).count("EXPORT_REPLANNED") == 1


@pytest.mark.parametrize("step", ["keep_plan", "create_export"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_plan_that_died_is_answered_to_its_copy_as_decided_the_first_time(
    workshop: Workshop, step: str, when: str
) -> None:
    [order] = await workshop.sync(an_order("A-1"))
    command = workshop.plan_command([order])
    dying = workshop.a_planner()
    dying.store.die(f"planner.{step}", when)
    with pytest.raises(Died):
        await dying.planning.plan(command)
    decided = await workshop.store.get(PLANS.of(workshop.account.account_id), command.command_id)
    await workshop.sync(an_order("A-1", quantity=7))

    answer = await workshop.planner.planning.plan(command)

    assert decided is None or answer.plan_hash == decided["plan_hash"]
    assert len(types_of(await workshop.export(answer.export_id))) == 2


async def test_a_copy_of_an_older_replan_is_answered_from_the_log_and_changes_nothing(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(3)
    plan = await workshop.plan(orders)
    older = workshop.plan_command(orders[:2], plan.export_id)
    first = await workshop.planner.planning.plan(older)
    newest = await workshop.plan(orders[:1], plan.export_id)

    copy = await workshop.planner.planning.plan(older)

    assert copy == first
    export = await workshop.export(plan.export_id)
    assert export["plan_revision"] == newest.plan_revision == 3


async def test_a_replan_issued_before_the_current_plan_changes_nothing(workshop: Workshop) -> None:
    orders = await workshop.orders(2)
    plan = await workshop.plan(orders)
    late = workshop.plan_command(orders[:1], plan.export_id)
    newer = await workshop.plan(orders, plan.export_id)

    assert await refused(workshop, late) == ErrorCode.PLAN_STALE
    export = await workshop.export(plan.export_id)
    assert export["plan_revision"] == newer.plan_revision == 2


async def test_a_refused_replan_keeps_an_older_one_from_running_later(workshop: Workshop) -> None:
    orders = await workshop.orders(2)
    plan = await workshop.plan(orders)
    older = workshop.plan_command(orders[:1], plan.export_id)
    newer = workshop.plan_command([workshop.an_order_id("A-none")], plan.export_id)

    before = await workshop.export(plan.export_id)

    assert await refused(workshop, newer) == ErrorCode.ORDER_NOT_FOUND
    assert await refused(workshop, older) == ErrorCode.PLAN_STALE
    after = await workshop.export(plan.export_id)
    assert after == before | {"mark": newer.stamp}  # an operator's command still finds its revision


async def test_a_replan_that_died_before_it_moved_the_mark_moves_it_before_it_answers(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(2)
    plan = await workshop.plan(orders)
    newer = workshop.plan_command([workshop.an_order_id("A-none")], plan.export_id)
    dying = workshop.a_planner()
    dying.store.die("planner.move_mark", "before")
    with pytest.raises(Died):
        await dying.planning.plan(newer)

    assert await refused(workshop, newer) == ErrorCode.ORDER_NOT_FOUND
    assert (await workshop.export(plan.export_id))["mark"] == newer.stamp


async def test_of_racing_replans_the_newest_is_the_current_one(workshop: Workshop) -> None:
    orders = await workshop.orders(3)
    plan = await workshop.plan(orders)
    commands = [workshop.plan_command(orders[:n], plan.export_id) for n in (1, 2, 3)]

    async def attempt(command: PlanExport) -> ExportPlanned | Refused:
        try:
            return await workshop.a_planner().planning.plan(command)
        except Refused as error:
            return error

    answers = await asyncio.gather(*map(attempt, commands))

    export = await workshop.export(plan.export_id)
    assert isinstance(answers[-1], ExportPlanned)
    assert export["plan"]["command_id"] == commands[-1].command_id
    planned = [answer for answer in answers if isinstance(answer, ExportPlanned)]
    assert export["plan_revision"] == 1 + len(planned)
    assert [plan["revision"] for plan in export["plans"]] == list(range(1, 2 + len(planned)))


async def test_a_copy_of_a_refused_sync_is_refused_again_when_its_product_is_there_by_then(
    workshop: Workshop, serving: Messages
) -> None:
    command = workshop.sync_command(an_order("A-1", product="SW-2"))
    codes = []
    for _ in range(2):
        with pytest.raises(Refused) as error:
            await serving.request(topology.ORDERS_SYNC, command, within=30, step="test.ask")
        codes.append(error.value.refusal.error_code)
        await workshop.sync_product(SWEATER.model_copy(update={"external_id": "SW-2"}))

    fresh = command.model_copy(update=workshop.stamp())
    answer = await serving.request(topology.ORDERS_SYNC, fresh, within=30, step="test.ask")

    assert codes == [ErrorCode.PRODUCT_NOT_FOUND, ErrorCode.PRODUCT_NOT_FOUND]
    assert [record.revision for record in answer.records] == [1]


@pytest.mark.usefixtures("serving")
async def test_an_internal_publisher_may_send_orders_before_their_product(
    workshop: Workshop,
) -> None:
    command = workshop.sync_command(an_order("A-1", product="SW-3"))
    await workshop.messages.publish(topology.ORDERS_SYNC, command, step="test.publish")
    await workshop.sync_product(SWEATER.model_copy(update={"external_id": "SW-3"}))

    order = await until(lambda: workshop.stored_order("A-1"))

    assert order["applied"] == command.stamp


async def told_and_kept(
    workshop: Workshop, command: SyncOrders
) -> tuple[OrdersSyncRefused, dead_letters.DeadLetter]:
    """The event and the dead letter of a message that is refused without a caller."""
    channel = await workshop.messages.channel()
    readers = await channel.declare_queue(exclusive=True)
    await readers.bind(topology.EXCHANGE, topology.ORDERS_SYNC_REFUSED.key)
    await workshop.messages.publish(topology.ORDERS_SYNC, command, step="test.publish")
    told = await until(lambda: readers.get(fail=False))

    async def kept() -> dead_letters.DeadLetter | None:
        letters = await dead_letters.listed(workshop.messages, "planner")
        return next((letter for letter in letters if letter.id == command.command_id), None)

    dead = await until(kept)
    assert await dead_letters.drop(workshop.messages, "planner", dead.id)
    await channel.close()
    return OrdersSyncRefused.model_validate_json(told.body), dead


@pytest.mark.usefixtures("serving")
async def test_a_refused_message_of_an_internal_publisher_is_kept_and_told(
    workshop: Workshop,
) -> None:
    command = workshop.sync_command(an_order("A-1"), an_order("A-1", quantity=3))

    event, dead = await told_and_kept(workshop, command)

    assert event.command_id == command.command_id
    assert event.error["errorCode"] == ErrorCode.VALIDATION_ERROR
    assert dead.reason.startswith("refused 400: ")


@pytest.mark.usefixtures("serving")
async def test_a_message_for_no_account_is_refused_at_once_and_leaves_nothing(
    workshop: Workshop,
) -> None:
    nobody = {"account_id": "acc_nobody"}
    command = workshop.sync_command(an_order("A-1", product="unknown")).model_copy(update=nobody)

    event, dead = await told_and_kept(workshop, command)

    assert event.error["errorCode"] == ErrorCode.INVALID_ACCOUNT_SCOPE
    assert dead.reason.startswith("refused 403: ")
    assert await workshop.store.find(ORDERS, nobody) == []


async def test_a_command_from_the_future_is_refused_before_its_first_effect(
    workshop: Workshop,
) -> None:
    later = parse_timestamp(workshop.sync_command(an_order("A-1")).issued_at)
    ahead = {"issued_at": timestamp(later + timedelta(minutes=2))}
    command = workshop.sync_command(an_order("A-1")).model_copy(update=ahead)

    with pytest.raises(Refused) as error:
        await workshop.planner.syncing.orders(command, UNHEARD)

    assert error.value.refusal.field == "issued_at"
    assert await workshop.stored_order("A-1") is None


async def test_an_older_sync_never_overwrites_a_newer_one_in_any_order_of_arrival(
    workshop: Workshop,
) -> None:
    commands = [workshop.sync_command(an_order("A-1", quantity=n)) for n in range(1, 9)]
    [newest] = commands[-1:]

    async def sync(command: SyncOrders) -> bool:
        [record] = (await workshop.a_planner().syncing.orders(command, UNHEARD)).records
        return record.superseded

    await sync(commands[0])
    await sync(newest)
    superseded = await asyncio.gather(*map(sync, reversed(commands[:-1])))
    again = await sync(newest)

    order = await workshop.stored_order("A-1")
    assert order is not None
    assert order["content"]["items"][0]["quantity"] == 8
    assert order["revision"] == 2
    assert all(superseded)
    assert not again


async def test_syncs_of_one_record_at_once_leave_the_newest(workshop: Workshop) -> None:
    commands = [workshop.sync_command(an_order("A-1", quantity=n)) for n in range(1, 9)]

    planners = [workshop.a_planner() for _ in commands]
    await asyncio.gather(
        *(
            planner.syncing.orders(command, UNHEARD)
            for planner, command in zip(planners, commands, strict=True)
        )
    )

    order = await workshop.stored_order("A-1")
    assert order is not None
    assert (order["applied"], order["content"]["items"][0]["quantity"]) == (commands[-1].stamp, 8)


async def test_an_unchanged_sync_keeps_the_revision_and_still_counts_as_the_newest(
    workshop: Workshop,
) -> None:
    first, older, same = (
        workshop.sync_command(an_order("A-1", quantity=quantity)) for quantity in (1, 2, 1)
    )

    for command in (first, same, older):
        await workshop.planner.syncing.orders(command, UNHEARD)

    order = await workshop.stored_order("A-1")
    assert order is not None
    assert (order["revision"], order["applied"]) == (1, same.stamp)
    assert order["content"]["items"][0]["quantity"] == 1
