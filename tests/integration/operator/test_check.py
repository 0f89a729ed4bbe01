"""`entrygo check` on real records: what is sound passes, and each damage is found by its id."""

import json
from asyncio import to_thread
from datetime import timedelta
from typing import Any

import pytest

from entrygo_operator.invariants import Moment
from entrygo_operator.invariants.queues import too_long
from entrygo_operator.invariants.stored import of_export
from shared.contracts.exports import OperateAction, PlanVerified
from shared.contracts.lifecycle import ExportRecord
from shared.messaging.dead_letters import drop
from shared.messaging.topology import MAX_LENGTH
from shared.records import CLAIMS, Claim
from support.damage import TO_EXECUTED, TO_EXECUTING
from support.entrygo import Entrygo
from support.gated import Died
from support.workshop import Workshop, outcome_of

pytestmark = pytest.mark.integration


async def report(entrygo: Entrygo) -> Any:
    done = await to_thread(entrygo, "check", "--json")
    value = json.loads(done.stdout)
    assert done.exit_code == bool(value["violations"]), done.stderr
    return value


async def holding(*_: object) -> PlanVerified:
    """A planner whose answer came before the other export was executed."""
    return PlanVerified(holds=True)


async def executed(workshop: Workshop) -> ExportRecord:
    plan = await workshop.plan(await workshop.orders(2))
    await workshop.an_executor().executing.execute(workshop.execute_command(plan))
    return await workshop.export(plan.export_id)


async def executing(workshop: Workshop) -> ExportRecord:
    plan = await workshop.plan(await workshop.orders(1))
    executor = workshop.an_executor()
    executor.store.die("executor.claim_orders", "before")
    with pytest.raises(Died):
        await executor.executing.execute(workshop.execute_command(plan))
    return await workshop.export(plan.export_id)


async def test_what_is_sound_passes_in_every_state(entrygo: Entrygo, workshop: Workshop) -> None:
    orders = await workshop.orders(2)
    winner, loser = [await workshop.plan(orders) for _ in range(2)]
    for plan in (winner, loser):
        await outcome_of(workshop.an_executor(verify=holding), workshop.execute_command(plan))
    await workshop.plan(orders, loser.export_id)
    await executing(workshop)
    voided = await executed(workshop)
    await workshop.operate(voided["_id"], OperateAction.VOID)

    told = await report(entrygo)

    assert told["violations"] == []
    assert told["by_state"] == {"EXECUTED": 1, "EXECUTING": 1, "PLANNED": 1, "VOIDED": 1}
    assert told["queues"]["executor.dead"] == 0


async def test_each_damage_is_found_by_the_id_of_its_record(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    expected = {}
    for damages, made in ((TO_EXECUTED, executed), (TO_EXECUTING, executing)):
        for damage in damages:
            export = await made(workshop)
            await damage.do(workshop.store, export)
            expected[export["_id"]] = {damage.invariant}
    claim = Claim(_id="ord_1", account_id=workshop.account.account_id, export="batch_1", attempt=1)
    await workshop.store.insert(CLAIMS, claim, step="test.damage")
    expected["ord_1"] = {"I13"}
    await workshop.messages.send_dead("planner.orders.sync", b"{}", message_id="cmd_1")
    expected["cmd_1"] = {"I10"}

    told = await report(entrygo)
    await drop(workshop.messages, "planner", "cmd_1")

    seen: dict[str, set[str]] = {}
    for one in told["violations"]:
        seen.setdefault(one["id"], set()).add(one["invariant"])
    assert seen == expected, told["violations"]


async def test_an_order_that_two_exports_ship_is_found_in_both(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    orders = await workshop.orders(2)
    claims = CLAIMS.of(workshop.account.account_id)
    plans = [await workshop.plan(orders) for _ in range(2)]
    for plan in plans:
        command = workshop.execute_command(plan)
        await workshop.store.delete(claims, {"_id": orders[0]}, step="test.damage")
        await workshop.store.delete(claims, {"_id": orders[1]}, step="test.damage")
        await workshop.an_executor(verify=holding).executing.execute(command)

    told = (await report(entrygo))["violations"]

    assert {(one["invariant"], one["id"]) for one in told} == {("I13", str(plans[0].export_id))}
    assert f"{orders[0]} is claimed by {plans[1].export_id}" in told[0]["seen"]


async def test_a_violation_is_one_line_and_ends_with_one(
    entrygo: Entrygo, workshop: Workshop
) -> None:
    export = await executed(workshop)
    damage = TO_EXECUTED[0]
    await damage.do(workshop.store, export)

    done = await to_thread(entrygo, "check")

    assert done.exit_code == 1
    assert done.stdout.startswith(f"{damage.invariant} {export['_id']} art_")
    assert "1 exports looked at (1 EXECUTED): 1 violations." in done.stdout


async def test_without_rabbitmq_all_else_is_looked_at(entrygo: Entrygo, workshop: Workshop) -> None:
    await executed(workshop)
    away = Entrygo(entrygo.environment | {"ENTRYGO_RABBIT_URL": "amqp://g:g@127.0.0.1:9/"})

    done = await to_thread(away, "check")

    assert done.exit_code == 0, done.stderr
    assert "1 exports looked at" in done.stdout
    assert "I10 was not looked at" in done.stdout


def test_a_queue_beyond_its_limit_is_a_violation_and_a_full_one_is_not() -> None:
    [found] = too_long({"planner.orders.sync": MAX_LENGTH * 2, "planner.dead": MAX_LENGTH})

    assert (found.invariant, found.id) == ("I10", "planner.orders.sync")


async def test_what_moved_while_it_was_read_is_read_again(workshop: Workshop) -> None:
    before = await executed(workshop)
    moment = Moment(await workshop.store.now(), timedelta(minutes=15))
    await workshop.operate(before["_id"], OperateAction.VOID)

    assert await of_export(workshop.store, before, moment) == []
