"""A service that hears what happens to exports, without our packages.

    pip install aio-pika
    ENTRYGO_RABBIT_URL=amqp://... python examples/hear_exports.py [QUEUE]

Prints each event as a line of JSON. With the name of a queue (`subscriber.webhooks`) it is durable,
and what comes while nobody listens waits there; without, it is gone when this ends. An event is a
wake-up: it may come twice or late, so the number that was heard last of each export decides, and
what to do is decided by the export itself (`GET /api/exports/{id}`).
"""

import asyncio
import json
import os
import sys
import uuid
from typing import Any

import aio_pika
from aio_pika.abc import AbstractQueue, AbstractRobustConnection
from aio_pika.exceptions import AMQPError

EXCHANGE = "entrygo"
WHATS = (
    *("planned", "executed", "refused", "voided"),
    *("delivered", "delivery-failed", "delivery-unknown"),
)
MOST = 10_000  # waiting events: the oldest make room, since each export can be read
AT_ONCE = 100


async def listening(connection: AbstractRobustConnection, name: str | None) -> AbstractQueue:
    """The queue; its user may make those that begin with `subscriber.` alone."""
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=AT_ONCE)
    if name is None:
        queue = await channel.declare_queue(f"subscriber.{uuid.uuid4().hex}", exclusive=True)
    else:
        arguments: dict[str, Any] = {"x-queue-type": "quorum", "x-max-length": MOST}
        queue = await channel.declare_queue(name, durable=True, arguments=arguments)
    for what in WHATS:
        await queue.bind(EXCHANGE, f"exports.{what}")
    return queue


async def hear(url: str, name: str | None) -> None:
    heard: dict[str, int] = {}  # a real service keeps this with what it does
    async with await aio_pika.connect_robust(url) as connection:
        queue = await listening(connection, name)
        print("listening", file=sys.stderr, flush=True)
        async with queue.iterator() as messages:
            async for message in messages:
                # Acknowledged when the block ends without an error: what you do comes before.
                async with message.process(requeue=True):
                    event: dict[str, Any] = json.loads(message.body)
                    export = event["export_id"]
                    if event["sequence"] > heard.get(export, 0):
                        heard[export] = event["sequence"]
                        print(json.dumps({"what": message.routing_key, **event}), flush=True)


def main(arguments: list[str]) -> int:
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    url = os.environ.get("ENTRYGO_RABBIT_URL", "amqp://guest:guest@127.0.0.1:5672/")
    try:
        asyncio.run(hear(url, arguments[0] if arguments else None))
    except KeyboardInterrupt:
        return 0
    except (AMQPError, OSError, ValueError) as error:  # ValueError: the address is none
        print(f"cannot listen: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
