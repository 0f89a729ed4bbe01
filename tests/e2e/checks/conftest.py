"""A virtual host for each test: what another one left in a queue would be looked at too."""

from collections.abc import Iterator

import pytest
from stack.servers import Addresses

from support.servers import virtual_host


@pytest.fixture
def rabbit_url(servers: Addresses) -> Iterator[str]:
    with virtual_host(servers) as address:
        yield address
