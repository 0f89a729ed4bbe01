"""The messaging seam on a real RabbitMQ: answers, retries, dead letters."""

import asyncio

import pytest

from shared.contracts.errors import ErrorCode
from shared.contracts.exports import PlanVerified, VerifyPlan
from shared.errors import NoReply, Refused, StoreFault, Transient
from shared.messaging import dead_letters
from shared.messaging.topology import EXPORTS_VERIFY
from support.conversations import Open, a_question
from support.waiting import until

pytestmark = pytest.mark.integration


async def test_each_of_many_calls_at_once_gets_its_own_answer(open_messages: Open) -> None:
    async def handler(command: VerifyPlan) -> PlanVerified:
        await asyncio.sleep(0.05)
        return PlanVerified(holds=command.plan_command_id == "even")

    await open_messages(handler)
    caller = await open_messages()

    names = ["even", "odd"] * 20
    answers = await asyncio.gather(
        *(
            caller.request(
                EXPORTS_VERIFY,
                a_question(name),
                within=30,
                step="test.ask",
            )
            for name in names
        )
    )

    assert [answer.holds for answer in answers] == [name == "even" for name in names]


async def test_a_refusal_is_an_answer(open_messages: Open) -> None:
    async def handler(_: VerifyPlan) -> PlanVerified:
        raise Refused(ErrorCode.PLAN_STALE, "It changed.", details={"changed": []})

    messages = await open_messages(handler)

    with pytest.raises(Refused) as refused:
        await messages.request(EXPORTS_VERIFY, a_question(), within=30, step="test.ask")

    assert refused.value.refusal.status == 409
    assert refused.value.refusal.details["next_action"] == "REPLAN"


async def test_a_transient_failure_is_tried_again_until_it_works(open_messages: Open) -> None:
    calls = 0

    async def handler(_: VerifyPlan) -> PlanVerified:
        nonlocal calls
        calls += 1
        if calls < 4:
            raise Transient("not yet")
        return PlanVerified(holds=True)

    messages = await open_messages(handler)

    answer = await messages.request(EXPORTS_VERIFY, a_question(), within=30, step="test.ask")

    assert answer.holds
    assert calls == 4


async def test_a_store_error_is_the_commands_own_fault_only_beside_a_store_that_answers(
    open_messages: Open,
) -> None:
    calls = 0

    async def handler(_: VerifyPlan) -> PlanVerified:
        nonlocal calls
        calls += 1
        if calls < 15:
            raise StoreFault("the server is going down")
        return PlanVerified(holds=True)

    messages = await open_messages(handler, store_answers=False)

    answer = await messages.request(EXPORTS_VERIFY, a_question(), within=60, step="test.ask")

    assert answer.holds
    assert await dead_letters.listed(messages, "planner") == []


async def test_the_tenth_own_failure_ends_in_the_dead_letters_and_is_answered_500(
    open_messages: Open,
) -> None:
    calls = 0

    async def handler(_: VerifyPlan) -> PlanVerified:
        nonlocal calls
        calls += 1
        raise ZeroDivisionError("a bug")

    messages = await open_messages(handler)
    command = a_question()

    with pytest.raises(Refused) as refused:
        await messages.request(EXPORTS_VERIFY, command, within=60, step="test.ask")

    assert refused.value.refusal.status == 500
    assert refused.value.refusal.details["retryable"] is False
    assert calls == 10
    [dead] = await until(lambda: dead_letters.listed(messages, "planner"))
    assert dead.id == command.command_id
    assert dead.origin_queue == "planner.exports.verify"
    assert "ZeroDivisionError" in dead.reason
    assert await dead_letters.drop(messages, "planner", dead.id)


async def test_a_message_that_breaks_its_contract_is_dead_at_once_and_healthy_ones_go_on(
    open_messages: Open,
) -> None:
    async def handler(_: VerifyPlan) -> PlanVerified:
        return PlanVerified(holds=True)

    messages = await open_messages(handler)
    for body in (b"{", b"[]", b'{"command_id": "x"}', b"\xff\xfe"):
        await messages.send(body, routing_key="planner.exports.verify", message_id=body.hex())

    answer = await messages.request(EXPORTS_VERIFY, a_question(), within=30, step="test.ask")

    async def four() -> list[dead_letters.DeadLetter] | None:
        found = await dead_letters.listed(messages, "planner")
        return found if len(found) == 4 else None

    dead = await until(four)
    assert answer.holds
    assert all("not a VerifyPlan" in letter.reason for letter in dead)
    for letter in dead:
        assert await dead_letters.drop(messages, "planner", letter.id)
    assert await dead_letters.listed(messages, "planner") == []


async def test_a_replayed_dead_letter_is_handled(open_messages: Open) -> None:
    handled = asyncio.Event()
    broken = True

    async def handler(_: VerifyPlan) -> PlanVerified:
        if broken:
            raise Refused(ErrorCode.PLAN_NOT_FOUND, "No such plan.")
        handled.set()
        return PlanVerified(holds=True)

    messages = await open_messages(handler)
    command = a_question()
    await messages.publish(EXPORTS_VERIFY, command, step="test.publish")
    [dead] = await until(lambda: dead_letters.listed(messages, "planner"))
    assert "PLAN_NOT_FOUND" in dead.reason
    broken = False

    assert await dead_letters.replay(messages, "planner", command.command_id)

    await asyncio.wait_for(handled.wait(), 30)
    assert await dead_letters.listed(messages, "planner") == []


async def test_no_worker_means_no_reply_and_the_command_waits_for_one(open_messages: Open) -> None:
    caller = await open_messages()
    with pytest.raises(NoReply):
        await caller.request(EXPORTS_VERIFY, a_question(), within=0.3, step="test.ask")
    seen = asyncio.Event()

    async def handler(_: VerifyPlan) -> PlanVerified:
        seen.set()
        return PlanVerified(holds=True)

    await open_messages(handler)

    await asyncio.wait_for(seen.wait(), 30)


async def test_a_process_whose_consumer_is_gone_is_not_ready(open_messages: Open) -> None:
    async def handler(_: VerifyPlan) -> PlanVerified:
        return PlanVerified(holds=True)

    messages = await open_messages(handler)
    assert await messages.ready()

    await messages.pause()

    assert not await messages.ready()
