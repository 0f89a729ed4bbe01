"""A key's record keeps the trace of the request that began it; without tracing nothing is kept."""

import asyncio
from typing import Any

import pytest

from shared import tracing
from support.gateways import IMPATIENT, GatewayUnderTest
from support.spans import TRACE, TRACEPARENT, traced

BODY = {"accountId": "acc_1", "items": [{"externalId": "P-1", "title": "Mug"}]}
KEY = {"idempotency-key": "k-1"}


async def asked(gateway: GatewayUnderTest, **headers: str) -> list[str | None]:
    """The trace of each command that is published: one whose answer is late, and its take-over."""
    seen: list[str | None] = []

    async def never(_: Any) -> Any:  # a command, its answer
        seen.append(tracing.traceparent())
        await asyncio.Event().wait()

    gateway.workers.answers["products.sync"] = never
    gateway.settings = IMPATIENT
    async with gateway.client() as client:
        await client.post("/api/products/sync", json=BODY, headers=KEY | headers)
        await client.post("/api/products/sync", json=BODY, headers=KEY)
    return seen


async def test_a_take_over_continues_the_trace_of_the_request_it_finishes() -> None:
    with traced():
        first, second = await asked(GatewayUnderTest(), traceparent=TRACEPARENT)

    assert str(first).split("-")[1] == TRACE
    assert first == second


async def test_without_tracing_nothing_is_carried_or_kept() -> None:
    gateway = GatewayUnderTest()

    assert await asked(gateway, traceparent=TRACEPARENT) == [None, None]
    [record] = gateway.store.collection("idempotency_keys").values()
    assert record["traceparent"] is None


@pytest.mark.parametrize("given", ["", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", 7])
def test_what_is_no_traceparent_begins_a_new_trace(given: object) -> None:
    with traced():
        assert tracing.read({"traceparent": given}) is None
