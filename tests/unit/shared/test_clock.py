"""Times are text that sorts as time."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.clock import parse_timestamp, timestamp, utc_now
from shared.contracts.base import Timestamp

moments = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001  # Hypothesis wants naive bounds
    max_value=datetime(2999, 1, 1),  # noqa: DTZ001  # the same
    timezones=st.just(UTC),
)


@given(moments)
def test_a_time_is_written_as_the_contract_wants_it(moment: datetime) -> None:
    assert TypeAdapter(Timestamp).validate_python(timestamp(moment))


@given(moments, moments)
def test_text_sorts_as_time_does(one: datetime, other: datetime) -> None:
    if one <= other:
        assert timestamp(one) <= timestamp(other)


@given(moments)
def test_reading_gives_the_time_back_to_the_millisecond(moment: datetime) -> None:
    back = parse_timestamp(timestamp(moment))

    assert timedelta() <= moment - back < timedelta(milliseconds=1)
    assert timestamp(back) == timestamp(moment)


def test_another_zones_time_is_written_in_utc() -> None:
    halifax = timezone(timedelta(hours=-4))

    assert (
        timestamp(datetime(2026, 11, 24, 11, 38, 5, tzinfo=halifax)) == "2026-11-24T15:38:05.000Z"
    )


def test_now_knows_its_zone() -> None:
    assert utc_now().utcoffset() == timedelta()
