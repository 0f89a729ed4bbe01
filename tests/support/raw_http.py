"""A gateway over real connections, and what is answered to bytes that no HTTP client sends."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI

from gateway.connections import within
from gateway.errors import respond_to
from gateway.settings import Limits


@asynccontextmanager
async def served(app: FastAPI, **limits: Any) -> AsyncIterator[int]:
    """The port it listens on."""
    limited = within(Limits(**limits), partial(respond_to, keyed=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, http=limited, lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await serving


async def told(port: int, *parts: bytes) -> bytes:
    """All that is answered until the server closes; a later part is sent once it answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    async with asyncio.timeout(30):
        for part in parts:
            writer.write(part)
            answer += await reader.read(1)
        answer += await reader.read()
    writer.close()
    return answer


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", answer)]
