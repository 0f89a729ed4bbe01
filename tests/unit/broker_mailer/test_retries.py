from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from broker_mailer.retries import JITTER, RetryPolicy
from broker_mailer.settings import Settings

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def the_default() -> RetryPolicy:
    settings = Settings()
    return RetryPolicy(settings.retry_delays, settings.retry_every, settings.retry_for)


def test_delays_grow_then_come_hourly_up_to_a_day() -> None:
    delays = the_default().delays

    assert delays[:5] == (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR)
    assert set(delays[4:]) == {HOUR}
    assert 23 * HOUR < sum(delays, timedelta()) <= 24 * HOUR


def test_after_the_last_delay_there_is_none() -> None:
    policy = RetryPolicy((MINUTE,), HOUR, 2 * HOUR)

    waits = [policy.delay(failures, 0.0) for failures in (1, 2, 3)]

    assert waits == [MINUTE, HOUR, None]


def test_without_room_for_equal_delays_the_growing_ones_are_all() -> None:
    policy = RetryPolicy((MINUTE, HOUR), HOUR, MINUTE)

    assert policy.delays == (MINUTE, HOUR)


@given(st.integers(1, 27), st.floats(0, 1, exclude_max=True))
def test_jitter_only_lengthens_and_never_passes_the_next_delay(
    failures: int, chance: float
) -> None:
    policy = the_default()
    plain, shaken = policy.delay(failures, 0.0), policy.delay(failures, chance)

    assert plain is not None
    assert shaken is not None
    assert plain <= shaken <= plain * (1 + JITTER)
