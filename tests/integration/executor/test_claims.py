"""Claims: an order leaves once, of racing exports exactly one wins, and nobody is stuck."""

import asyncio
import json

import pytest

from shared.contracts.errors import ErrorCode
from shared.contracts.exports import ExportExecuted, OperateAction
from shared.contracts.lifecycle import State
from shared.errors import Refused, Transient
from shared.records import CLAIMS, EXPORTS, Claim
from support.gated import Died
from support.workshop import Workshop, outcome_of, types_of

pytestmark = pytest.mark.integration


async def test_of_two_racing_executes_with_common_orders_one_wins_and_the_other_can_plan_again(
    workshop: Workshop,
) -> None:
    for _ in range(5):
        orders = await workshop.orders(4)
        plans = [await workshop.plan(orders[:3]), await workshop.plan(orders[1:])]
        replicas = [workshop.an_executor() for _ in plans]
        commands = [workshop.execute_command(plan) for plan in plans]

        answers = await asyncio.gather(*map(outcome_of, replicas, commands))

        [lost] = [answer for answer in answers if isinstance(answer, Refused)]
        loser = plans[answers.index(lost)]
        assert lost.refusal.error_code == ErrorCode.ORDER_ALREADY_EXPORTED
        assert lost.refusal.details["orderIds"] == orders[1:3]
        winner = plans[1 - plans.index(loser)].export_id
        assert lost.refusal.details["exportIds"] == dict.fromkeys(orders[1:3], winner)
        export = await workshop.export(loser.export_id)
        assert export["state"] == State.PLANNED
        assert types_of(export)[-1] == "EXECUTION_REFUSED"

        again = await workshop.plan(orders[:3] if loser is plans[0] else orders[1:], export["_id"])
        await replicas[0].executing.execute(workshop.execute_command(again))
        holders = await workshop.claims(orders)
        assert {holder for holder, _ in holders.values()} == {plan.export_id for plan in plans}
        assert [holders[id_][0] for id_ in orders[1:3]] == [winner] * 2


async def test_three_that_want_each_others_orders_never_all_lose(workshop: Workshop) -> None:
    orders = await workshop.orders(3)
    plans = [await workshop.plan([orders[n], orders[(n + 1) % 3]]) for n in range(3)]
    commands = [workshop.execute_command(plan) for plan in plans]

    answers = await asyncio.gather(
        *(outcome_of(workshop.an_executor(), command) for command in commands)
    )

    assert len([answer for answer in answers if isinstance(answer, ExportExecuted)]) == 1


async def test_the_loser_goes_back_first_and_drops_its_claims_then(workshop: Workshop) -> None:
    orders = await workshop.orders(2)
    loser, winner = await workshop.plan(orders), await workshop.plan(orders[1:])
    await workshop.an_executor().executing.execute(workshop.execute_command(winner))
    executor = workshop.an_executor()
    pause = executor.store.pause("executor.drop_claims", "before")

    running = workshop.start(executor.executing.execute(workshop.execute_command(loser)))
    await pause.reached(running)
    held = await workshop.claims(orders)
    state = (await workshop.export(loser.export_id))["state"]
    pause.go_on()
    with pytest.raises(Refused):
        await running

    assert state == State.PLANNED
    assert held[orders[0]] == (loser.export_id, 1)
    assert await workshop.claims(orders) == {orders[1]: (winner.export_id, 1)}


