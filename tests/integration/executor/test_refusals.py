"""What an execute that cannot run is answered, and that no later copy of it runs."""

import json

import pytest

from shared.contracts.errors import ErrorCode, Refusal
from shared.contracts.exports import ExecuteExport, OperateAction, PlanVerified
from shared.contracts.lifecycle import State, next_action_of
from shared.errors import Refused
from shared.links import rule_page
from shared.records import BROKERS
from support.executors import Executor
from support.workshop import SWEATER, Workshop, an_order, types_of

pytestmark = pytest.mark.integration


@pytest.fixture
def executor(workshop: Workshop) -> Executor:
    return workshop.an_executor()


async def refused(executor: Executor, command: ExecuteExport) -> Refusal:
    with pytest.raises(Refused) as error:
        await executor.executing.execute(command)
    return error.value.refusal


async def test_the_loser_stays_refused_when_the_winner_is_voided_until_it_is_planned_again(
    workshop: Workshop, executor: Executor
) -> None:
    orders = await workshop.orders(3)
    winner, loser = await workshop.plan(orders[:2]), await workshop.plan(orders[1:])
    await executor.executing.execute(workshop.execute_command(winner))
    lost = workshop.execute_command(loser)

    first = await refused(executor, lost)
    await workshop.operate(winner.export_id, OperateAction.VOID)
    copy = await refused(executor, lost)
    another = await refused(executor, workshop.execute_command(loser))
    again = await workshop.plan(orders[1:], loser.export_id)
    await executor.executing.execute(workshop.execute_command(again))

    assert first.error_code == ErrorCode.ORDER_ALREADY_EXPORTED
    assert first.details["orderIds"] == [orders[1]]
    assert copy == another == first
    assert (await workshop.export(loser.export_id))["state"] == State.EXECUTED


async def test_a_stale_plan_stays_refused_when_the_data_come_back_until_it_is_planned_again(
    workshop: Workshop, executor: Executor
) -> None:
    one, two = an_order("A-1"), an_order("A-1", quantity=3)
    [order] = await workshop.sync(one)
    plan = await workshop.plan([order])
    await workshop.sync(two)
    command = workshop.execute_command(plan)

    first = await refused(executor, command)
    await workshop.sync(one)
    copy = await refused(executor, command)
    again = await workshop.plan([order], plan.export_id)
    await executor.executing.execute(workshop.execute_command(again))

    assert first.error_code == ErrorCode.PLAN_STALE
    assert [
        change for change in first.details["changed"] if change["path"].endswith(".quantity")
    ] == [
        {"path": f"orders[{order}].items[0].quantity", "planned": 2, "current": 3},
    ]
    assert copy == first
    assert again.plan_hash == plan.plan_hash
    assert (await workshop.export(plan.export_id))["state"] == State.EXECUTED


async def test_a_command_runs_no_other_plan_than_the_one_it_was_stamped_with(
    workshop: Workshop, executor: Executor
) -> None:
    orders = await workshop.orders(2)
    plan = await workshop.plan(orders)
    early = workshop.execute_command(plan)
    await workshop.plan(orders[:1], plan.export_id)

    answer = await refused(executor, early)

    assert answer.error_code == ErrorCode.PLAN_STALE
    assert answer.details["changed"] == [{"path": "plan_revision", "planned": 1, "current": 2}]
    export = await workshop.export(plan.export_id)
    assert (export["state"], export["last_execution"]) == (State.PLANNED, None)


async def test_a_refusal_is_told_in_the_record_raises_its_revision_and_adds_no_event(
    workshop: Workshop, executor: Executor
) -> None:
    plan = await workshop.plan(await workshop.orders(1))
    before = await workshop.export(plan.export_id)
    command = workshop.execute_command(plan, plan_hash="sha256:" + "0" * 64)

    answer = await refused(executor, command)

    after = await workshop.export(plan.export_id)
    assert answer.error_code == ErrorCode.PLAN_HASH_MISMATCH
    assert after["last_execution"] == {
        "command_id": command.command_id,
        "outcome": "REFUSED",
        "error": answer.envelope(),
    }
    assert after["revision"] == before["revision"] + 1
    assert after["events"] == before["events"]


