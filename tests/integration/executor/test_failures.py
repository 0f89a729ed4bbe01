"""Executions that fail, die or are forgotten: they end, or stall where an operator sees them."""

import asyncio
from datetime import timedelta
from typing import NoReturn

import pytest
import zstandard

from executor.subscribers import subscribe
from executor.use_cases.drive import MOST_FAILURES, AttemptFailed
from shared.contracts.exports import ExportPlanned, OperateAction
from shared.contracts.lifecycle import ExportRecord, State, Status, status_of
from shared.exports import where_status
from shared.messaging import dead_letters, topology
from shared.messaging.rabbit import Messages
from shared.records import BROKERS, EXPORTS, PLANS
from shared.settings import CommonSettings
from shared.simulator import Simulated
from support.executors import REDRIVE_AFTER, Executor
from support.gated import Died
from support.workshop import Workshop, types_of

pytestmark = pytest.mark.integration


@pytest.fixture
def executor(workshop: Workshop) -> Executor:
    return workshop.an_executor()


@pytest.fixture
async def plan(workshop: Workshop) -> ExportPlanned:
    return await workshop.plan(await workshop.orders(2))


def a_broken_renderer(*_: object) -> NoReturn:
    raise ZeroDivisionError("a bug in a renderer")


async def begun(workshop: Workshop, plan: ExportPlanned) -> ExportRecord:
    """Started by a worker that died, and whose message is lost."""
    worker = workshop.an_executor()
    worker.store.die("executor.start_execution", "after")
    with pytest.raises(Died):
        await worker.executing.execute(workshop.execute_command(plan))
    return await workshop.export(plan.export_id)


async def stalled(workshop: Workshop) -> list[str]:
    found = await workshop.store.find(
        EXPORTS,
        where_status(Status.EXECUTION_STALLED) | {"account_id": workshop.account.account_id},
    )
    return [export["_id"] for export in found]


async def failures(workshop: Workshop, plan: ExportPlanned) -> int:
    execution = (await workshop.export(plan.export_id))["execution"]
    assert execution is not None
    return execution["failures"]


async def test_an_execution_whose_message_was_lost_is_ended_by_the_sweep(
    workshop: Workshop, executor: Executor, plan: ExportPlanned
) -> None:
    await begun(workshop, plan)

    await executor.sweeping.sweep()
    early = await workshop.export(plan.export_id)
    workshop.clock.forward(REDRIVE_AFTER)
    await executor.sweeping.sweep()

    assert early["state"] == State.EXECUTING
    export = await workshop.export(plan.export_id)
    assert export["state"] == State.EXECUTED
    assert len(export["artifacts"]) == 5
    assert types_of(export)[2] == "EXECUTION_STARTED"


async def test_clients_that_retry_at_once_do_not_stall_a_healthy_execution(
    workshop: Workshop, plan: ExportPlanned
) -> None:
    await begun(workshop, plan)

    await asyncio.gather(
        *(
            workshop.an_executor().executing.execute(workshop.execute_command(plan))
            for _ in range(MOST_FAILURES + 2)
        )
    )

    export = await workshop.export(plan.export_id)
    assert export["state"] == State.EXECUTED
    assert await failures(workshop, plan) == 0
    assert types_of(export).count("EXPORT_EXECUTED") == 1
    assert types_of(export).count("CUSTOMS_ARTIFACT_GENERATED") == 5


async def test_replicas_that_sweep_at_once_count_one_crash_once(
    workshop: Workshop, plan: ExportPlanned
) -> None:
    await begun(workshop, plan)
    workshop.clock.forward(REDRIVE_AFTER)
    replicas = [workshop.an_executor() for _ in range(3)]
    pauses = [replica.store.pause("executor.count_redrive", "before") for replica in replicas]

    sweeps = [workshop.start(replica.sweeping.sweep()) for replica in replicas]
    for pause, sweep in zip(pauses, sweeps, strict=True):
        await pause.reached(sweep)
    for pause in pauses:
        pause.go_on()
    await asyncio.gather(*sweeps)

    assert await failures(workshop, plan) == 1
    drove = [replica for replica in replicas if "executor.claim_orders" in replica.store.passed]
    assert len(drove) == 1


async def test_a_drive_is_counted_before_it_is_made(
    workshop: Workshop, executor: Executor, plan: ExportPlanned
) -> None:
    await begun(workshop, plan)
    workshop.clock.forward(REDRIVE_AFTER)
    executor.store.die("executor.claim_orders", "before")

    with pytest.raises(Died):
        await executor.sweeping.sweep()

    assert await failures(workshop, plan) == 1


async def test_what_kills_its_worker_stalls_at_the_tenth_drive_and_kills_no_more(
    workshop: Workshop, plan: ExportPlanned
) -> None:
    await begun(workshop, plan)
    deaths = 0
    while await stalled(workshop) == []:
        workshop.clock.forward(REDRIVE_AFTER + timedelta(seconds=1))
        worker = workshop.an_executor()
        worker.store.die("executor.put_blobs", "before")
        try:
            await worker.sweeping.sweep()
        except Died:
            deaths += 1

    workshop.clock.forward(REDRIVE_AFTER + timedelta(seconds=1))
    await workshop.an_executor().sweeping.sweep()

    export = await workshop.export(plan.export_id)
    assert deaths == MOST_FAILURES - 1
    assert status_of(export) is Status.EXECUTION_STALLED
    assert export["execution"] is not None
    assert export["execution"]["failures"] == MOST_FAILURES
    assert export["execution"]["last_error"] is not None