async def test_claims_left_behind_by_one_who_died_going_back_hold_nobody_up(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(2)
    loser, winner = await workshop.plan(orders), await workshop.plan(orders[1:])
    await workshop.an_executor().executing.execute(workshop.execute_command(winner))
    executor = workshop.an_executor()
    executor.store.die("executor.drop_claims", "before")
    with pytest.raises(Died):
        await executor.executing.execute(workshop.execute_command(loser))

    third = await workshop.plan(orders[:1])
    await workshop.an_executor().executing.execute(workshop.execute_command(third))

    assert third.view is not None
    assert json.loads(third.view)["included_order_ids"] == orders[:1]
    assert (await workshop.claims(orders[:1])) == {orders[0]: (third.export_id, 1)}


async def test_dropping_late_takes_nothing_from_who_took_the_void_claims_over(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(2)
    loser, winner = await workshop.plan(orders), await workshop.plan(orders[1:])
    await workshop.an_executor().executing.execute(workshop.execute_command(winner))
    slow = workshop.an_executor()
    pause = slow.store.pause("executor.drop_claims", "before")
    running = workshop.start(slow.executing.execute(workshop.execute_command(loser)))
    await pause.reached(running)

    # The loser's own next attempt, and nobody else, holds the order when the drop comes.
    again = await workshop.plan(orders, loser.export_id)
    await workshop.an_executor().executing.execute(workshop.execute_command(again))
    pause.go_on()
    with pytest.raises(Refused):
        await running

    assert (await workshop.claims(orders[:1])) == {orders[0]: (loser.export_id, 2)}


async def test_of_two_that_replace_one_void_claim_one_wins(workshop: Workshop) -> None:
    orders = await workshop.orders(1)
    voided = await workshop.plan(orders)
    dying = workshop.an_executor()
    dying.store.die("executor.put_blobs", "before")
    with pytest.raises(Died):
        await dying.executing.execute(workshop.execute_command(voided))
    operator = workshop.an_executor()
    operator.store.die("executor.drop_claims", "before")
    with pytest.raises(Died):
        await workshop.operate(voided.export_id, OperateAction.VOID, operator)
    slow, plan, fast = (
        workshop.an_executor(),
        await workshop.plan(orders),
        await workshop.plan(orders),
    )
    pause = slow.store.pause("executor.replace_claim", "before")

    running = workshop.start(outcome_of(slow, workshop.execute_command(plan)))
    await pause.reached(running)
    await workshop.an_executor().executing.execute(workshop.execute_command(fast))
    pause.go_on()
    answer = await running

    assert isinstance(answer, Refused)
    assert answer.refusal.details["orderIds"] == orders
    assert await workshop.claims(orders) == {orders[0]: (fast.export_id, 1)}


async def test_a_claim_ahead_of_its_export_is_an_old_read_and_is_read_again(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(1)
    other, plan = await workshop.plan(orders), await workshop.plan(orders)
    claim = Claim(
        _id=orders[0],
        account_id=workshop.account.account_id,
        export=str(other.export_id),
        attempt=1,
    )
    await workshop.store.insert(CLAIMS, claim, step="test.claim")
    command = workshop.execute_command(plan)

    with pytest.raises(Transient):
        await workshop.an_executor().executing.execute(command)
    caught_up = {"$set": {"attempt": 1, "state": State.PLANNED.value}}
    await workshop.store.transition(
        EXPORTS.of(workshop.account.account_id),
        str(other.export_id),
        {},
        caught_up,
        step="test.catch_up",
    )
    await workshop.an_executor().executing.execute(command)

    assert await workshop.claims(orders) == {orders[0]: (plan.export_id, 1)}


async def test_an_order_whose_holder_is_voided_while_the_loser_goes_back_is_still_named(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(1)
    holder, plan = await workshop.plan(orders), await workshop.plan(orders)
    await workshop.an_executor().executing.execute(workshop.execute_command(holder))
    executor = workshop.an_executor()

    async def void() -> None:
        await workshop.operate(holder.export_id, OperateAction.VOID)

    async def void_at_the_next_read() -> None:
        executor.store.at("read exported_orders", "before", void)

    executor.store.at("read exported_orders", "after", void_at_the_next_read)
    answer = await outcome_of(executor, workshop.execute_command(plan))

    assert isinstance(answer, Refused)
    assert answer.refusal.details["orderIds"] == orders
