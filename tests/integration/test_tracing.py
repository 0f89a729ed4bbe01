"""One trace from a client's request to the mail server's answer, over the real servers."""

import asyncio
from collections.abc import Iterator

import pytest
from stack.servers import Addresses

from shared import tracing
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import PlanVerified, VerifyPlan
from shared.errors import Refused, Transient
from shared.messaging import dead_letters
from shared.messaging.topology import EXPORTS_VERIFY
from shared.settings import CommonSettings
from shared.store import Store
from support.conversations import Open, a_question, holds
from support.deliveries import BROKER, a_mailer, an_executed_export, put
from support.executors import REDRIVE_AFTER
from support.gated import Died
from support.product import product
from support.spans import SPAN, TRACEPARENT, Spans, traced
from support.waiting import until
from support.workshop import Workshop

pytestmark = pytest.mark.integration

LOOP = {
    "POST execute": {"gateway.begin_key", "gateway.ask", "gateway.keep_outcome"},
    "gateway.ask": {"executor.exports.execute"},
    "executor.exports.execute": {
        "executor.ask_verify",
        "executor.start_execution",
        "executor.claim_orders",
        "executor.put_blobs",
        "executor.finish_execution",
        "executor.wake_mailer",
        "executor.reply_exports_execute",
        "executor.ack_exports_execute",
    },
    "executor.ask_verify": {"planner.exports.verify"},
    "planner.exports.verify": {"planner.reply_exports_verify", "planner.ack_exports_verify"},
    "executor.wake_mailer": {"broker-mailer.deliveries.send"},
    "broker-mailer.deliveries.send": {
        "broker_mailer.offer_mail",
        "broker_mailer.take_sending",
        "broker_mailer.send_mail",
        "broker_mailer.record_sending",
    },
}


@pytest.fixture
def spans() -> Iterator[Spans]:
    with traced() as spans:
        yield spans


async def test_one_trace_leads_from_the_request_to_the_mail_servers_answer(
    settings: CommonSettings, servers: Addresses, store: Store, spans: Spans
) -> None:
    async with product(settings, servers, store) as shop:
        plan = await shop.plan(await shop.sync())
        shop.http.headers["traceparent"] = TRACEPARENT
        assert (await shop.execute(plan)).status_code == 200
        del shop.http.headers["traceparent"]
        await shop.until_status(plan["exportId"], "COMPLETED")

        async def both_mailed() -> bool:
            return len(spans.named("broker-mailer.deliveries.send")) == 2

        await until(both_mailed)

    under = spans.children()

    assert under.pop(SPAN) == {"POST execute"}
    assert {parent: steps & under[parent] for parent, steps in LOOP.items()} == LOOP
    assert under.keys() == LOOP.keys()  # no parent is missing


async def test_commands_that_travel_together_keep_to_their_own_traces(
    open_messages: Open, spans: Spans
) -> None:
    messages = await open_messages(holds)

    async def asked(number: int) -> None:
        with tracing.span(f"request {number}", kind=tracing.SERVER, parent=TRACEPARENT):
            await messages.request(EXPORTS_VERIFY, a_question(), within=30, step=f"ask {number}")

    await asyncio.gather(*(asked(number) for number in range(20)))
    await messages.stop()

    under = spans.children()
    assert under[SPAN] == {f"request {number}" for number in range(20)}
    for number in range(20):
        assert under[f"request {number}"] == {f"ask {number}"}
        assert under[f"ask {number}"] == {"planner.exports.verify"}
    assert len(spans.named("planner.ack_exports_verify")) < 20  # a frame is nobody's


async def test_tries_dead_letters_and_replays_stay_in_the_trace(
    open_messages: Open, spans: Spans
) -> None:
    calls = 0

    async def handler(_: VerifyPlan) -> PlanVerified:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise Transient("not yet")
        raise Refused(ErrorCode.PLAN_NOT_FOUND)

    messages = await open_messages(handler)
    command = a_question()

    async def handled(times: int) -> bool:
        return len(spans.named("planner.exports.verify")) == times

    with tracing.under(TRACEPARENT):
        await messages.publish(EXPORTS_VERIFY, command, step="test.publish")
    await until(lambda: handled(3))
    await until(lambda: dead_letters.replay(messages, "planner", command.command_id))
    await until(lambda: handled(4))
    await until(lambda: dead_letters.drop(messages, "planner", command.command_id))
    await messages.stop()

    assert spans.children() == {
        SPAN: {"test.publish"},
        "test.publish": {"planner.exports.verify"},
        "planner.exports.verify": {"planner.ack_exports_verify"},
    }


async def test_what_sweeps_go_on_with_belongs_to_the_trace(
    workshop: Workshop, spans: Spans
) -> None:
    plan = await workshop.plan(await workshop.orders())
    executor = workshop.an_executor()
    executor.store.die("executor.claim_orders", "before")
    with tracing.under(TRACEPARENT), pytest.raises(Died):
        await executor.executing.execute(workshop.execute_command(plan))
    workshop.clock.forward(REDRIVE_AFTER)

    await executor.sweeping.sweep()

    assert "executor.finish_execution" in spans.children()["executor.sweep"]


async def test_a_delivery_that_no_message_woke_belongs_to_the_trace(
    store: Store, servers: Addresses, spans: Spans
) -> None:
    execution = an_executed_export().record["execution"]
    assert execution is not None
    execution["traceparent"] = TRACEPARENT
    executed = an_executed_export(test=True, execution=execution)
    await put(store, executed)

    mailer = a_mailer(store, servers.smtp_port, sandbox_smtp_host=servers.smtp_host)
    await mailer(executed.account_id, executed.id, BROKER)

    assert spans.children()[SPAN] >= {"broker_mailer.take_sending", "broker_mailer.send_mail"}
