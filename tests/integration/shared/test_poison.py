"""A message that kills whoever takes it, on a real RabbitMQ."""

from collections.abc import AsyncIterator

import pytest

from shared.contracts.exports import VerifyPlan
from shared.ids import minted_id
from shared.messaging import dead_letters, topology
from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from support.waiting import until

pytestmark = pytest.mark.integration


@pytest.fixture
async def messages(settings: CommonSettings) -> AsyncIterator[Messages]:
    async def healthy() -> bool:
        return True

    messages = Messages(settings, service="tests", healthy=healthy)
    await messages.start()
    yield messages
    await messages.stop()


async def take_and_die(messages: Messages) -> bool:
    """Takes one message and is gone without a word; False when there is none."""
    channel = await messages.channel()
    queue = await channel.declare_queue(topology.EXPORTS_VERIFY.queue, passive=True)
    taken = await queue.get(fail=False)
    await channel.close()
    return taken is not None


async def test_what_keeps_killing_its_worker_ends_in_the_dead_letters_and_says_why(
    messages: Messages,
) -> None:
    command = VerifyPlan(
        command_id=minted_id("cmd_"),
        account_id="acc_1",
        request_id="req-1",
        issued_at="2026-11-24T10:00:00.000Z",
        plan_command_id="cmd_plan",
    )
    await messages.publish(topology.EXPORTS_VERIFY, command, step="test.publish")
    deaths = 0

    async def buried() -> dead_letters.DeadLetter | None:
        nonlocal deaths
        while await take_and_die(messages):
            deaths += 1
        letters = await dead_letters.listed(messages, "planner")
        return next((letter for letter in letters if letter.id == command.command_id), None)

    letter = await until(buried)

    assert topology.DELIVERY_LIMIT <= deaths <= topology.DELIVERY_LIMIT + 1
    assert letter.reason == "delivery_limit"
    assert letter.origin_queue == topology.EXPORTS_VERIFY.queue
    assert await dead_letters.drop(messages, "planner", letter.id)
