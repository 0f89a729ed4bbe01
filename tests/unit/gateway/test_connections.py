"""What a connection may cost, over real sockets: in bytes, in time, and in number."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress

import orjson
import pytest

from support.gateways import KEY, GatewayUnderTest
from support.raw_http import served, statuses, told

AUTH = f"Host: x\r\nAuthorization: bearer {KEY}\r\n".encode()
GET = b"GET /api/account HTTP/1.1\r\n" + AUTH
POST = b"POST /api/orders/sync HTTP/1.1\r\nContent-Type: application/json\r\n" + AUTH
CLOSE = b"Connection: close\r\n\r\n"
HALF_A_SECOND = 0.5


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    impatient = {"head_seconds": HALF_A_SECOND, "silent_seconds": HALF_A_SECOND}
    async with served(GatewayUnderTest().app(), **impatient) as port:
        yield port


@pytest.mark.parametrize(
    ("head", "status"),
    [
        pytest.param(b"GET /" + b"a" * 62_000 + b" HTTP/1.1\r\n\r\n", 414, id="target"),
        pytest.param(b"GET /" + b"a" * 400_000, 431, id="endless target"),
        pytest.param(GET + b"X-A: " + b"a" * 99_000 + b"\r\n\r\n", 431, id="long header"),
        pytest.param(GET + b"X-A: " + b"a" * 2_000_000, 431, id="endless header"),
        pytest.param(GET + b"a" * 2_000_000, 431, id="endless name"),
        pytest.param(GET + b"X-A: b\r\n" * 200 + b"\r\n", 431, id="many headers"),
        pytest.param(GET + b"X-A: b\r\n" * 500_000, 431, id="endless headers"),
    ],
)
async def test_a_head_without_end_is_cut_off_with_the_envelope(
    port: int, head: bytes, status: int
) -> None:
    try:
        answer = await told(port, head)
    except ConnectionResetError:  # it was still sending: only the end of it is certain
        assert len(head) > 100_000
        return

    envelope = orjson.loads(answer.partition(b"\r\n\r\n")[2])
    if len(head) < 100_000:
        assert statuses(answer) == [status]
    assert envelope["errorCode"] == "PAYLOAD_TOO_LARGE"
    assert envelope["details"]["next_action"] == "FIX_REQUEST"


async def test_what_is_within_the_limits_is_answered(port: int) -> None:
    headers = b"X-A: " + b"a" * 8_000 + b"\r\n" + b"X-B: c\r\n" * 80

    assert statuses(await told(port, GET + headers + CLOSE)) == [200]


async def test_a_large_body_is_no_head(port: int) -> None:
    body = b'{"accountId": "' + b"a" * 3_000_000 + b'"}'
    length = b"Content-Length: %d\r\n" % len(body)

    answer = await told(port, POST + length + CLOSE + body)

    assert statuses(answer) == [400]
    assert b"VALIDATION_ERROR" in answer


async def poured(port: int, head: bytes, again: bytes, *, reads: bool = True) -> int:
    """How many bytes it took until the connection ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.write(head)
    taken, ended = len(head), asyncio.create_task(reader.read() if reads else asyncio.sleep(60))
    async with asyncio.timeout(60):
        with suppress(ConnectionError):
            while not ended.done():
                writer.write(again)
                await writer.drain()
                taken += len(again)
    ended.cancel()
    writer.transport.abort()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return taken


async def test_trailers_without_end_are_cut_off(port: int) -> None:
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-T: "

    assert await poured(port, chunked, b"t" * 64_000) < 64_000_000


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(b"", [], id="not a word"),
        pytest.param(b"GET /api/acc", [408], id="half a line"),
        pytest.param(GET, [408], id="half a head"),
        pytest.param(POST + b"Content-Length: 900\r\n\r\n{", [408], id="half a body"),
        pytest.param(GET + b"\r\n" + GET, [200, 408], id="half of the next head"),
    ],
)
async def test_who_does_not_go_on_is_ended(port: int, sent: bytes, status: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)

    async with asyncio.timeout(30):
        answer = await reader.read()

    assert statuses(answer) == status
    writer.close()


async def test_a_head_in_drops_is_ended_though_it_never_rests(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(GET)
    ended = asyncio.create_task(reader.read())

    async with asyncio.timeout(30):
        while not ended.done():
            writer.write(b"X-A: b\r\n")
            await asyncio.wait([ended], timeout=0.2)

    assert statuses(ended.result()) == [408]
    writer.close()


async def test_who_does_not_read_its_answers_is_ended() -> None:
    asks = b"GET /docs/api/openapi HTTP/1.1\r\nHost: x\r\n\r\n" * 20
    async with served(GatewayUnderTest().app(), unread_seconds=HALF_A_SECOND) as port:
        assert await poured(port, asks, asks, reads=False) > len(asks)


@pytest.mark.parametrize("limit", ["connections", "connections_per_address"])
async def test_one_connection_too_many_is_told_and_the_others_are_served(limit: str) -> None:
    async with served(GatewayUnderTest().app(), **{limit: 3}) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]

        answer = await told(port, GET + CLOSE)

        assert statuses(answer) == [503]
        assert re.search(rb"retry-after: [123]\r", answer)
        assert b"SERVICE_UNAVAILABLE" in answer
        reader, writer = held[0]
        writer.write(GET + CLOSE)
        assert statuses(await reader.read()) == [200]
        assert statuses(await told(port, GET + CLOSE)) == [200]  # there is room again
        for _, writer in held:
            writer.close()
