"""What an operator does to an export: once, as it was seen, and never later than answered."""

import asyncio
import json

import pytest

from shared.contracts.errors import ErrorCode
from shared.contracts.exports import (
    ExportExecuted,
    ExportOperated,
    ExportPlanned,
    OperateAction,
    OperateExport,
)
from shared.contracts.lifecycle import DeliveryStatus, State
from shared.errors import Refused
from support.executors import Executor
from support.gated import Died
from support.workshop import Workshop, outcome_of, types_of

pytestmark = pytest.mark.integration


@pytest.fixture
def executor(workshop: Workshop) -> Executor:
    return workshop.an_executor()


@pytest.fixture
async def executed(workshop: Workshop, executor: Executor) -> ExportPlanned:
    plan = await workshop.plan(await workshop.orders(2))
    await executor.executing.execute(workshop.execute_command(plan))
    return plan


async def refused(executor: Executor, command: OperateExport) -> str:
    with pytest.raises(Refused) as error:
        await executor.operating.operate(command)
    return error.value.refusal.error_code


async def operated(executor: Executor, command: OperateExport) -> ExportOperated | Refused:
    try:
        return await executor.operating.operate(command)
    except Refused as error:
        return error


async def test_a_voided_export_frees_its_orders_and_keeps_its_documents(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    before = await workshop.export(executed.export_id)

    after = await workshop.operate(executed.export_id, OperateAction.VOID)

    assert after["state"] == State.VOIDED
    assert after["artifacts"] == before["artifacts"]
    assert {d["status"] for d in after["deliveries"].values()} == {DeliveryStatus.FAILED}
    assert {d["error_message"] for d in after["deliveries"].values()} == {"voided"}
    assert after["events"][-1]["data"]["reason"] == "asked by the shop"
    orders = list(json.loads(executed.view)["included_order_ids"]) if executed.view else []
    assert await workshop.claims(orders) == {}
    again = await workshop.plan(orders)
    assert isinstance(await outcome_of(executor, workshop.execute_command(again)), ExportExecuted)


async def test_a_void_that_was_refused_while_a_mail_was_sent_never_happens_later(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    export = await workshop.deliver(executed.export_id, "SENDING")
    command = workshop.operate_command(export, OperateAction.VOID)

    first = await refused(executor, command)
    await workshop.deliver(executed.export_id, "SENT")
    copy = await refused(executor, command)

    assert (first, copy) == (ErrorCode.EXPORT_NOT_READY, ErrorCode.EXPORT_NOT_READY)
    assert (await workshop.export(executed.export_id))["state"] == State.EXECUTED


async def test_a_mail_that_is_taken_between_look_and_void_refuses_the_void(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    async def take() -> None:
        await workshop.deliver(executed.export_id, "SENDING")

    command = workshop.operate_command(
        await workshop.export(executed.export_id), OperateAction.VOID
    )
    executor.store.at("executor.operate", "before", take)

    assert await refused(executor, command) == ErrorCode.EXPORT_NOT_READY
    assert (await workshop.export(executed.export_id))["state"] == State.EXECUTED


async def test_copies_of_a_void_at_once_are_all_answered_that_it_was_done(
    workshop: Workshop, executed: ExportPlanned
) -> None:
    export = await workshop.export(executed.export_id)
    command = workshop.operate_command(export, OperateAction.VOID)
    replicas = [workshop.an_executor() for _ in range(2)]
    pauses = [replica.store.pause("executor.operate", "before") for replica in replicas]

    running = [workshop.start(operated(replica, command)) for replica in replicas]
    for pause, task in zip(pauses, running, strict=True):
        await pause.reached(task)
    for pause in pauses:
        pause.go_on()
    answers = await asyncio.gather(*running)

    assert all(isinstance(answer, ExportOperated) for answer in answers)
    assert types_of(await workshop.export(executed.export_id)).count("EXPORT_VOIDED") == 1


async def test_a_copy_of_an_operators_command_is_answered_from_the_log(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    export = await workshop.deliver(executed.export_id, "UNKNOWN")
    command = workshop.operate_command(export, OperateAction.CONFIRM_DELIVERY)
    executor.store.die("executor.operate", "after")
    with pytest.raises(Died):
        await executor.operating.operate(command)

    answer = await workshop.an_executor().operating.operate(command)

    after = await workshop.export(executed.export_id)
    assert answer.revision == after["revision"] == export["revision"] + 1
    assert after["deliveries"]["BROKER"]["status"] == DeliveryStatus.SENT
    assert types_of(after).count("DELIVERY_CONFIRMED") == 1


@pytest.mark.parametrize("status", ["PENDING", "SENDING", "SENT"])
async def test_a_delivery_that_neither_failed_nor_is_unclear_is_not_confirmed(
    workshop: Workshop, executor: Executor, executed: ExportPlanned, status: str
) -> None:
    export = await workshop.deliver(executed.export_id, status)
    command = workshop.operate_command(export, OperateAction.CONFIRM_DELIVERY)

    assert await refused(executor, command) == ErrorCode.EXPORT_NOT_READY


async def test_three_copies_of_a_resubmit_are_one_resubmit(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    export = await workshop.deliver(executed.export_id, "FAILED")
    command = workshop.execute_command(executed, resubmit=True, revision=export["revision"])

    for _ in range(2):
        await executor.executing.execute(command)
    await workshop.deliver(executed.export_id, "FAILED")
    await executor.executing.execute(command)

    after = await workshop.export(executed.export_id)
    assert types_of(after).count("BROKER_SUBMISSION_RETRIED") == 1
    assert after["deliveries"]["BROKER"]["status"] == DeliveryStatus.FAILED


async def test_a_resubmit_that_had_no_effect_has_none_later(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    seen = (await workshop.export(executed.export_id))["revision"]
    command = workshop.execute_command(executed, resubmit=True, revision=seen)

    await executor.executing.execute(command)
    failed = await workshop.deliver(executed.export_id, "FAILED")
    await executor.executing.execute(command)

    assert await workshop.export(executed.export_id) == failed


async def test_a_plain_repeat_never_sends_again(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    failed = await workshop.deliver(executed.export_id, "UNKNOWN")

    await executor.executing.execute(
        workshop.execute_command(executed, revision=failed["revision"])
    )

    assert await workshop.export(executed.export_id) == failed


async def test_a_voided_export_is_not_sent_again_by_a_resubmit_under_way(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    export = await workshop.deliver(executed.export_id, "FAILED")
    command = workshop.execute_command(executed, resubmit=True, revision=export["revision"])
    pause = executor.store.pause("executor.resubmit", "before")

    running = workshop.start(executor.executing.execute(command))
    await pause.reached(running)
    await workshop.operate(executed.export_id, OperateAction.VOID)
    pause.go_on()
    await running

    after = await workshop.export(executed.export_id)
    assert after["state"] == State.VOIDED
    assert after["deliveries"]["BROKER"]["status"] == DeliveryStatus.FAILED


async def test_an_operators_resubmit_that_did_nothing_is_not_answered_as_done(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    export = await workshop.deliver(executed.export_id, "FAILED")

    async def void() -> None:
        await workshop.operate(executed.export_id, OperateAction.VOID)

    executor.store.at("executor.resubmit", "before", void)
    command = workshop.operate_command(export, OperateAction.RESUBMIT)

    assert await refused(executor, command) == ErrorCode.EXPORT_VOIDED


async def test_copies_of_an_operators_resubmit_are_one_resubmit(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    export = await workshop.deliver(executed.export_id, "FAILED")
    command = workshop.operate_command(export, OperateAction.RESUBMIT)

    answers = [await executor.operating.operate(command) for _ in range(3)]

    after = await workshop.export(executed.export_id)
    assert {answer.revision for answer in answers} == {after["revision"]}
    assert after["deliveries"]["BROKER"]["status"] == DeliveryStatus.PENDING
    assert types_of(after).count("BROKER_SUBMISSION_RETRIED") == 1


async def test_an_execution_under_way_is_voided_and_ends_with_nothing_to_show(
    workshop: Workshop, executor: Executor
) -> None:
    orders = await workshop.orders(2)
    plan = await workshop.plan(orders)
    pause = executor.store.pause("executor.claim_orders", "before")
    running = workshop.start(outcome_of(executor, workshop.execute_command(plan)))
    await pause.reached(running)

    await workshop.operate(plan.export_id, OperateAction.VOID)
    pause.go_on()
    answer = await running

    assert isinstance(answer, Refused)
    assert answer.refusal.error_code == ErrorCode.EXPORT_VOIDED
    export = await workshop.export(plan.export_id)
    assert (export["state"], export["package_id"], export["deliveries"]) == (
        State.VOIDED,
        None,
        {},
    )
    another = await workshop.plan(orders)  # the claims made after the void are void
    await workshop.an_executor().executing.execute(workshop.execute_command(another))
    assert {id_ for id_, _ in (await workshop.claims(orders)).values()} == {another.export_id}


async def test_a_voided_export_is_neither_planned_nor_executed_nor_voided_again(
    workshop: Workshop, executor: Executor, executed: ExportPlanned
) -> None:
    voided = await workshop.operate(executed.export_id, OperateAction.VOID)

    execute = await outcome_of(executor, workshop.execute_command(executed))
    with pytest.raises(Refused) as replan:
        await workshop.plan(await workshop.orders(1), executed.export_id)
    again = await refused(executor, workshop.operate_command(voided, OperateAction.VOID))

    assert isinstance(execute, Refused)
    codes = {execute.refusal.error_code, replan.value.refusal.error_code, again}
    assert codes == {ErrorCode.EXPORT_VOIDED}
