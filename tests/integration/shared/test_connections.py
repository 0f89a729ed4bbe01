"""What happens to a process's connections, and that it comes back from all of it by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

import pytest
from pydantic import SecretStr
from stack.servers import Addresses

from shared.errors import NoReply, QueueUnavailable, StoreFault
from shared.messaging import topology
from shared.messaging.declaring import DIRECT
from shared.messaging.link import takes_messages
from shared.messaging.rabbit import Messages
from shared.messaging.topology import EXPORTS_VERIFY
from shared.messaging.watch import CannotMend, watch
from shared.records import EXPORTS
from shared.settings import CommonSettings
from shared.store import Store
from support.conversations import Open, a_question, holds, not_begun
from support.proxy import Proxy, Way
from support.servers import close_connections, connections, consumers, delete_queue
from support.waiting import until

pytestmark = pytest.mark.integration


async def answered(messages: Messages) -> bool:
    """Whether a question that this process asks itself comes to an answer."""
    try:
        answer = await messages.request(EXPORTS_VERIFY, a_question(), within=2, step="test.ask")
    except (QueueUnavailable, NoReply):
        return False
    return answer.holds


@pytest.fixture
async def rabbit(rabbit_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(rabbit_url) as proxy:
        yield proxy


@pytest.fixture
async def begin(settings: CommonSettings, rabbit: Proxy) -> AsyncIterator[Open]:
    """A process at the planner's queue, by way of the proxy, watched over; not waited for."""
    impatient = settings.model_copy(
        update={
            "rabbit_url": SecretStr(rabbit.url),
            "publish_timeout": timedelta(seconds=1),
            "rabbit_connect_timeout": timedelta(seconds=1),
            "graceful_timeout": timedelta(seconds=1),
        }
    )
    async with AsyncExitStack() as stack:

        async def begun(**changed: timedelta) -> Messages:
            messages = not_begun(impatient.model_copy(update=changed), holds)
            tasks = [asyncio.create_task(work()) for work in (messages.start, messages.watch)]
            stack.push_async_callback(messages.stop)
            for task in tasks:
                stack.callback(task.cancel)
            return messages

        yield begun
        rabbit.release()
        rabbit.silent = False


async def test_a_connection_that_is_reset_is_made_again(begin: Open, rabbit: Proxy) -> None:
    messages = await begin()
    await until(messages.ready)

    rabbit.cut()

    await until(messages.ready)
    assert await answered(messages)


async def test_a_connection_that_an_operator_closes_is_made_again(
    begin: Open, rabbit: Proxy, servers: Addresses, rabbit_url: str
) -> None:
    messages = await begin()
    await until(messages.ready)
    made = rabbit.made

    async def closed() -> bool:
        return close_connections(servers, rabbit_url) > 0

    await until(closed)

    async def connected_anew() -> bool:
        return rabbit.made > made and await messages.ready()

    await until(connected_anew)
    assert await answered(messages)


async def test_nobody_waits_to_be_told_that_a_blocked_connection_is_free_again(
    begin: Open, servers: Addresses, rabbit_url: str
) -> None:
    """Aiormq would, for ever, on one that was lost while RabbitMQ was short of memory."""
    messages = await begin()
    await until(messages.ready)

    async def told() -> list[dict[str, bool]]:
        found = connections(servers, rabbit_url)
        return [one["client_properties"]["capabilities"] for one in found]

    assert all("connection.blocked" not in capabilities for capabilities in await until(told))


@pytest.mark.parametrize("way", ["to_server", "to_client", "both"])
async def test_a_publish_over_a_half_open_connection_fails_in_time_and_a_new_one_is_made(
    begin: Open, rabbit: Proxy, way: Way
) -> None:
    messages = await begin()
    await until(messages.ready)
    made = rabbit.made

    rabbit.swallow(way)

    with pytest.raises(QueueUnavailable):
        await messages.publish(EXPORTS_VERIFY, a_question(), step="test.publish")
    await until(messages.ready)
    assert rabbit.made > made
    # The server gives some questions to the lost consumer until it misses its heartbeats.
    await until(partial(answered, messages))


async def test_a_half_open_connection_is_noticed_where_nothing_is_published(
    begin: Open, rabbit: Proxy
) -> None:
    messages = await begin()
    await until(messages.ready)

    rabbit.swallow("to_client")

    assert not await messages.ready()
    await until(messages.ready)
    await until(partial(answered, messages))


async def test_a_server_that_stands_still_is_waited_for_on_the_same_connection(
    begin: Open, rabbit: Proxy
) -> None:
    messages = await begin()
    await until(messages.ready)
    made = rabbit.made

    rabbit.hold()
    assert not await messages.ready()
    rabbit.release()

    await until(messages.ready)
    assert rabbit.made == made
    assert await answered(messages)


async def test_a_publish_on_a_connection_that_misses_its_heartbeats_is_told_so(
    begin: Open, rabbit: Proxy
) -> None:
    second = timedelta(seconds=1)
    messages = await begin(rabbit_heartbeat=second, publish_timeout=60 * second)
    await until(messages.ready)

    rabbit.hold()

    with pytest.raises(QueueUnavailable):
        await messages.publish(EXPORTS_VERIFY, a_question(), step="test.publish")


