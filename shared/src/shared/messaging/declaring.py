"""Declares the topology; repeating it changes nothing."""

from collections.abc import Sequence
from typing import Any, Final, cast

from aio_pika.abc import AbstractRobustChannel, AbstractRobustQueue
from aiormq.abc import AbstractConnection
from aiormq.exceptions import ChannelNotFoundEntity
from faststream.rabbit import ExchangeType, QueueType, RabbitExchange, RabbitQueue

from shared.messaging import topology
from shared.messaging.arguments import dead_arguments, retry_arguments, work_arguments
from shared.messaging.topology import Route

# Declared below alone: FastStream asks whether they are there.
COMMANDS = RabbitExchange(topology.EXCHANGE, type=ExchangeType.TOPIC, declare=False)
DIRECT = RabbitExchange(topology.DIRECT_EXCHANGE, type=ExchangeType.TOPIC, declare=False)
DEAD = RabbitExchange(topology.DEAD_EXCHANGE, type=ExchangeType.DIRECT, declare=False)
_INTERNAL: Final = {DEAD.name}  # no client publishes to it: what the server says of a death is so


def exchanges() -> list[dict[str, Any]]:
    """As RabbitMQ's definitions and `declare_exchanges` make them."""
    return [
        {
            "name": each.name,
            "type": each.type.value,
            "durable": True,
            "auto_delete": False,
            "internal": each.name in _INTERNAL,
            "arguments": {},
        }
        for each in (COMMANDS, DIRECT, DEAD)
    ]


async def declare_exchanges(connection: AbstractConnection) -> None:
    """Those that are not there; a service's own user may not, and finds them made."""
    for given in exchanges():
        name, internal = given["name"], given["internal"]
        channel = await connection.channel(publisher_confirms=False)
        try:
            await channel.exchange_declare(name, passive=True)
        except ChannelNotFoundEntity:  # which ended the channel
            channel = await connection.channel(publisher_confirms=False)
            kind = given["type"]
            await channel.exchange_declare(
                name, exchange_type=kind, durable=True, internal=internal
            )
        await channel.close()


async def declare(
    channel: AbstractRobustChannel, retry_delays_ms: Sequence[int], only: str | None
) -> None:
    """Every queue, or those of one service; dead letters first: nothing is rejected into the void.

    Not through FastStream, which keeps a queue with the channel that declared it first: its
    consumer would run on that channel, without the prefetch of its own.
    """
    commands, direct, dead = [
        await channel.get_exchange(each.name, ensure=False) for each in (COMMANDS, DIRECT, DEAD)
    ]
    routes = [route for route in topology.ROUTES if only in {None, route.service}]
    for service in {route.service: None for route in routes}:
        queue = await _declare(channel, topology.dead_queue(service), dead_arguments())
        await queue.bind(dead, service)
        for route in routes:
            if route.service == service:
                await queue.bind(direct, topology.dead_queue(route.queue))
    for route in routes:
        queue = await _declare(channel, route.queue, work_arguments(route.service))
        await queue.bind(commands, route.key)
        await queue.bind(direct, route.queue)
        for delay in retry_delays_ms:
            arguments = retry_arguments(route.queue, delay)
            waiting = await _declare(channel, topology.retry_queue(route.queue, delay), arguments)
            await waiting.bind(direct, waiting.name)


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
        arguments=cast("Any", work_arguments(route.service)),
        routing_key=route.key,
    )
