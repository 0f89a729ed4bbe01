"""What a process believes of the store's clock, and how wrong it knows that it can be."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from shared.store_clock import StoreClock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
AHEAD = timedelta(seconds=10)  # of the store before this process
MEASUREMENTS = 5


class Link:
    """A process and the store behind a link: each measurement takes so many ms there and back."""

    def __init__(self) -> None:
        self.local = NOON
        self.ahead = AHEAD
        self.trips: list[tuple[float, float]] = []

    def now(self) -> datetime:
        return self.local

    async def ask(self) -> datetime:
        there, back = self.trips.pop(0)
        self.local += timedelta(milliseconds=there)
        theirs = self.local + self.ahead
        self.local += timedelta(milliseconds=back)
        return theirs.replace(microsecond=theirs.microsecond // 1000 * 1000)  # as the store tells

    async def measure(self, clock: StoreClock, trips: Iterable[tuple[float, float]]) -> None:
        self.trips = list(trips)
        await clock.refresh()

    def wrong(self, clock: StoreClock) -> timedelta:
        return abs(clock() - (self.local + self.ahead))


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def clock(link: Link) -> StoreClock:
    return StoreClock(link.ask, link.now)


async def test_the_shortest_of_several_measurements_is_believed(
    link: Link, clock: StoreClock
) -> None:
    slow = (4_000, 0)

    await link.measure(clock, [slow, slow, (1, 1), slow, slow])

    assert link.wrong(clock) <= clock.error <= timedelta(milliseconds=2)


async def test_a_slow_store_does_not_spoil_what_is_known(link: Link, clock: StoreClock) -> None:
    await link.measure(clock, [(1, 1)] * MEASUREMENTS)

    await link.measure(clock, [(9_000, 0)] * MEASUREMENTS)

    assert link.wrong(clock) <= clock.error <= timedelta(milliseconds=10)


async def test_a_slow_measurement_is_better_than_none_and_says_how_bad_it_is(
    link: Link, clock: StoreClock
) -> None:
    await link.measure(clock, [(0, 3_000)] * MEASUREMENTS)

    assert link.wrong(clock) == timedelta(milliseconds=1_500)
    assert timedelta(milliseconds=1_500) <= clock.error <= timedelta(milliseconds=1_502)
    assert REGISTRY.get_sample_value("entrygo_store_clock_error_seconds") == (
        clock.error / timedelta(seconds=1)
    )


async def test_a_slow_measurement_that_proves_the_one_before_wrong_is_believed(
    link: Link, clock: StoreClock
) -> None:
    await link.measure(clock, [(1, 1)] * MEASUREMENTS)
    link.ahead += timedelta(minutes=5)  # somebody set a clock

    await link.measure(clock, [(2_000, 0)] * MEASUREMENTS)

    assert link.wrong(clock) <= clock.error <= timedelta(seconds=2)


async def test_what_is_not_measured_again_is_known_less_and_less(
    link: Link, clock: StoreClock
) -> None:
    await link.measure(clock, [(1, 1)] * MEASUREMENTS)
    first = clock.error

    for _ in range(60):
        with pytest.raises(IndexError):  # the store does not answer
            await link.measure(clock, [])

    assert clock.error - first == timedelta(milliseconds=360)


async def test_the_error_is_never_more_than_it_says(link: Link, clock: StoreClock) -> None:
    chance = random.Random(7)  # noqa: S311  # no secret
    for _ in range(500):
        link.local += timedelta(minutes=1)
        link.ahead += timedelta(microseconds=chance.randint(-5_000, 5_000))
        trips = [(chance.expovariate(0.01), chance.expovariate(0.01)) for _ in range(MEASUREMENTS)]

        await link.measure(clock, trips)

        assert link.wrong(clock) <= clock.error
