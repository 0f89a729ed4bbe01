"""Attempts: an old one that wakes late, and a plan that changes beside an execution."""

import asyncio
import json

import pytest
from prometheus_client import REGISTRY

from shared.contracts.errors import ErrorCode
from shared.contracts.exports import ExportExecuted
from shared.contracts.lifecycle import State
from shared.errors import Refused
from shared.ids import derived_id
from shared.records import EXPORTS
from support.workshop import Workshop, outcome_of, types_of

pytestmark = pytest.mark.integration


async def test_an_attempt_that_wakes_late_takes_nothing_from_the_next_one(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(2)
    other, plan = await workshop.plan(orders[1:]), await workshop.plan(orders)
    await workshop.an_executor().executing.execute(workshop.execute_command(other))
    slow, command = workshop.an_executor(), workshop.execute_command(plan)
    pause = slow.store.pause("executor.claim_orders", "before")
    running = workshop.start(outcome_of(slow, command))
    await pause.reached(running)

    refused = await outcome_of(workshop.an_executor(), command)
    again = await workshop.plan(orders, plan.export_id)
    second = workshop.an_executor()
    held = second.store.pause("executor.put_blobs", "before")
    continued = workshop.start(outcome_of(second, workshop.execute_command(again)))
    await held.reached(continued)
    pause.go_on()
    late = await running
    during = await workshop.export(plan.export_id)
    held.go_on()
    answer = await continued

    assert isinstance(refused, Refused)
    assert isinstance(late, ExportExecuted)
    assert isinstance(answer, ExportExecuted)
    assert (during["state"], during["attempt"], during["refused"]) in {
        (State.EXECUTING, 2, None),
        (State.EXECUTED, 2, None),  # the late one carried the second attempt on
    }
    export = await workshop.export(plan.export_id)
    assert export["state"] == State.EXECUTED
    assert types_of(export).count("EXECUTION_REFUSED") == 1
    assert export["package_id"] == workshop.a_package_id(plan, attempt=2)
    assert await workshop.claims(orders[:1]) == {orders[0]: (plan.export_id, 2)}


async def test_each_attempt_has_a_package_of_its_own_and_only_the_last_is_shown(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(2)
    other, plan = await workshop.plan(orders[1:]), await workshop.plan(orders)
    slow = workshop.an_executor()
    pause = slow.store.pause("executor.finish_execution", "before")
    running = workshop.start(outcome_of(slow, workshop.execute_command(plan)))
    await pause.reached(running)
    first = await workshop.export(plan.export_id)
    # An operator gives up on it; a copy of its record goes back, as a loser's would.
    await workshop.store.transition(
        EXPORTS.of(workshop.account.account_id),
        str(plan.export_id),
        {},
        {"$set": {"state": State.PLANNED.value, "execution": None}, "$inc": {"revision": 1}},
        step="test.give_back",
    )
    await workshop.an_executor().executing.execute(workshop.execute_command(other))
    again = await workshop.plan(orders, plan.export_id)
    second = workshop.an_executor()
    held = second.store.pause("executor.put_blobs", "before")
    continued = workshop.start(outcome_of(second, workshop.execute_command(again)))
    await held.reached(continued)
    pause.go_on()
    held.go_on()
    await asyncio.gather(running, continued)

    export = await workshop.export(plan.export_id)
    abandoned = workshop.a_package_id(plan, attempt=first["attempt"])
    assert export["package_id"] == workshop.a_package_id(plan, attempt=2)
    assert {artifact["id"] for artifact in export["artifacts"]}.isdisjoint(
        derived_id("art_", abandoned, artifact["artifact_type"]) for artifact in export["artifacts"]
    )
    assert await workshop.store.find(EXPORTS, {"package_id": abandoned}) == []
    assert export["plan_revision"] == 2
    assert again.view is not None
    assert json.loads(again.view)["included_order_ids"] == orders[:1]


async def test_an_export_planned_again_between_the_check_and_the_start_is_not_started(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(2)
    plan = await workshop.plan(orders)
    executor = workshop.an_executor()
    pause = executor.store.pause("executor.start_execution", "before")

    running = workshop.start(outcome_of(executor, workshop.execute_command(plan)))
    await pause.reached(running)
    await workshop.plan(orders[:1], plan.export_id)
    pause.go_on()
    answer = await running

    assert isinstance(answer, Refused)
    assert answer.refusal.error_code == ErrorCode.PLAN_STALE
    assert (await workshop.export(plan.export_id))["state"] == State.PLANNED
    assert await workshop.claims(orders) == {}


async def test_an_export_started_between_the_check_and_the_replan_keeps_its_plan(
    workshop: Workshop,
) -> None:
    orders = await workshop.orders(2)
    plan = await workshop.plan(orders)
    pause = workshop.planner.store.pause("planner.replan_export", "before")

    running = workshop.start(workshop.plan(orders[:1], plan.export_id))
    await pause.reached(running)
    await workshop.an_executor().executing.execute(workshop.execute_command(plan))
    pause.go_on()
    with pytest.raises(Refused) as error:
        await running

    assert error.value.refusal.error_code == ErrorCode.EXPORT_ALREADY_EXECUTED
    export = await workshop.export(plan.export_id)
    assert (export["plan_revision"], export["state"]) == (1, State.EXECUTED)


def wakes() -> float:
    steps = {"step": "executor.wake_mailer"}
    return REGISTRY.get_sample_value("entrygo_step_seconds_count", steps) or 0.0


async def test_an_execution_wakes_the_mailer_once_for_each_partner(workshop: Workshop) -> None:
    plan = await workshop.plan(await workshop.orders(1))
    command, executor = workshop.execute_command(plan), workshop.an_executor()

    before = wakes()
    await executor.executing.execute(command)
    after = wakes()
    await executor.executing.execute(command)

    partners = len((await workshop.export(plan.export_id))["deliveries"])
    assert (after - before, wakes() - after) == (partners, partners)
