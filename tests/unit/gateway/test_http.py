"""The edge of HTTP itself, over a real connection: what no test client would send."""

from collections.abc import AsyncIterator

import orjson
import pytest

from support.gateways import KEY, GatewayUnderTest
from support.raw_http import served, statuses, told

AUTH = f"Host: x\r\nAuthorization: bearer {KEY}\r\n".encode()
POST = b"POST /api/orders/sync HTTP/1.1\r\nContent-Type: application/json\r\n" + AUTH
CLOSE = b"Connection: close\r\n\r\n"
NEXT = b"GET /api/account HTTP/1.1\r\n" + AUTH + b"\r\n"
LAST = NEXT[:-2] + CLOSE


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    async with served(GatewayUnderTest().app()) as port:
        yield port


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(b"GARBAGE\r\n\r\n", id="no request line"),
        pytest.param(b"GET /api/account HTTP/9.9\r\n\r\n", id="no such version"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00", id="TLS"),
        pytest.param(b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", id="a target that is no path"),
        pytest.param("GET /api/orders?externalId=é HTTP/1.1\r\n\r\n".encode(), id="raw UTF-8"),
        pytest.param(POST + b"Content-Length: x\r\n\r\n", id="no length"),
        pytest.param(POST + b"No colon\r\n\r\n", id="no header"),
    ],
)
async def test_what_is_no_http_gets_the_envelope(port: int, request_: bytes) -> None:
    head, _, body = (await told(port, request_)).partition(b"\r\n\r\n")

    headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    envelope = orjson.loads(body)
    assert head.startswith(b"HTTP/1.1 400 ")
    assert envelope["errorCode"] == "INVALID_REQUEST"
    assert envelope["details"]["next_action"] == "FIX_REQUEST"
    assert envelope["details"]["request_id"].encode() == headers[b"x-request-id"]
    assert headers[b"entrygo-protocol"] == b"entrygo-export-protocol/1"
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"connection"] == b"close"


@pytest.mark.parametrize(
    "framing",
    [
        pytest.param(
            b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="both"
        ),
        pytest.param(
            b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", id="swap"
        ),
        pytest.param(b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}", id="two lengths"),
        pytest.param(b"Content-Length: +2\r\n\r\n{}", id="signed length"),
        pytest.param(b"Content-Length: 0x2\r\n\r\n{}", id="hexadecimal length"),
        pytest.param(b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", id="not last"),
        pytest.param(b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", id="unknown coding"),
        pytest.param(b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", id="space before colon"),
        pytest.param(b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", id="vertical tab"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n", id="bare line feeds"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 18 + b"\r\n{}", id="overflow"),
        pytest.param(b"X-A: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="bare return"),
    ],
)
async def test_an_ambiguous_body_is_refused_and_nothing_after_it_is_answered(
    port: int, framing: bytes
) -> None:
    answer = await told(port, POST + framing + NEXT)

    [status] = statuses(answer)
    assert 400 <= status < 500


async def test_a_body_in_chunks_is_read_and_100_is_sent_where_it_is_expected(port: int) -> None:
    chunks = b"1;a=b\r\n{\r\n1\r\n}\r\n0\r\nX-T: 1\r\n\r\n"
    expecting = b"Content-Length: 2\r\nExpect: 100-continue\r\n" + CLOSE

    in_chunks = await told(port, POST + b"Transfer-Encoding: chunked\r\n" + CLOSE + chunks)
    asked_first = await told(port, POST + expecting, b"{}")

    assert statuses(in_chunks) == [400]
    assert b"VALIDATION_ERROR" in in_chunks
    assert statuses(asked_first) == [100, 400]


async def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    unknown = NEXT.replace(b"account", b"nothing")

    assert statuses(await told(port, NEXT + unknown + LAST)) == [200, 404, 200]


async def test_a_client_that_offers_another_protocol_is_answered_in_this_one(port: int) -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"

    read = await told(port, NEXT[:-2] + offer + b"\r\n", LAST)
    write = await told(port, POST + offer + b"Content-Length: 2\r\n\r\n{}", LAST)

    assert statuses(read) == [200, 200]
    assert statuses(write) == [400, 200]
