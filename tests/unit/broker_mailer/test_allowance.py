"""No more in hand at once than is allowed, and everybody's turn comes."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from broker_mailer.allowance import Allowance


@given(st.lists(st.integers(0, 30), max_size=20))
async def test_all_get_their_turn_and_never_more_than_allowed_at_once(sizes: list[int]) -> None:
    allowance, held, most, done = Allowance(10), 0, 0, 0

    async def one(size: int) -> None:
        nonlocal held, most, done
        async with allowance.of(size):
            held += min(size, 10)
            most = max(most, held)
            await asyncio.sleep(0)
            held -= min(size, 10)
            done += 1

    async with asyncio.timeout(60):
        await asyncio.gather(*map(one, sizes))

    assert done == len(sizes)
    assert most <= 10


async def test_a_large_one_is_not_overtaken_by_small_ones_for_ever() -> None:
    allowance, order = Allowance(10), list[str]()

    async def one(name: str, size: int) -> None:
        async with allowance.of(size):
            order.append(name)
            await asyncio.sleep(0)

    await asyncio.gather(one("first", 5), one("large", 10), one("small", 5), one("last", 5))

    assert order == ["first", "large", "small", "last"]


async def test_what_failed_or_was_given_up_holds_nothing() -> None:
    allowance, holding = Allowance(10), asyncio.Event()

    async def failing() -> None:
        async with allowance.of(10):
            holding.set()
            await asyncio.sleep(0)
            raise RuntimeError

    failed = asyncio.create_task(failing())
    await holding.wait()
    waiting = asyncio.create_task(failing())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(failed, waiting, return_exceptions=True)

    async with asyncio.timeout(60), allowance.of(10):
        pass
