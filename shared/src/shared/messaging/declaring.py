"""Declares the whole topology; repeating it changes nothing."""

from collections.abc import Sequence
from typing import Any, cast

from faststream.rabbit import ExchangeType, QueueType, RabbitBroker, RabbitExchange, RabbitQueue

from shared.messaging import topology
from shared.messaging.topology import Route

COMMANDS = RabbitExchange(topology.EXCHANGE, type=ExchangeType.TOPIC, durable=True)
DEAD = RabbitExchange(topology.DEAD_EXCHANGE, type=ExchangeType.DIRECT, durable=True)


async def declare(broker: RabbitBroker, retry_delays_ms: Sequence[int]) -> None:
    """Every exchange and queue, the dead letters first: nothing is rejected into the void."""
    commands = await broker.declare_exchange(COMMANDS)
    dead = await broker.declare_exchange(DEAD)
    for service in topology.SERVICES:
        queue = await broker.declare_queue(
            _queue(topology.dead_queue(service), topology.dead_arguments())
        )
        await queue.bind(dead, service)
    for route in topology.ROUTES:
        queue = await broker.declare_queue(work_queue(route))
        await queue.bind(commands, route.key)
        for delay in retry_delays_ms:
            name = topology.retry_queue(route.queue, delay)
            await broker.declare_queue(_queue(name, topology.retry_arguments(route.queue, delay)))


def work_queue(route: Route[Any, Any]) -> RabbitQueue:
    return _queue(route.queue, topology.work_arguments(route.service), routing_key=route.key)


def _queue(name: str, arguments: dict[str, Any], *, routing_key: str = "") -> RabbitQueue:
    # `Any`: FastStream's TypedDict of arguments does not know RabbitMQ 4.3's.
    return RabbitQueue(
        name,
        queue_type=QueueType.QUORUM,
        arguments=cast("Any", arguments),
        routing_key=routing_key,
    )
