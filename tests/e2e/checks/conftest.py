"""A virtual host for each test: what another one left in a queue would be looked at too."""

from collections.abc import Iterator

import pytest
from stack.servers import Addresses

from support.servers import own_users, virtual_host


@pytest.fixture
def rabbit_url(servers: Addresses) -> Iterator[str]:
    with virtual_host(servers) as address:
        yield address


@pytest.fixture
def users(servers: Addresses, rabbit_url: str) -> Iterator[dict[str, str]]:
    with own_users(servers, rabbit_url) as addresses:
        yield addresses
