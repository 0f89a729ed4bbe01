"""Who may do what at RabbitMQ, asked of RabbitMQ itself by each service's own user."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelAccessRefused, ChannelPreconditionFailed
from pydantic import SecretStr
from stack.servers import Addresses

from shared.contracts.exports import PlanVerified, VerifyPlan
from shared.errors import QueueUnavailable
from shared.messaging import dead_letters, topology
from shared.messaging.frames import FRAME, Part, packed
from shared.messaging.permissions import USERS, permissions
from shared.messaging.rabbit import Messages
from shared.messaging.topology import DIRECT_EXCHANGE, EXCHANGE, EXPORTS_VERIFY
from shared.settings import CommonSettings
from support.messages import GOOD
from support.servers import own_users, told, virtual_host
from support.waiting import until

Work = Callable[[AbstractChannel], Awaitable[object]]

COMMAND = VerifyPlan.model_validate_json(GOOD)
QUEUES = [*topology.BY_QUEUE, *map(topology.dead_queue, topology.SERVICES)]
KNOWN = "call_known"


async def healthy() -> bool:
    return True


class Staff:
    """Processes and bare channels, each of a user of its own."""

    def __init__(
        self, settings: CommonSettings, users: dict[str, str], held: AsyncExitStack
    ) -> None:
        self._settings = settings
        self._users = users
        self._held = held
        self._connections: dict[str, AbstractConnection] = {}

    async def process(self, service: str, *, own: bool = True) -> Messages:
        url = SecretStr(self._users[service] if own else self._users["admin"])
        settings = self._settings.model_copy(update={"rabbit_url": url})
        messages = Messages(settings, service=service, healthy=healthy)
        if service == "planner":
            messages.subscriber(EXPORTS_VERIFY)(holds)
        await messages.start()
        self._held.push_async_callback(messages.stop)
        return messages

    async def may(self, user: str, work: Work) -> bool:
        """Whether RabbitMQ lets the user; on a channel of its own, since a refusal ends it."""
        if user not in self._connections:
            connection = await aio_pika.connect(self._users[user])
            self._connections[user] = await self._held.enter_async_context(connection)
        channel = await self._connections[user].channel()
        try:
            await work(channel)
        except ChannelAccessRefused:
            return False
        await channel.close()
        return True


async def holds(command: VerifyPlan) -> PlanVerified:
    return PlanVerified(holds=bool(command.command_id))


@pytest.fixture(scope="module")
def own_host(servers: Addresses) -> Iterator[dict[str, str]]:
    """What is said here is for no other test."""
    with virtual_host(servers) as url, own_users(servers, url) as users:
        yield {**users, "admin": url}


@pytest.fixture
async def staff(settings: CommonSettings, own_host: dict[str, str]) -> AsyncIterator[Staff]:
    async with AsyncExitStack() as held:
        staff = Staff(settings, own_host, held)
        for service in topology.SERVICES:
            await staff.process(service)
        yield staff


def said(key: str, exchange: str = EXCHANGE, **properties: Any) -> Work:
    async def work(channel: AbstractChannel) -> None:
        message = aio_pika.Message(properties.pop("body", b"{"), **properties)
        to = await channel.get_exchange(exchange, ensure=False)
        await (to if exchange else channel.default_exchange).publish(message, key, mandatory=False)

    return work


def declared(queue: str) -> Work:
    return lambda channel: channel.declare_queue(queue, durable=True)


def bound(queue: str, exchange: str, key: str) -> Work:
    async def work(channel: AbstractChannel) -> None:
        await (await channel.get_queue(queue, ensure=False)).bind(exchange, key)

    return work


def unbound(queue: str, exchange: str, key: str) -> Work:
    async def work(channel: AbstractChannel) -> None:
        await (await channel.get_queue(queue, ensure=False)).unbind(exchange, key)

    return work


def counted(queue: str) -> Work:
    return lambda channel: channel.declare_queue(queue, passive=True)


def taken(queue: str) -> Work:
    async def work(channel: AbstractChannel) -> None:
        await (await channel.get_queue(queue, ensure=False)).get(fail=False)

    return work


def deleted(queue: str) -> Work:
    async def work(channel: AbstractChannel) -> None:
        await channel.queue_delete(queue, if_unused=True, if_empty=True)

    return work


# -- what each says


def test_a_publisher_says_orders_and_reads_nothing_and_each_command_has_its_speaker() -> None:
    asked_by = {route.key: set(route.asked_by) for route in topology.ROUTES}

    assert [key for key, users in asked_by.items() if "publisher" in users] == ["orders.sync"]
    assert permissions("publisher").read == permissions("publisher").configure == "^()$"
    assert asked_by["exports.operate"] == {"operator"}
    assert asked_by["deliveries.send"] == {"executor"}


@pytest.mark.parametrize("user", USERS)
async def test_each_user_says_its_own_commands_and_events_and_no_others(
    staff: Staff, user: str
) -> None:
    keys = [route.key for route in topology.ROUTES] + [event.key for event in topology.EVENTS]

    may = {key for key in [*keys, "anything", "#"] if await staff.may(user, said(key))}

    own = {route.key for route in topology.ROUTES if user in route.asked_by}
    assert may == own | {event.key for event in topology.EVENTS if user in event.told_by}


@pytest.mark.parametrize("user", USERS)
async def test_nobody_passes_by_the_topics_through_the_default_exchange(
    staff: Staff, user: str
) -> None:
    assert not any([await staff.may(user, said(queue, "")) for queue in QUEUES])


@pytest.mark.parametrize("user", USERS)
async def test_only_the_server_says_what_the_server_says_of_a_death(
    staff: Staff, user: str
) -> None:
    keys = [*topology.SERVICES, *map(topology.dead_queue, topology.SERVICES)]

    assert not any([await staff.may(user, said(key, topology.DEAD_EXCHANGE)) for key in keys])


@pytest.mark.parametrize("user", USERS)
async def test_to_a_queue_by_its_name_speaks_its_own_service_or_the_operator(
    staff: Staff, user: str
) -> None:
    keys = [*topology.BY_QUEUE, *map(topology.dead_queue, topology.BY_QUEUE)]

    may = {key for key in keys if await staff.may(user, said(key, DIRECT_EXCHANGE))}

    replayed = set(topology.BY_QUEUE) if user == "operator" else set()
    assert may == replayed | {key for key in keys if key.startswith(f"{user}.")}


async def test_nobody_says_to_be_another(staff: Staff) -> None:
    with pytest.raises(ChannelPreconditionFailed):
        await staff.may("publisher", said("orders.sync", user_id="gateway"))


# -- what each reads and makes


@pytest.mark.parametrize("user", USERS)
async def test_each_user_reads_binds_makes_and_deletes_its_own_queues_alone(
    staff: Staff, user: str
) -> None:
    others = [queue for queue in QUEUES if not queue.startswith(f"{user}.")]

    may_count = {queue for queue in others if await staff.may(user, counted(queue))}
    may_read = {queue for queue in others if await staff.may(user, taken(queue))}
    may = [
        work
        for queue in others
        for work in (
            bound(queue, EXCHANGE, "exports.plan"),
            bound(queue, DIRECT_EXCHANGE, "planner.exports.plan"),
            unbound(queue, EXCHANGE, queue.partition(".")[2]),
            deleted(queue),
            declared(queue),
        )
        if await staff.may(user, work)
    ]

    watches = user in {"gateway", "operator"}
    dead = {topology.dead_queue(service) for service in topology.SERVICES}
    assert may_count == (set(others) if watches else set())
    assert may_read == (dead if watches else set())
    assert may == []


@pytest.mark.parametrize("user", USERS)
async def test_nobody_listens_to_what_is_said_to_others(staff: Staff, user: str) -> None:
    others = [(EXCHANGE, route.key) for route in topology.ROUTES if route.service != user]
    heard = [
        *others,
        (EXCHANGE, "#"),
        (DIRECT_EXCHANGE, "#"),
        (DIRECT_EXCHANGE, "*.direct.replies.*"),
    ]
    ear = f"{user}.ear"
    makes = await staff.may(user, declared(ear))

    assert makes == (user != "publisher")
    assert not any([await staff.may(user, bound(ear, *where)) for where in heard])
    assert not await staff.may(user, bound(ear, EXCHANGE, "exports.*"))
    events = [await staff.may(user, bound(ear, EXCHANGE, each.key)) for each in topology.EVENTS]
    assert set(events) == {user == "subscriber"}


async def test_a_subscriber_that_is_gone_fills_no_disk(
    staff: Staff, servers: Addresses, own_host: dict[str, str]
) -> None:
    assert await staff.may("subscriber", declared("subscriber.gone"))

    async def bounded() -> bool:
        queues = await asyncio.to_thread(told, servers, own_host["admin"], "queues")
        found = {each["name"]: each.get("effective_policy_definition") for each in queues}
        return found["subscriber.gone"] == {"max-length": 100_000, "overflow": "drop-head"}

    await until(bounded)


# -- answers


async def test_answers_come_back_alone_and_in_a_frame(staff: Staff) -> None:
    executor = await staff.process("executor")

    asked = [
        executor.request(EXPORTS_VERIFY, COMMAND, within=30, step="test.ask") for _ in range(5)
    ]

    assert all(answer.holds for answer in await asyncio.gather(*asked))
    assert await executor.ready()


@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("forger", [user for user in USERS if user != "planner"])
async def test_an_answer_by_another_than_was_asked_is_not_kept(
    staff: Staff, forger: str, *, framed: bool
) -> None:
    """Even of one who knows the reply queue and the call."""
    executor = await staff.process("executor")
    replies = executor._replies  # noqa: SLF001  # what a forger would have to guess
    asked = replies.expect(KNOWN, 20, "planner")
    part = Part(PlanVerified(holds=False).encoded(), type="PlanVerified", correlation_id=KNOWN)
    alone = {"body": part.body, "type": part.type, "correlation_id": KNOWN}
    together = {"body": packed([part, part]), "content_type": FRAME}

    work = said(replies.queue, DIRECT_EXCHANGE, **(together if framed else alone))
    allowed = await staff.may(forger, work)

    assert await executor.ready()  # by now what was said to it before is there
    assert allowed == (forger == "executor")  # who may speak to its own queues
    assert not asked.done()
    asked.cancel()


async def test_no_service_answers_anothers_call_in_place_of_who_asked(staff: Staff) -> None:
    """A command of the gateway's user, with the executor's reply queue and call."""
    executor = await staff.process("executor")
    asked = executor._replies.expect(KNOWN, 20, "planner")  # noqa: SLF001
    forged: dict[str, Any] = {"reply_to": executor._replies.queue, "correlation_id": KNOWN}  # noqa: SLF001
    forged |= {"headers": {"x-asker": "executor"}, "message_id": "cmd_forged"}

    await staff.may("operator", said(EXPORTS_VERIFY.queue, DIRECT_EXCHANGE, **forged))

    planner = await staff.process("planner")

    async def died() -> bool:
        letters = await dead_letters.listed(planner, "planner")
        return any(letter.id == "cmd_forged" for letter in letters)

    await until(died)  # answered, had it been, and then dead
    assert await executor.ready()
    assert not asked.done()
    asked.cancel()


async def test_who_still_shares_a_user_is_answered_and_answers(staff: Staff) -> None:
    """As while services change over to users of their own."""
    executor = await staff.process("executor", own=False)
    assert (await executor.request(EXPORTS_VERIFY, COMMAND, within=30, step="test.ask")).holds

    await staff.process("planner", own=False)
    asking = await staff.process("executor")
    answers = [
        await asking.request(EXPORTS_VERIFY, COMMAND, within=30, step="test.ask") for _ in range(4)
    ]  # by either planner, in turn
    assert all(answer.holds for answer in answers)


async def test_a_command_that_no_process_reads_yet_is_refused_and_not_lost(
    settings: CommonSettings, servers: Addresses
) -> None:
    """Only who reads a queue may make it."""
    with virtual_host(servers) as url, own_users(servers, url) as users:
        async with AsyncExitStack() as held:
            executor = await Staff(settings, users, held).process("executor")
            with pytest.raises(QueueUnavailable):
                await executor.request(EXPORTS_VERIFY, COMMAND, within=30, step="test.ask")
            assert await executor.ready()
