"""The servers of the suite: one set a run, found by one fixture; never skipped.

Addresses given in the environment, else docker compose, else the native stack (stack/servers.py).
Each test that wants state gets a database of its own; each run a RabbitMQ virtual host of its own.
"""

import os
import uuid
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pydantic import SecretStr
from stack.servers import Addresses, up

from shared.settings import CommonSettings
from shared.store import Store


@pytest.fixture(scope="session")
def servers() -> Addresses:
    return up(os.environ.get("ENTRYGO_TEST_STACK", "test"))


@pytest.fixture(scope="session")
def rabbit_url(servers: Addresses) -> Iterator[str]:
    """A virtual host of this run's own, gone afterwards."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    base = httpx.URL(servers.rabbit_url)
    user = (base.username or "guest", base.password or "guest")
    address = f"{servers.rabbit_management_url}/api/vhosts/{name}"
    httpx.put(address, json={}, auth=user, timeout=30).raise_for_status()
    yield str(base.copy_with(path=f"/{name}"))
    httpx.delete(address, auth=user, timeout=30).raise_for_status()


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
