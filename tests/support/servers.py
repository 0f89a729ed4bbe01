"""A RabbitMQ virtual host of one's own, gone afterwards."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from stack.servers import Addresses


@contextmanager
def virtual_host(servers: Addresses) -> Iterator[str]:
    """Its address."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    base = httpx.URL(servers.rabbit_url)
    user = (base.username or "guest", base.password or "guest")
    address = f"{servers.rabbit_management_url}/api/vhosts/{name}"
    httpx.put(address, json={}, auth=user, timeout=30).raise_for_status()
    yield str(base.copy_with(path=f"/{name}"))
    httpx.delete(address, auth=user, timeout=30).raise_for_status()
