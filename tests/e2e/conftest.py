"""A running product: every service as processes of its own, on a store and vhost of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from stack.servers import Addresses

from shared.settings import CommonSettings
from shared.store import Store
from support.accounts import seed_account
from support.services import ALL, Cluster
from support.shop import Shop


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