async def test_a_start_waits_for_a_server_that_says_nothing(begin: Open, rabbit: Proxy) -> None:
    rabbit.silent = True
    messages = await begin()

    async def tried_again() -> bool:
        return rabbit.made > 2

    await until(tried_again)
    assert not await messages.ready()
    rabbit.silent = False
    rabbit.cut()

    await until(messages.ready)
    assert await answered(messages)


async def test_a_start_goes_on_when_its_connection_is_lost(begin: Open, rabbit: Proxy) -> None:
    rabbit.delay = 0.02
    messages = await begin()

    for _ in range(3):
        made = rabbit.made

        async def begun(made: int = made) -> bool:
            return rabbit.made > made

        await until(begun)
        rabbit.cut()
    rabbit.delay = 0

    await until(messages.ready)
    assert await answered(messages)


async def test_a_work_queue_that_is_deleted_is_declared_and_consumed_again(
    begin: Open, servers: Addresses, rabbit_url: str
) -> None:
    messages = await begin()
    await until(messages.ready)

    delete_queue(servers, rabbit_url, EXPORTS_VERIFY.queue)

    async def declared() -> bool:
        return EXPORTS_VERIFY.queue in await messages.queues([EXPORTS_VERIFY.queue])

    await until(declared)
    await until(messages.ready)
    assert await answered(messages)


async def test_a_queue_that_nobody_here_consumes_is_declared_again_when_it_is_missed(
    begin: Open, servers: Addresses, rabbit_url: str
) -> None:
    messages = await begin()
    await until(messages.ready)
    gone = topology.retry_queue(EXPORTS_VERIFY.queue, 100)
    delete_queue(servers, rabbit_url, gone)

    with pytest.raises(QueueUnavailable):
        await messages.send(b"{}", exchange=DIRECT, routing_key=gone)

    async def declared() -> bool:
        return gone in await messages.queues([gone])

    await until(declared)


async def test_a_reply_queue_that_is_deleted_is_declared_again(
    begin: Open, servers: Addresses, rabbit_url: str
) -> None:
    messages = await begin()
    await until(messages.ready)

    async def told() -> list[str]:
        return [name for name in consumers(servers, rabbit_url) if topology.asker_of(name)]

    [replies] = await until(told)

    delete_queue(servers, rabbit_url, replies)

    await until(partial(answered, messages))
    assert await messages.ready()


async def test_a_neighbours_consumer_makes_nobody_ready(begin: Open) -> None:
    one, other = await begin(), await begin()
    await until(one.ready)
    await until(other.ready)

    await one.pause()

    assert not await one.ready()
    assert await other.ready()


async def test_what_a_queue_holds_is_told_and_a_queue_that_is_not_there_is_left_out(
    begin: Open,
) -> None:
    messages = await begin()
    await until(messages.ready)

    found = await messages.queues(["nobody.knows.it", EXPORTS_VERIFY.queue])

    assert found == {EXPORTS_VERIFY.queue: (0, 1)}


async def test_a_process_that_cannot_mend_itself_cuts_its_connection_and_then_ends() -> None:
    answers = {"works": False, "rabbit": False}
    cuts: list[str] = []
    asked = 0

    async def works() -> bool:
        nonlocal asked
        asked += 1
        return answers["works"]

    async def rabbit() -> bool:
        return answers["rabbit"]

    watching = asyncio.create_task(
        watch(works=works, rabbit=rabbit, cut=cuts.append, patience=timedelta(seconds=1))
    )

    async def asked_twice() -> bool:
        return asked > 1

    await until(asked_twice)
    assert not watching.done()  # RabbitMQ is away: waited for
    answers["rabbit"] = True
    with pytest.raises(CannotMend):
        await watching


async def test_whether_rabbitmq_takes_messages_is_asked_of_it(
    settings: CommonSettings, rabbit: Proxy
) -> None:
    by_proxy = settings.model_copy(
        update={
            "rabbit_url": SecretStr(rabbit.url),
            "rabbit_connect_timeout": timedelta(seconds=1),
        }
    )

    assert await takes_messages(by_proxy, "tests")
    rabbit.silent = True
    assert not await takes_messages(by_proxy, "tests")


async def test_a_store_that_says_nothing_fails_in_time_and_is_there_again(
    settings: CommonSettings, servers: Addresses
) -> None:
    async with Proxy(servers.mongo_url) as proxy:
        impatient = settings.model_copy(
            update={"mongo_url": SecretStr(proxy.url), "store_timeout": timedelta(seconds=1)}
        )
        async with Store(impatient, appname="tests") as store:
            await until(store.ping)
            proxy.swallow("to_client")
            proxy.silent = True

            asked = [store.find(EXPORTS, {}) for _ in range(60)]
            failed = await asyncio.gather(*asked, return_exceptions=True)

            assert {type(each) for each in failed} == {StoreFault}
            assert not await store.ping()
            proxy.silent = False
            proxy.cut()
            await until(store.ping)
            assert await store.find(EXPORTS, {}) == []