async def test_a_blocked_plan_is_refused_with_what_blocks_it_and_its_own_next_action(
    workshop: Workshop, executor: Executor
) -> None:
    nameless = SWEATER.model_copy(update={"external_id": "SW-2", "country_of_origin": None})
    await workshop.sync_product(nameless)
    [order] = await workshop.sync(an_order("A-1", product="SW-2"))
    clients = await workshop.plan([order])
    no_address = {"$unset": {"content.email": ""}}
    brokers = BROKERS.of(workshop.account.account_id)
    await workshop.store.transition(
        brokers, workshop.account.broker_id, {}, no_address, step="test.broker"
    )
    operators = await workshop.plan(await workshop.orders(1))

    for plan, action in ((clients, "FIX_DATA_AND_REPLAN"), (operators, "CONTACT_OPERATOR")):
        answer = await refused(executor, workshop.execute_command(plan))

        assert plan.view is not None
        view = json.loads(plan.view)
        blocking = [
            finding | {"docs": rule_page(finding["rule_id"])}
            for finding in view["validationMessages"]
            if finding["severity"] == "BLOCKING"
        ]
        assert blocking
        assert view["missing_data"]
        assert (answer.error_code, answer.details) == (
            ErrorCode.EXPORT_NOT_READY,
            {
                "retryable": False,
                "next_action": action,
                "readinessState": "BLOCKED",
                "validationMessages": blocking,
                "missing_data": view["missing_data"],
            },
        )
        export = await workshop.export(plan.export_id)
        assert next_action_of(export).value == action == view["next_recommended_action"]


async def test_what_the_planner_refuses_to_verify_is_told_in_the_record(
    workshop: Workshop,
) -> None:
    async def cannot(*_: object) -> PlanVerified:
        raise Refused(ErrorCode.INTERNAL_ERROR, "A bug in the planner.")

    plan = await workshop.plan(await workshop.orders(1))

    answer = await refused(workshop.an_executor(verify=cannot), workshop.execute_command(plan))

    export = await workshop.export(plan.export_id)
    assert answer.error_code == ErrorCode.INTERNAL_ERROR
    assert export["last_execution"] is not None
    assert export["last_execution"]["error"] == answer.envelope()
    assert (export["state"], export["refused"]) == (State.PLANNED, None)


async def test_a_refused_command_leaves_no_refusal_on_a_plan_that_came_after_it(
    workshop: Workshop, executor: Executor
) -> None:
    [order] = await workshop.sync(an_order("A-1"))
    plan = await workshop.plan([order])
    changed = an_order("A-1", quantity=5)
    await workshop.sync(changed)
    pause = executor.store.pause("executor.keep_refusal", "before")

    running = workshop.start(executor.executing.execute(workshop.execute_command(plan)))
    await pause.reached(running)
    again = await workshop.plan([order], plan.export_id)
    pause.go_on()
    with pytest.raises(Refused) as error:
        await running
    await workshop.an_executor().executing.execute(workshop.execute_command(again))

    assert error.value.refusal.error_code == ErrorCode.PLAN_STALE
    export = await workshop.export(plan.export_id)
    assert export["state"] == State.EXECUTED
    assert "EXECUTION_REFUSED" not in types_of(export)


async def test_another_accounts_export_looks_like_none(
    workshop: Workshop, executor: Executor
) -> None:
    plan = await workshop.plan(await workshop.orders(1))
    stranger = workshop.execute_command(plan).model_copy(update={"account_id": "acc_stranger"})
    unknown = workshop.execute_command(plan).model_copy(update={"export_id": "batch_none"})

    answers = [await refused(executor, command) for command in (stranger, unknown)]

    assert answers[0] == answers[1]
    assert answers[0].error_code == ErrorCode.EXPORT_NOT_FOUND
    assert (await workshop.export(plan.export_id))["state"] == State.PLANNED
