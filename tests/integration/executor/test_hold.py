"""After a restore: what may have been done in the lost hours runs only when a person says so."""

from datetime import timedelta

import pytest

from entrygo_operator.invariants import Moment
from entrygo_operator.invariants.stored import of_export
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode, NextAction, Refusal
from shared.contracts.exports import ExportExecuted, ExportPlanned, OperateAction
from shared.contracts.lifecycle import State, next_action_of
from shared.errors import Refused
from shared.records import CURRENT_EPOCH, EPOCHS, Epoch
from support.executors import Executor
from support.workshop import Workshop, outcome_of, types_of

pytestmark = pytest.mark.integration


@pytest.fixture
def executor(workshop: Workshop) -> Executor:
    return workshop.an_executor()


async def restored(workshop: Workshop, *, whole: bool = True) -> Epoch:
    """As if the store came from a backup now."""
    now = timestamp(workshop.clock())
    epoch = Epoch(
        _id=CURRENT_EPOCH,
        began_at=now,
        backup_id="backup_1",
        taken_at="2026-11-01T00:00:00.000Z",
        restored_at=now if whole else None,
        released_at=None,
        released_by=None,
        reason=None,
    )
    await workshop.store.insert(EPOCHS, epoch, step="test.restore")
    return epoch


async def refusal_of(workshop: Workshop, plan: ExportPlanned, **more: object) -> Refusal:
    command = workshop.execute_command(plan, **more)
    answer = await outcome_of(workshop.an_executor(), command)
    assert isinstance(answer, Refused)
    return answer.refusal


def is_held(refusal: Refusal) -> bool:
    told = (refusal.error_code, refusal.details["next_action"], "2026-11-01" in refusal.message)
    return told == (ErrorCode.EXPORT_NOT_READY, NextAction.CONTACT_OPERATOR, True)


async def test_a_plan_of_before_runs_when_it_is_released(
    workshop: Workshop, executor: Executor
) -> None:
    plan = await workshop.plan(await workshop.orders(2))
    await restored(workshop)

    assert is_held(await refusal_of(workshop, plan))
    told = await workshop.export(plan.export_id)
    released = await workshop.operate(plan.export_id, OperateAction.RELEASE)

    assert (told["state"], next_action_of(told)) == (State.PLANNED, NextAction.CONTACT_OPERATOR)
    assert next_action_of(released) is not NextAction.CONTACT_OPERATOR
    assert types_of(released)[-1] == "EXPORT_RELEASED"
    answer = await outcome_of(executor, workshop.execute_command(plan))
    assert isinstance(answer, ExportExecuted)


async def test_planning_again_does_not_release_it_nor_its_orders(workshop: Workshop) -> None:
    orders = await workshop.orders(2)
    before = await workshop.plan(orders)
    await restored(workshop)

    again = await workshop.plan(orders, before.export_id)
    another = await workshop.plan(orders)

    assert is_held(await refusal_of(workshop, again))
    assert is_held(await refusal_of(workshop, another))


async def test_what_is_new_since_runs(workshop: Workshop, executor: Executor) -> None:
    await workshop.orders(1)
    await restored(workshop)

    plan = await workshop.plan(await workshop.orders(2))

    answer = await outcome_of(executor, workshop.execute_command(plan))
    assert isinstance(answer, ExportExecuted)


async def test_while_the_restore_is_not_whole_nothing_runs(workshop: Workshop) -> None:
    await restored(workshop, whole=False)

    plan = await workshop.plan(await workshop.orders(2))

    assert is_held(await refusal_of(workshop, plan))


async def test_a_client_does_not_resubmit_what_a_restore_made_unclear(
    workshop: Workshop, executor: Executor
) -> None:
    plan = await workshop.plan(await workshop.orders(2))
    await executor.executing.execute(workshop.execute_command(plan))
    unclear = await workshop.deliver(plan.export_id, "UNKNOWN")
    await restored(workshop)

    refusal = await refusal_of(workshop, plan, resubmit=True, revision=unclear["revision"])

    assert is_held(refusal)
    assert await workshop.export(plan.export_id) == unclear
    resent = await workshop.operate(plan.export_id, OperateAction.RESUBMIT)
    assert resent["deliveries"]["BROKER"]["status"] == "PENDING"


async def test_what_the_partners_have_already_is_executed_and_not_mailed(
    workshop: Workshop, executor: Executor
) -> None:
    orders = await workshop.orders(2)
    plan = await workshop.plan(orders)
    await restored(workshop)
    held = await workshop.export(plan.export_id)
    command = workshop.operate_command(held, OperateAction.RELEASE)
    await executor.operating.operate(command.model_copy(update={"mailed": True}))

    await executor.executing.execute(workshop.execute_command(plan))

    export = await workshop.export(plan.export_id)
    assert export["state"] == State.EXECUTED
    assert {one["status"] for one in export["deliveries"].values()} == {"UNKNOWN"}
    assert types_of(export)[-2:] == ["BROKER_SUBMISSION_UNKNOWN", "WAREHOUSE_NOTICE_UNKNOWN"]
    assert set(await workshop.claims(orders)) == set(orders)
    moment = Moment(await workshop.store.now(), timedelta(minutes=15))
    assert await of_export(workshop.store, export, moment) == []
    confirmed = await workshop.operate(plan.export_id, OperateAction.CONFIRM_DELIVERY)
    assert confirmed["deliveries"]["BROKER"]["status"] == "SENT"


async def test_a_release_of_one_epoch_is_none_of_the_next(workshop: Workshop) -> None:
    plan = await workshop.plan(await workshop.orders(2))
    epoch = await restored(workshop)
    await workshop.operate(plan.export_id, OperateAction.RELEASE)
    later = {"$set": {"began_at": timestamp(workshop.clock())}}
    await workshop.store.transition(EPOCHS, epoch["_id"], {}, later, step="test.restore_again")

    assert is_held(await refusal_of(workshop, plan))


async def test_where_nothing_was_restored_nothing_is_released(
    workshop: Workshop, executor: Executor
) -> None:
    plan = await workshop.plan(await workshop.orders(1))
    command = workshop.operate_command(await workshop.export(plan.export_id), OperateAction.RELEASE)

    with pytest.raises(Refused) as error:
        await executor.operating.operate(command)

    assert error.value.refusal.error_code == ErrorCode.EXPORT_NOT_READY
