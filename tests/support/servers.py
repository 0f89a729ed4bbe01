"""A RabbitMQ virtual host of one's own, gone afterwards, and what the server says of it."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
from stack.servers import Addresses

from contract.files import DEFINITIONS
from shared.messaging.permissions import USERS


@contextmanager
def virtual_host(servers: Addresses) -> Iterator[str]:
    """Its address."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    with _management(servers) as management:
        management.put(f"/api/vhosts/{name}", json={}).raise_for_status()
        yield str(httpx.URL(servers.rabbit_url).copy_with(path=f"/{name}"))
        management.delete(f"/api/vhosts/{name}").raise_for_status()


@contextmanager
def own_users(servers: Addresses, rabbit_url: str) -> Iterator[dict[str, str]]:
    """The address for each service's own user, made as `make up` makes them, on that host."""
    url, password = httpx.URL(rabbit_url), uuid.uuid4().hex
    host = url.path.strip("/")
    names = {role: f"{role}@{host}" for role in USERS}
    given = json.loads(DEFINITIONS.read_bytes())
    for entry in (entry for entries in given.values() for entry in entries):
        entry["vhost"] = host
        if "user" in entry:
            entry["user"] = names[entry["user"]]
    with _management(servers) as management:
        for name in names.values():
            user = {"password": password, "tags": ""}
            management.put(f"/api/users/{quote(name)}", json=user).raise_for_status()
        management.post("/api/definitions", json=given).raise_for_status()
        yield {
            role: str(url.copy_with(username=name, password=password))
            for role, name in names.items()
        }
        for name in names.values():
            management.delete(f"/api/users/{quote(name)}").raise_for_status()


def consumers(servers: Addresses, rabbit_url: str) -> dict[str, list[int]]:
    """The prefetch of each consumer, by the name of its queue."""
    with _management(servers) as management:
        answer = management.get(f"/api/consumers{httpx.URL(rabbit_url).path}").raise_for_status()
    found: dict[str, list[int]] = {}
    consumer: dict[str, Any]
    for consumer in answer.json():
        found.setdefault(consumer["queue"]["name"], []).append(consumer["prefetch_count"])
    return found


def told(servers: Addresses, rabbit_url: str, what: str) -> list[dict[str, Any]]:
    """The virtual host's `queues` or `exchanges`, as RabbitMQ has them."""
    with _management(servers) as management:
        answer = management.get(f"/api/{what}{httpx.URL(rabbit_url).path}").raise_for_status()
    found: list[dict[str, Any]] = answer.json()
    return found


def drop_letters(servers: Addresses, rabbit_url: str) -> None:
    """Empties the queues of dead letters."""
    dead = [each["name"] for each in told(servers, rabbit_url, "queues")]
    with _management(servers) as management:
        for name in (name for name in dead if name.endswith(".dead")):
            url = f"/api/queues{httpx.URL(rabbit_url).path}/{quote(name, safe='')}/contents"
            management.delete(url).raise_for_status()


def channels(servers: Addresses, rabbit_url: str) -> list[dict[str, Any]]:
    with _management(servers) as management:
        url = f"/api/vhosts{httpx.URL(rabbit_url).path}/channels"
        found: list[dict[str, Any]] = management.get(url).raise_for_status().json()
    return found


def messages_in(servers: Addresses, rabbit_url: str, queue: str) -> list[dict[str, Any]]:
    """Taken out of the queue, with their properties."""
    with _management(servers) as management:
        wanted = {"count": 100, "ackmode": "ack_requeue_false", "encoding": "base64"}
        url = f"/api/queues{httpx.URL(rabbit_url).path}/{queue}/get"
        found: list[dict[str, Any]] = management.post(url, json=wanted).raise_for_status().json()
    return found


def delete_queue(servers: Addresses, rabbit_url: str, name: str) -> None:
    """With all that is in it; RabbitMQ cancels its consumers."""
    with _management(servers) as management:
        management.delete(f"/api/queues{httpx.URL(rabbit_url).path}/{name}").raise_for_status()


def declare_queue(servers: Addresses, rabbit_url: str, name: str) -> None:
    """Durable and classic: not as any service declares it."""
    with _management(servers) as management:
        url = f"/api/queues{httpx.URL(rabbit_url).path}/{name}"
        management.put(url, json={"durable": True}).raise_for_status()


def connections(servers: Addresses, rabbit_url: str) -> list[dict[str, Any]]:
    """As RabbitMQ's console shows them."""
    with _management(servers) as management:
        url = f"/api/vhosts{httpx.URL(rabbit_url).path}/connections"
        found: list[dict[str, Any]] = management.get(url).raise_for_status().json()
    return found


def close_connections(servers: Addresses, rabbit_url: str) -> int:
    """As an operator does it in RabbitMQ's console; gives how many."""
    found = connections(servers, rabbit_url)
    with _management(servers) as management:
        for one in found:
            name = quote(one["name"], safe="")
            management.delete(f"/api/connections/{name}").raise_for_status()
    return len(found)


def _management(servers: Addresses) -> httpx.Client:
    url = httpx.URL(servers.rabbit_url)
    return httpx.Client(
        base_url=servers.rabbit_management_url,
        auth=(url.username or "guest", url.password or "guest"),
        timeout=30,
    )
