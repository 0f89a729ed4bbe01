"""Faults in what is said: every message again, late and out of order; poison; a flipped bit."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

import aio_pika
import httpx
from aio_pika.abc import AbstractIncomingMessage, AbstractQueue
from yarl import URL

from chaos.history import History
from chaos.schedule import PATIENCE, Named
from chaos.stage import Stage
from shared.contracts.lifecycle import ExportRecord
from shared.errors import EntryGoError
from shared.messaging import topology
from shared.records import BLOBS, EXPORTS
from support.accounts import Seeded
from support.messages import POISON

TAP: Final = "chaos.tap"
LATE: Final = (0.0, 30.0)  # seconds
KEPT: Final = 5_000  # messages; more would be memory
ONE_ROUTING_KEY: Final = {route.key: route.queue for route in topology.ROUTES}
POISON_ID: Final = "poison"
A_QUEUE: Final = 5  # poisoned messages


@asynccontextmanager
async def _connected(stage: Stage) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    connection = aio_pika.Connection(URL(stage.settings.rabbit_url.get_secret_value()))
    try:
        await connection.connect(timeout=5)
        yield await connection.channel()
    finally:
        await connection.close()


@dataclass
class Echo:
    """Taps the exchange, and publishes a copy of everything once more, later, in no order."""

    stage: Stage
    history: History
    rng: Random
    waiting: deque[tuple[float, str, aio_pika.Message]] = field(
        default_factory=lambda: deque(maxlen=KEPT)
    )
    copies: int = 0

    async def run(self) -> None:
        """Until cancelled; RabbitMQ may go and come."""
        while True:
            try:
                async with _connected(self.stage) as channel:
                    await self._tap(channel)
            except (aio_pika.exceptions.AMQPError, OSError, TimeoutError, RuntimeError) as error:
                self.history.note(f"the tap: {error!r}")
            await asyncio.sleep(1.0)

    async def _tap(self, channel: aio_pika.abc.AbstractChannel) -> None:
        exchange = await channel.get_exchange(topology.EXCHANGE)
        queue: AbstractQueue = await channel.declare_queue(TAP, arguments={"x-max-length": KEPT})
        await queue.bind(exchange, "#")
        await queue.consume(self._heard, no_ack=True)
        while not channel.is_closed:
            await asyncio.sleep(0.5)
            await self._said(channel, time.monotonic())

    async def _heard(self, message: AbstractIncomingMessage) -> None:
        queue = ONE_ROUTING_KEY.get(message.routing_key or "")
        if queue is None:  # an event: no queue of ours has it
            return
        copy = aio_pika.Message(
            message.body,
            headers=message.headers,
            content_type=message.content_type,
            delivery_mode=2,
            correlation_id=message.correlation_id,
            reply_to=message.reply_to,
            message_id=message.message_id,
            type=message.type,
            # Signed, or it would be refused as nobody's before the first of it came.
            user_id=URL(self.stage.settings.rabbit_url.get_secret_value()).user,
        )
        self.waiting.append((time.monotonic() + self.rng.uniform(*LATE), queue, copy))

    async def _said(self, channel: aio_pika.abc.AbstractChannel, now: float) -> None:
        due = [entry for entry in self.waiting if entry[0] <= now]
        self.rng.shuffle(due)
        for entry in due:
            # Past the exchange, so that the tap does not hear it again.
            await channel.default_exchange.publish(entry[2], entry[1], timeout=5)
            self.waiting.remove(entry)
            self.copies += 1


async def poison(stage: Stage, rng: Random) -> str:
    """What no handler can read, on every queue that has a reader, replies included."""
    number = rng.getrandbits(32)
    async with stage.management() as management:
        found = await management.get(f"/api/queues/{stage.vhost}", params={"columns": "name"})
        names = [queue["name"] for queue in found.raise_for_status().json()]
    queues = [*topology.BY_QUEUE, *(name for name in names if ".replies." in name)]
    async with _connected(stage) as channel:
        for queue in queues:
            for name in rng.sample(sorted(POISON), A_QUEUE):
                body, properties, _ = POISON[name]
                id_ = f"{POISON_ID}-{number}-{name}"
                message = aio_pika.Message(body, message_id=id_, **properties)
                await channel.default_exchange.publish(message, queue, timeout=5)
    return f"{A_QUEUE} on each of {len(queues)} queues"


def flipping(history: History) -> Named:
    """One bit of a stored document: its bytes are refused, all else is answered, then mended."""

    async def play(stage: Stage, rng: Random) -> str:
        export = rng.choice(await _completed(stage))
        artifact = rng.choice(export["artifacts"])
        digest = artifact["sha256"]
        blob = await stage.store.get(BLOBS, digest)
        assert blob is not None
        data = bytearray(blob["data"])
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        try:
            await _write(stage, digest, bytes(data))
            await _look(stage, history, export, artifact["filename"])
        finally:
            await _written(stage, digest, blob["data"])
        return f"{artifact['filename']} of {export['_id']}"

    return Named("a bit flipped in a stored document", play)


async def _completed(stage: Stage) -> list[ExportRecord]:
    done = {f"deliveries.{who}.status": "SENT" for who in ("BROKER", "WAREHOUSE")}
    found = await stage.store.find(EXPORTS, done, limit=50)
    if not found:
        raise RuntimeError("nothing is completed yet")
    return found


async def _written(stage: Stage, digest: str, data: bytes) -> None:
    for _ in range(int(PATIENCE)):
        with suppress(EntryGoError):
            return await _write(stage, digest, data)
        await asyncio.sleep(1.0)
    return await _write(stage, digest, data)


async def _write(stage: Stage, digest: str, data: bytes) -> None:
    change = {"$set": {"data": data}}
    await stage.store.transition(BLOBS, digest, {}, change, step="test.flip")


async def _look(stage: Stage, history: History, export: ExportRecord, torn: str) -> None:
    """The torn one is an error for good, its export and the other documents are answered."""
    [account] = [one for one in stage.accounts if one.account_id == export["account_id"]]
    files = f"/api/customs-packages/{export['package_id']}/artifacts"
    wanted = {f"{files}/{one['filename']}": 200 for one in export["artifacts"]}
    wanted |= {f"/api/exports/{export['_id']}": 200, f"{files}/{torn}": 500}
    for path, status in wanted.items():
        answer = await _answered(stage, account, path)
        retryable = status == 500 and answer.json()["details"]["retryable"]
        if answer.status_code != status or retryable:
            history.violation("TORN", f"{path} answers {answer.status_code}: {answer.text[:200]}")


async def _answered(stage: Stage, account: Seeded, path: str) -> httpx.Response:
    until = time.monotonic() + PATIENCE
    async with httpx.AsyncClient(headers=account.headers, timeout=10) as client:
        while time.monotonic() < until:
            for gateway in stage.gateways():
                with suppress(httpx.TransportError):
                    answer = await client.get(gateway + path)
                    if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                        return answer
            await asyncio.sleep(0.5)
    raise RuntimeError(f"{path} was not answered")
