"""How much may be under way: an account's share, the whole, and when to come again."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.admission import Admission
from gateway.auth import RateLimit
from gateway.settings import Shares
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from support.export_records import put_export
from support.gateways import OTHER_KEY, PATIENT, GatewayUnderTest
from support.waiting import until

SHARES = Shares(account_commands=2, all_commands=3, account_orders=10, all_orders=15)


def admission(shares: Shares = SHARES) -> Admission:
    """One whose bursts are used up."""
    counted = Admission(shares, clock=lambda: 0.0, chance=lambda: 0.5)
    none = RateLimit(0.001, 0, clock=lambda: 0.0)
    counted._burst = counted._all_burst = none  # noqa: SLF001
    return counted


def refused(counted: Admission, account_id: str, **amounts: int) -> tuple[str, int]:
    with pytest.raises(Refused) as error:
        counted.hold({}, account_id, **amounts)
    answer = error.value.refusal
    return answer.error_code, answer.details["retry_after_seconds"]


def test_an_accounts_share_is_429_and_the_whole_503_and_both_end_with_their_requests() -> None:
    counted = admission()
    scopes: list[dict[str, Any]] = [{}, {}, {}]
    counted.hold(scopes[0], "acc_1", commands=1)
    counted.hold(scopes[1], "acc_1", commands=1)

    assert refused(counted, "acc_1", commands=1)[0] == "RATE_LIMITED"
    counted.hold(scopes[2], "acc_2", commands=1)
    assert refused(counted, "acc_2", commands=1)[0] == "SERVICE_UNAVAILABLE"

    counted.release(scopes[0])
    counted.release(scopes[0])  # again is no change
    counted.hold({}, "acc_2", commands=1)
    assert refused(counted, "acc_1", commands=1)[0] == "SERVICE_UNAVAILABLE"


def test_what_is_larger_than_a_share_is_let_in_alone() -> None:
    counted, scope = admission(), dict[str, Any]()
    counted.hold(scope, "acc_1", orders=10_000)

    assert refused(counted, "acc_1", orders=1)[0] == "RATE_LIMITED"
    assert refused(counted, "acc_2", orders=1)[0] == "SERVICE_UNAVAILABLE"

    counted.release(scope)
    counted.hold(scope, "acc_1", orders=5)
    assert refused(counted, "acc_1", orders=10_000)[0] == "RATE_LIMITED"


def test_the_more_are_turned_away_the_later_they_come_again() -> None:
    counted = admission()
    for account in ("acc_1", "acc_2", "acc_3"):
        counted.hold({}, account, commands=1)

    pauses = [refused(counted, "acc_4", commands=1)[1] for _ in range(50)]

    assert pauses[0] < pauses[10] < pauses[-1] == 30
    assert pauses == sorted(pauses)


def test_no_two_are_told_the_same_moment() -> None:
    pauses = set()
    for chance in (0.0, 0.99):
        counted = admission()
        counted._chance = partial(float, chance)  # noqa: SLF001
        for account in ("acc_1", "acc_2", "acc_3"):
            counted.hold({}, account, commands=1)
        for _ in range(9):
            refused(counted, "acc_4", commands=1)
        pauses.add(refused(counted, "acc_4", commands=1)[1])

    assert len(pauses) == 2


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 12), st.booleans())))
def test_what_is_held_is_what_was_let_in_and_not_released(
    steps: list[tuple[str, int, bool]],
) -> None:
    counted, held = admission(), list[dict[str, Any]]()
    for account_id, orders, ends in steps:
        if ends and held:
            counted.release(held.pop())
            continue
        scope: dict[str, Any] = {}
        try:
            counted.hold(scope, account_id, commands=1, orders=orders)
        except Refused:
            assert "state" not in scope
        else:
            held.append(scope)
    assert len(held) <= 3
    for scope in held:
        counted.release(scope)
    for _ in range(2):
        counted.hold({}, "a", commands=1, orders=5)


def test_who_asks_for_little_is_let_in_among_those_who_ask_for_much() -> None:
    counted = admission(Shares(account_commands=32, all_commands=64))
    for account in ("acc_1", "acc_2"):
        for _ in range(32):
            counted.hold({}, account, commands=1)

    assert refused(counted, "acc_1", commands=1)[0] == "RATE_LIMITED"
    for _ in range(2):
        counted.hold({}, "acc_3", commands=1)
    assert refused(counted, "acc_3", commands=1)[0] == "SERVICE_UNAVAILABLE"
    counted.hold({}, "acc_4", commands=1)


@pytest.mark.parametrize(
    ("shares", "seconds"),
    [
        (Shares(account_commands=10, all_commands=100), 2.0),
        (Shares(account_commands=100, all_commands=10), 20.0),
    ],
    ids=["of one account, and again some seconds later", "of all, and again when it was calm"],
)
def test_for_a_moment_four_times_as_much_may_come(shares: Shares, seconds: float) -> None:
    now = 0.0
    counted = Admission(shares, clock=lambda: now, chance=lambda: 0.5)

    def come() -> int:
        """How many are let in, who then end."""
        scopes: list[dict[str, Any]] = []
        with suppress(Refused):
            while True:
                scopes.append({})
                counted.hold(scopes[-1], "acc_1", commands=1)
        for scope in scopes:
            counted.release(scope)
        return len(scopes) - 1

    assert come() == 40
    assert come() == 10
    now = seconds
    assert come() == 20
    now = 40 * seconds
    assert come() == 40


async def test_a_flood_of_one_account_is_429_and_the_other_account_is_served() -> None:
    shares = {"shares": Shares(account_commands=2)}
    gateway = GatewayUnderTest(settings=PATIENT.model_copy(update=shares))
    crowd = 2 * (1 + 3)  # the share, and a burst of three
    put_export(gateway)
    go_on = asyncio.Event()

    async def slow(_: Any) -> Any:
        await go_on.wait()
        raise Refused(ErrorCode.EXPORT_VOIDED)

    gateway.workers.answers["exports.execute"] = slow
    async with gateway.client() as client:

        def execute() -> Coroutine[Any, Any, httpx.Response]:
            body = {"accountId": "acc_1", "batchId": "batch_1"}
            return client.post("/api/exports/execute", json=body)

        slow_ones = [asyncio.create_task(execute()) for _ in range(crowd)]

        async def all_begun() -> bool:
            return len(gateway.workers.published) == crowd

        await until(all_begun)
        third = await execute()
        read = await client.get("/api/exports")
        others = {"authorization": f"Bearer {OTHER_KEY}"}
        other = await client.post("/api/products/sync", json={}, headers=others)
        go_on.set()
        await asyncio.gather(*slow_ones)
        again = await execute()

    assert (third.status_code, third.json()["errorCode"]) == (429, "RATE_LIMITED")
    assert int(third.headers["retry-after"]) >= 1
    assert (read.status_code, other.status_code) == (200, 400)
    assert again.json()["errorCode"] == "EXPORT_VOIDED"
