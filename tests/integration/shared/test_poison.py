"""Messages that nobody can read, and one that kills whoever takes it, on a real RabbitMQ."""

import struct
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

import aiormq
import pytest
from pamqp.commands import Basic

from shared.contracts.exports import PlanVerified, VerifyPlan
from shared.messaging import dead_letters, topology
from shared.messaging.declaring import COMMANDS
from shared.messaging.frames import FRAME, Part, packed
from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from support.conversations import a_question, conversing, holds, not_begun
from support.messages import GOOD, POISON
from support.waiting import until

pytestmark = pytest.mark.integration

Verifies = topology.Route[VerifyPlan, PlanVerified]
QUEUES: Final = (topology.EXPORTS_VERIFY, topology.EXPORTS_VERIFY_LARGE)


async def take_and_die(messages: Messages, queue_name: str) -> bool:
    """Takes one message and is gone without a word; False when there is none."""
    channel = await messages.channel()
    queue = await channel.declare_queue(queue_name, passive=True)
    taken = await queue.get(fail=False)
    await channel.close()
    return taken is not None


@pytest.mark.parametrize("route", QUEUES, ids=lambda route: route.key)
async def test_what_keeps_killing_its_worker_ends_in_the_dead_letters_and_says_why(
    messages: Messages, route: Verifies
) -> None:
    command = a_question()
    await messages.publish(route, command, step="test.publish")
    deaths = 0

    async def buried() -> dead_letters.DeadLetter | None:
        nonlocal deaths
        while await take_and_die(messages, route.queue):
            deaths += 1
        letters = await dead_letters.listed(messages, "planner")
        return next((letter for letter in letters if letter.id == command.command_id), None)

    letter = await until(buried)

    assert topology.DELIVERY_LIMIT <= deaths <= topology.DELIVERY_LIMIT + 1
    assert letter.reason == "delivery_limit"
    assert letter.origin_queue == route.queue
    assert await dead_letters.drop(messages, "planner", letter.id)


@pytest.mark.parametrize("route", QUEUES, ids=lambda route: route.key)
async def test_what_kills_its_worker_in_a_frame_ends_as_often_and_its_neighbours_are_served(
    settings: CommonSettings, messages: Messages, route: Verifies
) -> None:
    handled: Counter[str] = Counter()

    async def verify(command: VerifyPlan) -> PlanVerified:
        handled[command.plan_command_id] += 1
        if command.plan_command_id == "poison":  # as when the process dies: nothing is settled
            connection = await worker.broker.connect()
            await connection.reconnect()
        return PlanVerified(holds=True)

    names = ("before", "poison", "after")
    commands = {name: a_question(name) for name in names}
    parts = [Part(command.encoded(), command.command_id) for command in commands.values()]
    worker = not_begun(settings, verify, route=route)
    await worker.start()
    await messages.send(
        packed(parts),
        content_type=FRAME,
        exchange=COMMANDS,
        routing_key=route.key,
    )

    async def buried() -> dead_letters.DeadLetter | None:
        letters = await dead_letters.listed(messages, "planner")
        return next((each for each in letters if each.reason == "delivery_limit"), None)

    letter = await until(buried)

    assert letter.id == commands["poison"].command_id
    assert topology.DELIVERY_LIMIT - 1 <= handled["poison"] <= topology.DELIVERY_LIMIT + 1
    assert handled["before"] >= 1
    assert handled["after"] >= 1
    await worker.stop()
    channel = await messages.channel()  # its death may have doubled it: a copy is under way
    for queue in (route.queue, topology.dead_queue("planner")):
        await (await channel.get_queue(queue)).purge()
    await channel.close()


PREFETCH: Final = 5


class Bytes(Basic.Properties):
    """Properties as the bytes of their frame, as a client in another language may write them."""

    def __init__(self, flag: int, value: bytes) -> None:
        super().__init__(message_id="any")
        self._frame = struct.pack(">H", 1 << flag) + value

    def marshal(self) -> bytes:
        return self._frame


# Properties that AMQP carries and that pamqp, or aio-pika, cannot read.
UNREADABLE: Final = {
    "a correlation id that is no UTF-8": Bytes(10, b"\x02\xff\xfe"),
    "a message id that is no UTF-8": Bytes(7, b"\x02\xff\xfe"),
    "a header's name that is no UTF-8": Bytes(13, b"\x00\x00\x00\x03\x01\xffV"),
    "a time beyond the year 9999": Bytes(6, b"\xff" * 8),
    "a delivery mode of 7": Bytes(12, b"\x07"),
}


@pytest.fixture
async def serving(settings: CommonSettings) -> AsyncIterator[Messages]:
    fewer = settings.model_copy(update={"prefetch": PREFETCH})
    async with conversing(not_begun(fewer, holds)) as messages:
        yield messages


async def test_more_poison_than_the_prefetch_is_dead_with_its_reasons_and_a_healthy_one_is_served(
    serving: Messages, settings: CommonSettings
) -> None:
    queue = topology.EXPORTS_VERIFY.queue
    for name, (body, properties, _) in POISON.items():
        await serving.send(body, routing_key=queue, message_id=name, **properties)
    async with await aiormq.connect(settings.rabbit_url.get_secret_value()) as connection:
        channel = await connection.channel()
        for unreadable in UNREADABLE.values():
            await channel.basic_publish(GOOD, routing_key=queue, properties=unreadable)
    assert len(UNREADABLE) >= PREFETCH

    command = VerifyPlan.model_validate_json(GOOD)
    answer = await serving.request(topology.EXPORTS_VERIFY, command, within=30, step="test.ask")

    async def all_dead() -> list[dead_letters.DeadLetter] | None:
        letters = await dead_letters.listed(serving, "planner")
        return letters if len(letters) == len(POISON) + len(UNREADABLE) else None

    letters = await until(all_dead)
    assert answer.holds
    reasons = {letter.id: letter.reason for letter in letters}
    for name, (_, _, reason) in POISON.items():
        assert reason in reasons[name]
    unread = [letter for letter in letters if "properties cannot be read" in letter.reason]
    assert len(unread) == len(UNREADABLE)
    for letter in letters:
        await dead_letters.drop(serving, "planner", letter.id)


@pytest.mark.parametrize(
    "reply_to", ["nowhere", "amq.rabbitmq.reply-to.nobody", "z" * 255, "amq.rabbitmq.reply-to.g1h2"]
)
async def test_an_answer_that_nobody_waits_for_harms_nobody(
    serving: Messages, reply_to: str
) -> None:
    queue = topology.EXPORTS_VERIFY.queue
    for body in (GOOD, b"{"):
        await serving.send(body, routing_key=queue, message_id="bad", reply_to=reply_to)

    command = VerifyPlan.model_validate_json(GOOD)
    answer = await serving.request(topology.EXPORTS_VERIFY, command, within=30, step="test.ask")

    assert answer.holds
    [letter] = await until(lambda: dead_letters.listed(serving, "planner"))
    assert letter.id == "bad"
    assert await dead_letters.drop(serving, "planner", "bad")
