"""The second peer: a bare aio-pika RPC echo behind HTTP; the floor of this architecture.

It does nothing but carry the body to a worker and back: quorum queue, confirms, persistent.
Run with `worker` it is the worker, else the HTTP side.
"""

import asyncio
import os
import sys
import uuid
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import uvicorn
from aio_pika.abc import AbstractIncomingMessage
from fastapi import FastAPI, Request, Response

QUEUE = "bench.echo"


async def declared(channel: Any) -> Any:  # noqa: ANN401  # aio-pika's channel and queue
    return await channel.declare_queue(
        QUEUE, durable=True, arguments={"x-queue-type": "quorum", "x-delivery-limit": 20}
    )


@asynccontextmanager
async def worker(_: FastAPI) -> Any:  # noqa: ANN401  # FastAPI's lifespan state
    connection = await aio_pika.connect_robust(os.environ["ENTRYGO_RABBIT_URL"])
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=50)

    async def echo(message: AbstractIncomingMessage) -> None:
        async with message.process():
            reply = aio_pika.Message(message.body, correlation_id=message.correlation_id)
            await channel.default_exchange.publish(reply, str(message.reply_to))

    await (await declared(channel)).consume(echo)
    yield
    await connection.close()


@asynccontextmanager
async def front(_: FastAPI) -> Any:  # noqa: ANN401  # FastAPI's lifespan state
    connection = await aio_pika.connect_robust(os.environ["ENTRYGO_RABBIT_URL"])
    channel = await connection.channel()
    await declared(channel)
    replies = await channel.declare_queue(
        f"bench.replies.{uuid.uuid4().hex}", durable=True, arguments={"x-expires": 60_000}
    )
    waiting: dict[str, asyncio.Future[bytes]] = {}

    async def on_reply(message: AbstractIncomingMessage) -> None:
        waiting.pop(str(message.correlation_id)).set_result(message.body)

    await replies.consume(on_reply, no_ack=True)
    yield {"channel": channel, "replies": replies.name, "waiting": waiting}
    await connection.close()


is_worker = sys.argv[1:] == ["worker"]
app = FastAPI(lifespan=worker if is_worker else front)


@app.get("/readyz")
async def readyz() -> dict[str, bool]:
    return {"ready": True}


@app.post("/api/exports/plan")
async def plan(request: Request) -> Response:
    state, call = request.state, uuid.uuid4().hex
    reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    state.waiting[call] = reply
    message = aio_pika.Message(
        await request.body(),
        correlation_id=call,
        reply_to=state.replies,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    await state.channel.default_exchange.publish(message, QUEUE)
    return Response(await reply, media_type="application/json")


if __name__ == "__main__":
    port = int(os.environ["ENTRYGO_HTTP_PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
