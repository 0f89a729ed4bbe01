"""An internal publisher: orders as a message, without HTTP and without our packages.

    pip install aio-pika
    ENTRYGO_RABBIT_URL=amqp://... python examples/publish_orders.py acc_... [orders.json]

Publishes `orders.sync` durably to the exchange `entrygo` and waits for the event that answers it:
`orders.synced` with the ids, or `orders.sync_refused` with the error envelope. Ends with 0 when
synced, or accepted and its user may not read events; 1 when refused or not answered yet; 2 when
nothing was accepted: then nothing has happened.
"""

import asyncio
import json
import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import aio_pika
from aio_pika.abc import AbstractConnection, AbstractQueue
from aio_pika.exceptions import AMQPError
from aiormq.exceptions import ChannelAccessRefused

EXCHANGE = "entrygo"
ANSWER_WITHIN = 30.0  # seconds; a refusal for unknown products comes only after some minutes
ORDERS = Path(__file__).resolve().parent / "data" / "orders.json"


def command(account_id: str, orders: list[dict[str, Any]]) -> dict[str, Any]:
    """The message: money in integer cents, products by your own reference."""
    items = [
        {
            **{key: value for key, value in order.items() if key != "items"},
            "items": [
                {
                    "productExternalId": line["productExternalId"],
                    "quantity": line["quantity"],
                    "unitValueCents": round(line["unitValueUsd"] * 100),
                }
                for line in order["items"]
            ],
        }
        for order in orders
    ]
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "command_id": f"cmd_{uuid.uuid4().hex}",
        "account_id": account_id,
        "request_id": f"publish-{uuid.uuid4().hex[:12]}",
        "issued_at": now,
        "items": items,
    }


async def publish(url: str, message: dict[str, Any]) -> dict[str, Any]:
    """Publishes it and gives the event that answers it.

    Raises:
        AMQPError: RabbitMQ is away, or gave the message back: no queue was there to take it.
        TimeoutError: when none came in time; the command is durable and still counts.
    """
    async with await aio_pika.connect(url) as connection:
        # Publisher confirms are on; a mandatory message that no queue takes must be an error too,
        # for RabbitMQ confirms it all the same.
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(EXCHANGE, ensure=False)
        answers = await listening(connection)
        await exchange.publish(
            aio_pika.Message(
                json.dumps(message).encode(),
                content_type="application/json",
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                message_id=message["command_id"],
                type="SyncOrders",
                user_id=unquote(urlsplit(url).username or "guest"),  # RabbitMQ checks it
            ),
            routing_key="orders.sync",
            mandatory=True,
        )
        if answers is None:
            return {"command_id": message["command_id"], "records": None}
        async with asyncio.timeout(ANSWER_WITHIN), answers.iterator(no_ack=True) as events:
            async for event_message in events:
                event_body: dict[str, Any] = json.loads(event_message.body)
                if event_body["command_id"] == message["command_id"]:
                    return event_body
    raise TimeoutError


async def listening(connection: AbstractConnection) -> AbstractQueue | None:
    """A queue that hears the events; None where our user may only publish."""
    channel = await connection.channel()
    try:
        answers = await channel.declare_queue(exclusive=True)
        for event in ("orders.synced", "orders.sync_refused"):
            await answers.bind(EXCHANGE, event)
    except ChannelAccessRefused:
        return None
    return answers


def main(arguments: list[str]) -> int:
    if len(arguments) not in {1, 2}:
        print(__doc__, file=sys.stderr)
        return 2
    path = Path(arguments[1]) if len(arguments) == 2 else ORDERS  # noqa: PLR2004  # account, file
    url = os.environ.get("ENTRYGO_RABBIT_URL", "amqp://guest:guest@127.0.0.1:5672/")
    try:
        message = command(arguments[0], json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        print(f"{path}: no list of orders: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    try:
        answer = asyncio.run(publish(url, message))
    except TimeoutError:
        print(f"{message['command_id']}: accepted; no answer in {ANSWER_WITHIN:.0f} s yet")
        return 1
    except (AMQPError, OSError, ValueError) as error:  # ValueError: the address is none
        print(f"not accepted: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(answer, indent=2))
    return 0 if "records" in answer else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
