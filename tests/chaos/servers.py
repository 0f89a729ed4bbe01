"""Faults on RabbitMQ and the store, by the means that operators and accidents have."""

import asyncio
import signal
import time
from collections.abc import Sequence
from random import Random
from typing import Any, Final
from urllib.parse import quote

import httpx

from chaos.own import OwnServers
from chaos.schedule import Fault, Named
from chaos.stage import Stage
from shared.messaging import topology
from shared.messaging.arguments import work_arguments

WATERMARK: Final = ("/usr/lib/rabbitmq/bin/rabbitmqctl", "set_vm_memory_high_watermark")


def ending(own: OwnServers, name: str, how: signal.Signals) -> Fault:
    """The server's process ends, and is started again after a while."""

    async def play(_: Stage, rng: Random) -> str:
        away = rng.uniform(1.0, 6.0)
        own.signal(name, how)
        await asyncio.sleep(away)
        await own.up()
        return f"{name} away for {away:.1f} s"

    return play


def stopping(own: OwnServers, name: str) -> Fault:
    """The server hears and says nothing, and no connection ends."""

    async def play(_: Stage, rng: Random) -> str:
        held = rng.uniform(4.0, 14.0)
        try:
            own.signal(name, signal.SIGSTOP)
            await asyncio.sleep(held)
        finally:
            own.signal(name, signal.SIGCONT)
        return f"for {held:.1f} s"

    return play


def memory_alarm(own: OwnServers) -> Fault:
    async def play(_: Stage, rng: Random) -> str:
        held = rng.uniform(3.0, 9.0)
        try:
            await own.run("rabbitmq", *WATERMARK, "absolute", "1MB")
            await asyncio.sleep(held)
        finally:
            await own.run("rabbitmq", *WATERMARK, "0.6")
        return f"for {held:.1f} s"

    return play


def full_disk(own: OwnServers, server: str) -> Fault:
    async def play(_: Stage, rng: Random) -> str:
        held = rng.uniform(3.0, 9.0)
        try:
            await asyncio.to_thread(own.fill_disk, server)
            await asyncio.sleep(held)
        finally:
            await own.up()
        return f"for {held:.1f} s"

    return play


async def connections_closed(stage: Stage, rng: Random) -> str:
    """By an operator, at RabbitMQ: of all, or of some."""
    share = rng.choice((0.3, 1.0))
    async with stage.management() as management:
        found = await _got(management, f"/api/vhosts/{stage.vhost}/connections")
        chosen = [one["name"] for one in found if rng.random() < share]
        for name in chosen:
            await management.delete(f"/api/connections/{quote(name, safe='')}")
    if not chosen:
        raise RuntimeError("no connection to close")
    return f"{len(chosen)} of {len(found)}"


async def queue_deleted(stage: Stage, rng: Random) -> str:
    """A work queue is gone, with what was in it; nobody but the services makes it again."""
    route = rng.choice(topology.ROUTES)
    await _delete(stage, route.queue)
    return route.queue


async def consumer_cancelled(stage: Stage, rng: Random) -> str:
    """The server takes the queue from its consumers; it is there again at once, unconsumed."""
    route = rng.choice(topology.ROUTES)
    await _delete(stage, route.queue)
    declared = {"durable": True, "arguments": work_arguments(route.service)}
    bound = {"routing_key": route.key}
    async with stage.management() as management:
        queue = f"/api/queues/{stage.vhost}/{route.queue}"
        binding = f"/api/bindings/{stage.vhost}/e/{topology.EXCHANGE}/q/{route.queue}"
        (await management.put(queue, json=declared)).raise_for_status()
        (await management.post(binding, json=bound)).raise_for_status()
    return route.queue


async def _delete(stage: Stage, queue: str) -> None:
    async with stage.management() as management:
        answer = await management.delete(f"/api/queues/{stage.vhost}/{queue}")
        stage.queues_lost.append((time.monotonic(), queue))
        answer.raise_for_status()


async def _got(management: httpx.AsyncClient, path: str) -> Sequence[dict[str, Any]]:
    found: list[dict[str, Any]] = (await management.get(path)).raise_for_status().json()
    return found


RABBIT_LINKS: Final = [
    Named("RabbitMQ's connections closed", connections_closed),
    Named("consumers cancelled", consumer_cancelled),
    Named("queue deleted", queue_deleted),
]


def on_rabbit(own: OwnServers) -> list[Named]:
    return [
        Named("RabbitMQ killed", ending(own, "rabbitmq", signal.SIGKILL)),
        Named("RabbitMQ restarted", ending(own, "rabbitmq", signal.SIGTERM)),
        Named("RabbitMQ stopped (SIGSTOP)", stopping(own, "rabbitmq")),
        Named("RabbitMQ's memory alarm", memory_alarm(own)),
        Named("RabbitMQ's disk full", full_disk(own, "rabbitmq")),
    ]


def on_store(own: OwnServers) -> list[Named]:
    return [
        Named("store killed", ending(own, "postgres", signal.SIGKILL)),
        Named("store killed", ending(own, "ferretdb", signal.SIGKILL)),
        Named("store restarted", ending(own, "postgres", signal.SIGINT)),
        Named("store stopped (SIGSTOP)", stopping(own, "ferretdb")),
        Named("store's disk full", full_disk(own, "postgres")),
    ]