async def test_a_stalled_execution_is_answered_as_running_and_ends_when_it_is_resumed(
    workshop: Workshop, executor: Executor, plan: ExportPlanned
) -> None:
    command = workshop.execute_command(plan)
    broken = workshop.an_executor(render=a_broken_renderer)
    for _ in range(MOST_FAILURES - 1):
        with pytest.raises(AttemptFailed):
            await broken.executing.execute(command)
    tenth = await broken.executing.execute(command)
    listed = await stalled(workshop)
    another = await executor.executing.execute(workshop.execute_command(plan))
    resumed = await workshop.operate(plan.export_id, OperateAction.RESUME)
    await executor.sweeping.sweep()

    assert (tenth.running, another.running) == (True, True)
    assert listed == [plan.export_id]
    assert resumed["execution"] is not None
    assert (resumed["execution"]["failures"], resumed["execution"]["stalled"]) == (0, False)
    export = await workshop.export(plan.export_id)
    assert export["state"] == State.EXECUTED
    assert export["execution"] is not None
    assert export["execution"]["last_error"] is None


@pytest.mark.parametrize("test", [True, False], ids=["test", "live"])
async def test_an_execution_that_is_to_stall_does_so_through_dying_workers_and_never_for_a_live_one(
    workshop: Workshop, executor: Executor, plan: ExportPlanned, *, test: bool
) -> None:
    to_stall = {"$set": {"content.email": Simulated.STALLS.address}}
    broker, account_id = workshop.account.broker_id, workshop.account.account_id
    await workshop.store.transition(BROKERS.of(account_id), broker, {}, to_stall, step="test.mail")
    plan = await workshop.plan(await workshop.orders(1), str(plan.export_id))
    exports, kind = EXPORTS.of(account_id), {"$set": {"test": test}}
    await workshop.store.transition(exports, str(plan.export_id), {}, kind, step="test.kind")
    command = workshop.execute_command(plan)
    if test:
        dying = workshop.an_executor()
        dying.store.die("executor.record_failure", "after")
        with pytest.raises(Died):
            await dying.executing.execute(command)
        assert await failures(workshop, plan) == 1

    answer = await executor.executing.execute(command)

    if test:
        assert (answer.running, await failures(workshop, plan)) == (True, MOST_FAILURES)
        await workshop.operate(plan.export_id, OperateAction.RESUME)
        await executor.sweeping.sweep()
    export = await workshop.export(plan.export_id)
    assert export["state"] == State.EXECUTED
    channel = export["deliveries"]["BROKER"]["channel"]
    assert channel == ("SIMULATOR" if test else "EMAIL")


async def test_a_failing_execution_is_tried_again_from_the_queue_until_it_stalls_and_is_told_so(
    settings: CommonSettings, workshop: Workshop, plan: ExportPlanned
) -> None:
    executor = workshop.an_executor(render=a_broken_renderer)
    worker = Messages(settings, service="executor", healthy=workshop.store.ping)
    subscribe(worker, executor.executing, executor.operating, executor.printing)
    await worker.start()
    try:
        answer = await workshop.messages.request(
            topology.EXPORTS_EXECUTE, workshop.execute_command(plan), within=60, step="test.ask"
        )
    finally:
        await worker.stop()

    assert answer.running
    export = await workshop.export(plan.export_id)
    assert status_of(export) is Status.EXECUTION_STALLED
    assert export["execution"] is not None
    assert export["execution"]["last_error"] == {
        "errorCode": "INTERNAL_ERROR",
        "message": "ZeroDivisionError while executing",
        "failures": MOST_FAILURES,
    }
    dead = await dead_letters.listed(workshop.messages, "executor")
    assert export["execution"]["command_id"] not in {letter.id for letter in dead}


async def test_a_stalled_execution_that_ends_after_all_is_executed(
    workshop: Workshop, executor: Executor, plan: ExportPlanned
) -> None:
    pause = executor.store.pause("executor.finish_execution", "before")
    running = workshop.start(executor.executing.execute(workshop.execute_command(plan)))
    await pause.reached(running)
    stall = {"$set": {"execution.stalled": True, "execution.failures": MOST_FAILURES}}
    exports = EXPORTS.of(workshop.account.account_id)
    await workshop.store.transition(exports, str(plan.export_id), {}, stall, step="test.stall")

    pause.go_on()
    answer = await running

    assert not answer.running
    assert status_of(await workshop.export(plan.export_id)) is Status.SUBMITTING


async def test_a_snapshot_whose_bytes_changed_is_never_rendered_and_says_why(
    workshop: Workshop, executor: Executor, plan: ExportPlanned
) -> None:
    plans = PLANS.of(workshop.account.account_id)
    command_id = (await workshop.export(plan.export_id))["plan"]["command_id"]
    torn = {"$set": {"snapshot": zstandard.compress(b"{}")}}
    await workshop.store.transition(plans, command_id, {}, torn, step="test.tear")
    command = workshop.execute_command(plan)

    for _ in range(MOST_FAILURES - 1):
        with pytest.raises(AttemptFailed):
            await executor.executing.execute(command)
    answer = await executor.executing.execute(command)

    assert answer.running
    export = await workshop.export(plan.export_id)
    assert export["execution"] is not None
    assert export["execution"]["last_error"] is not None
    assert "holds other bytes" in export["execution"]["last_error"]["message"]
    assert export["package_id"] is None
