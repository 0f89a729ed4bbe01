"""Declares the whole topology; repeating it changes nothing."""

from collections.abc import Sequence
from typing import Any, cast

from aio_pika.abc import AbstractRobustChannel, AbstractRobustQueue
from faststream.rabbit import ExchangeType, QueueType, RabbitExchange, RabbitQueue

from shared.messaging import topology
from shared.messaging.topology import Route

COMMANDS = RabbitExchange(topology.EXCHANGE, type=ExchangeType.TOPIC, durable=True)
DEAD = RabbitExchange(topology.DEAD_EXCHANGE, type=ExchangeType.DIRECT, durable=True)


async def declare(channel: AbstractRobustChannel, retry_delays_ms: Sequence[int]) -> None:
    """Every exchange and queue, the dead letters first: nothing is rejected into the void.

    Not through FastStream, which keeps a queue with the channel that declared it first: its
    consumer would run on that channel, without the prefetch of its own.
    """
    commands = await channel.declare_exchange(COMMANDS.name, COMMANDS.type.value, durable=True)
    dead = await channel.declare_exchange(DEAD.name, DEAD.type.value, durable=True)
    for service in topology.SERVICES:
        queue = await _declare(channel, topology.dead_queue(service), topology.dead_arguments())
        await queue.bind(dead, service)
    for route in topology.ROUTES:
        queue = await _declare(channel, route.queue, topology.work_arguments(route.service))
        await queue.bind(commands, route.key)
        for delay in retry_delays_ms:
            arguments = topology.retry_arguments(route.queue, delay)
            await _declare(channel, topology.retry_queue(route.queue, delay), arguments)


async def _declare(
    channel: AbstractRobustChannel, name: str, arguments: dict[str, Any]
) -> AbstractRobustQueue:
    return await channel.declare_queue(name, durable=True, arguments=arguments)


def work_queue(route: Route[Any, Any]) -> RabbitQueue:
    """The queue as FastStream's consumer declares it once more."""
    return RabbitQueue(
        route.queue,
        queue_type=QueueType.QUORUM,
        # Cast: FastStream's TypedDict of arguments does not know RabbitMQ 4.3's.
        arguments=cast("Any", topology.work_arguments(route.service)),
        routing_key=route.key,
    )
