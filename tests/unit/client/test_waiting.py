"""Waiting for an export, walking through lists, and the same without blocking."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from shpbndl import SHPBNDL, AsyncSHPBNDL, SHPBNDLError

ACTIONS = {"SUBMITTING": "INSPECT", "COMPLETED": "NONE", "DELIVERY_FAILED": "RESUBMIT"}


def an_export(status: str, revision: int) -> httpx2.Response:
    body = {
        "exportId": "batch_1", "status": status, "next_recommended_action": ACTIONS[status],
    }  # fmt: skip
    return httpx2.Response(200, json=body, headers={"ETag": f'"{revision}"'})


class Told:
    """Answers in order, each after as many seconds as the request was ready to wait."""

    def __init__(self, *answers: httpx2.Response) -> None:
        self._answers = iter(answers)
        self.asked: list[httpx2.Request] = []
        self.now = 0.0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        self.now += float(request.headers.get("Prefer", "wait=0").removeprefix("wait="))
        return next(self._answers)

    def client(self) -> SHPBNDL:
        return SHPBNDL("k", transport=httpx2.MockTransport(self), clock=lambda: self.now)


SAME = httpx2.Response(304, headers={"ETag": '"1"'})


def test_waiting_asks_to_be_told_of_a_change_and_never_polls() -> None:
    told = Told(an_export("SUBMITTING", 1), SAME, an_export("COMPLETED", 2))

    export = told.client().exports.wait("batch_1")

    assert export["status"] == "COMPLETED"
    assert [request.headers.get("If-None-Match") for request in told.asked] == [None, '"1"', '"1"']
    assert [request.headers.get("Prefer") for request in told.asked] == [
        None, "wait=30", "wait=30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "until",
    [
        "COMPLETED",
        ("COMPLETED", "VOIDED"),
        lambda export: export["next_recommended_action"] == "NONE",
    ],
)
def test_what_is_waited_for_can_be_named(
    until: str | tuple[str, ...] | Callable[..., bool],
) -> None:
    told = Told(an_export("DELIVERY_FAILED", 1), an_export("COMPLETED", 2))

    assert told.client().exports.wait("batch_1", until=until)["status"] == "COMPLETED"


def test_a_wait_that_ends_says_where_the_export_stands() -> None:
    told = Told(an_export("SUBMITTING", 1), SAME, SAME)

    with pytest.raises(SHPBNDLError, match="SUBMITTING after 45 seconds") as raised:
        told.client().exports.wait("batch_1", timeout=45)

    assert raised.value.error_code == "STILL_WAITING"
    assert raised.value.details["export"]["status"] == "SUBMITTING"
    assert [request.headers.get("Prefer") for request in told.asked][1:] == ["wait=30", "wait=15"]


class Shelf:
    """A list of orders, two a page, the newest change first; `touch` changes one between pages."""

    def __init__(self, names: str, touch: dict[int, str] | None = None) -> None:
        self._order = list(names)  # the newest first
        self._clock = len(names)
        self._changed = {name: self._clock - at for at, name in enumerate(names)}
        self._touch = touch or {}
        self.asked = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        if touched := self._touch.get(self.asked):
            self._clock += 1
            self._changed[touched] = self._clock
        query = request.url.params
        since, before = int(query.get("updated_since", 0)), int(query.get("cursor", 10**6))
        rows = sorted(
            ((at, name) for name, at in self._changed.items() if since <= at < before),
            reverse=True,
        )
        page = [{"id": name, "updatedAt": str(at)} for at, name in rows[:2]]
        more = page[-1]["updatedAt"] if len(rows) > 2 else None
        return httpx2.Response(200, json={"data": page, "next_cursor": more})


@pytest.mark.parametrize(
    ("names", "touch"),
    [("", {}), ("a", {}), ("abcde", {}), ("abcdef", {2: "f"}), ("abcdef", {3: "e", 4: "a"})],
)
def test_iterating_sees_each_record_once_though_they_change_meanwhile(
    names: str, touch: dict[int, str]
) -> None:
    client = SHPBNDL("k", transport=httpx2.MockTransport(Shelf(names, touch)))

    assert sorted(order["id"] for order in client.orders.iterate(limit=2)) == sorted(names)


def test_iterating_ends_though_all_changed_in_the_same_moment() -> None:
    """As a thousand orders of one request do."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        at = int(request.url.params.get("cursor", 0))
        more = str(at + 1) if at < 4 else None
        row = {"id": str(at), "updatedAt": "2026-11-30T00:00:00.000Z"}
        return httpx2.Response(200, json={"data": [row], "next_cursor": more})

    client = SHPBNDL("k", transport=httpx2.MockTransport(answer))

    assert [order["id"] for order in client.orders.iterate()] == ["0", "1", "2", "3", "4"]


def test_iterating_asks_for_a_page_when_it_is_needed() -> None:
    shelf = Shelf("abcdef")
    orders = SHPBNDL("k", transport=httpx2.MockTransport(shelf)).orders.iterate()

    next(iter(orders))

    assert shelf.asked == 1


async def test_the_async_client_does_the_same_beside_others() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/api/orders":
            return Shelf("abc")(request)
        if not pauses:
            busy = {"errorCode": "RATE_LIMITED", "message": "", "details": {"retryable": True}}
            return httpx2.Response(429, json=busy, headers={"Retry-After": "2"})
        return httpx2.Response(200, json={"asked": json.loads(request.content)})

    transport = httpx2.MockTransport(answer)
    async with AsyncSHPBNDL("k", transport=transport, sleep=sleep) as client:
        planned: Any = await client.plan("acc_1", "wh_1", "br_1", orderIds=["ord_1"])
        names = [order["id"] async for order in client.orders.iterate()]

    assert planned["asked"]["orderIds"] == ["ord_1"]
    assert pauses == [2.0]
    assert names == ["a", "b", "c"]
