"""What arrives while a round trip is under way shares the next one; each call has its own end."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.coalesce import Coalescer


class Server:
    """Answers with the double; a round trip ends when the test says so."""

    def __init__(self) -> None:
        self.trips: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def run(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.trips.append(list(items))
        await self.open.wait()
        if 99 in items:
            raise ConnectionError("gone")
        return [ValueError("odd") if item % 2 else item * 2 for item in items]


async def under_way(*calls: "asyncio.Future[int]") -> None:
    """Lets what was asked reach the server."""
    for _ in range(3 + len(calls)):
        await asyncio.sleep(0)


async def test_a_lone_call_waits_for_nothing() -> None:
    server = Server()

    assert await Coalescer(server.run)(2) == 4
    assert server.trips == [[2]]


async def test_calls_during_a_round_trip_share_the_next_one_and_keep_their_answers() -> None:
    server = Server()
    double = Coalescer(server.run)
    server.open.clear()
    first = asyncio.ensure_future(double(2))
    await under_way(first)

    others = [asyncio.ensure_future(double(item)) for item in (4, 6, 4)]
    await under_way(*others)
    server.open.set()

    assert await asyncio.gather(first, *others) == [4, 8, 12, 8]
    assert server.trips == [[2], [4, 6, 4]]


async def test_a_failure_is_its_own_calls_alone() -> None:
    double = Coalescer(Server().run)

    answers = await asyncio.gather(double(2), double(3), double(4), return_exceptions=True)

    assert answers[0] == 4
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 8


async def test_a_round_trip_that_fails_fails_all_of_it_and_nothing_after() -> None:
    double = Coalescer(Server().run)

    answers = await asyncio.gather(double(2), double(99), return_exceptions=True)

    assert [type(answer) for answer in answers] == [ConnectionError, ConnectionError]
    assert await double(2) == 4


async def test_a_round_trip_carries_no_more_than_its_most() -> None:
    server = Server()
    double = Coalescer(server.run, most=2)

    assert await asyncio.gather(*(double(2 * n) for n in range(5))) == [0, 4, 8, 12, 16]
    assert server.trips == [[0, 2], [4, 6], [8]]


async def test_sizes_are_counted_and_one_item_always_goes() -> None:
    server = Server()
    double = Coalescer(server.run, size=lambda item: item, most=10)

    await asyncio.gather(*(double(item) for item in (40, 4, 6, 2)))

    assert server.trips == [[40], [4, 6], [2]]


async def test_a_caller_that_gives_up_takes_nothing_from_the_others() -> None:
    server = Server()
    double = Coalescer(server.run)
    server.open.clear()
    first, second = (asyncio.ensure_future(double(item)) for item in (2, 4))
    await under_way(first, second)

    first.cancel()
    server.open.set()

    assert await second == 8
    with pytest.raises(asyncio.CancelledError):
        await first
