"""A running product: every service as processes of its own, on a store and vhost of its own."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from stack.servers import Addresses

from shared.settings import CommonSettings
from shared.store import Store
from support.accounts import seed_account
from support.services import ALL, Cluster
from support.shop import Shop


@pytest.fixture(scope="module")
async def shared_cluster(
    servers: Addresses, rabbit_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Cluster, Store]]:
    """All services, running, for the tests of one file."""
    settings = CommonSettings(
        rabbit_url=SecretStr(rabbit_url),
        mongo_url=SecretStr(servers.mongo_url),
        mongo_database=f"test_{uuid.uuid4().hex[:12]}",
        retry_delays_ms=(100, 500),
    )
    async with Store(settings, appname="tests") as store:
        async with Cluster(settings, servers, tmp_path_factory.mktemp("logs")) as cluster:
            await cluster.start(*ALL)
            yield cluster, store
        await store.drop_database()


@pytest.fixture
async def cluster(
    settings: CommonSettings,
    servers: Addresses,
    tmp_path: Path,
    store: Store,
    users: dict[str, str],
) -> AsyncIterator[Cluster]:
    """Nothing runs yet; what is started is stopped afterwards. Each service is its own user."""
    await store.ping()
    async with Cluster(settings, servers, tmp_path, users) as cluster:
        yield cluster


@pytest.fixture
async def running(cluster: Cluster) -> Cluster:
    await cluster.start(*ALL)
    return cluster


@pytest.fixture
async def shop(running: Cluster, store: Store) -> AsyncIterator[Shop]:
    shop = Shop(running.url, await seed_account(store))
    yield shop
    await shop.http.aclose()
