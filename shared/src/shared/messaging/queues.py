"""How long each queue is, by the server's own count."""

from collections.abc import Sequence

from shared.messaging.rabbit import Messages
from shared.messaging.topology import ROUTES, SERVICES, dead_queue, retry_queue


async def queue_lengths(messages: Messages, retry_delays_ms: Sequence[int]) -> dict[str, int]:
    """Messages that wait in each work, retry and dead-letter queue; those in work not counted."""
    names = [dead_queue(service) for service in SERVICES]
    for route in ROUTES:
        names += [route.queue, *(retry_queue(route.queue, delay) for delay in retry_delays_ms)]
    channel = await messages.channel()
    try:
        declared = {name: await channel.declare_queue(name, passive=True) for name in names}
    finally:
        await channel.close()
    return {name: one.declaration_result.message_count or 0 for name, one in declared.items()}
