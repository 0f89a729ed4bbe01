"""The servers of the suite: one set a run, found by one fixture; never skipped.

Addresses given in the environment, else Docker by testcontainers, else the native stack
(stack/servers.py).
Each test that wants state gets a database of its own; each run a RabbitMQ virtual host of its own.
"""

import os
import signal
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import pytest
from pydantic import SecretStr
from stack.paths import StackFolder
from stack.servers import Addresses, kind_of, up

from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from shared.store import Store
from support import crash_points
from support.compose import composed
from support.conversations import Handler, Open, conversing, not_begun
from support.servers import drop_letters, own_users, virtual_host


def pytest_configure() -> None:
    os.environ["ENTRYGO_CRASH_SEED"] = str(crash_points.SEED)  # the run's workers take the same
    # A worker of xdist ignores it, and so would all that tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    return f"crash points: {crash_points.WHICH}"


@pytest.fixture(scope="session")
def servers(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Addresses]:
    name = os.environ.get("ENTRYGO_TEST_STACK", "test")
    capture = pytestconfig.pluginmanager.get_plugin("capturemanager")
    assert capture is not None
    with ExitStack() as held:
        # The first start takes minutes where nothing is there yet: it says what it is at.
        with capture.global_and_fixture_disabled():
            kind = kind_of(StackFolder(name))
            if kind == "docker":
                found = held.enter_context(composed(tmp_path_factory.mktemp("compose")))
            else:
                found = up(name, kind)
        yield found


@pytest.fixture(scope="session")
def rabbit_url(servers: Addresses) -> Iterator[str]:
    """A virtual host of this run's own."""
    with virtual_host(servers) as address:
        yield address


@pytest.fixture(scope="session")
def users(servers: Addresses, rabbit_url: str) -> Iterator[dict[str, str]]:
    """RabbitMQ's address for each service's own user."""
    with own_users(servers, rabbit_url) as addresses:
        yield addresses


@pytest.fixture(autouse=True)
def no_letters_of_others(request: pytest.FixtureRequest) -> None:
    """What other tests left among the dead letters of the run's virtual host is gone."""
    if "rabbit_url" in request.fixturenames:
        servers, rabbit_url = map(request.getfixturevalue, ("servers", "rabbit_url"))
        drop_letters(servers, rabbit_url)


@pytest.fixture
def settings(servers: Addresses, rabbit_url: str) -> CommonSettings:
    return CommonSettings(
        rabbit_url=SecretStr(rabbit_url),
        mongo_url=SecretStr(servers.mongo_url),
        mongo_database=f"test_{uuid.uuid4().hex[:12]}",
        retry_delays_ms=(100, 300),
    )


@pytest.fixture
async def store(settings: CommonSettings) -> AsyncIterator[Store]:
    async with Store(settings, appname="tests") as store:
        yield store
        await store.drop_database()


@pytest.fixture
async def messages(settings: CommonSettings) -> AsyncIterator[Messages]:
    """The test's own side of a conversation with whoever runs."""
    async with conversing(not_begun(settings)) as messages:
        yield messages


@pytest.fixture
async def open_messages(settings: CommonSettings) -> AsyncIterator[Open]:
    """More sides of it: each answers with the handler that it is given."""
    async with AsyncExitStack() as stack:

        async def opened(handler: Handler | None = None, **more: Any) -> Messages:
            return await stack.enter_async_context(conversing(not_begun(settings, handler, **more)))

        yield opened
