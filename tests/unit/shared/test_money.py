"""Integers inside, decimals outside: what amounts are, and how they are rounded."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import DECIMALS, Money, converted, decimal, outer, rounded, told, total, usd
from shared.sold import sold, worth
from shared.units import UnitOfMeasure

amounts = st.integers(0, 10**12)


@given(amounts, st.integers(1, 10**9))
def test_a_quotient_is_rounded_half_up(number: int, by: int) -> None:
    exact = Decimal(number) / Decimal(by)

    assert abs(rounded(number, by) - exact) <= Decimal("0.5")
    assert rounded(2 * number + 1, 2) == number + 1


@given(amounts, st.sampled_from(["EUR", "JPY", "KWD"]), st.integers(1, 10**9))
def test_dollars_are_the_amount_times_the_rate_half_up(
    minor: int, currency: str, rate: int
) -> None:
    exact = Decimal(minor).scaleb(-DECIMALS[currency]) * Decimal(rate).scaleb(-6)

    cents = converted(minor, currency, {currency: rate}).cents

    assert Decimal(cents or 0) == exact.scaleb(2).quantize(Decimal(1), ROUND_HALF_UP)


def test_each_currency_has_its_decimals() -> None:
    shown = [
        Money(1_234_567, currency, None).text for currency in ("USD", "JPY", "KWD", "HUF", "CLP")
    ]

    assert shown == ["12345.67", "1234567", "1234.567", "12345.67", "1234567"]
    assert outer("unitValueMinor", "JPY") == ("unitValue", 0)
    assert decimal(-5) == "-0.05"


@given(
    st.lists(st.tuples(st.integers(1, 10**6), amounts), min_size=1, max_size=5),
    st.integers(1, 10**7),
)
def test_an_order_is_worth_its_lines_each_turned_into_dollars(
    lines: list[tuple[int, int]], rate: int
) -> None:
    items = [
        {"unit": "M", "quantityThousandths": thousandths, "unitValueMinor": price}
        for thousandths, price in lines
    ]
    rates = {"EUR": rate}

    value = worth({"currency": "EUR", "items": items}, rates)

    each = [converted(sold(item).value, "EUR", rates) for item in items]
    assert value == total(each, "EUR")
    assert value.cents == sum(one.cents or 0 for one in each)


def test_what_no_rate_says_is_not_known_and_neither_is_a_sum_with_it() -> None:
    assert converted(5, "EUR", {"GBP": 1}).cents is None
    assert total([usd(5), Money(7, "EUR", None)]).cents is None


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ({"value_cents": 1_250}, "USD 12.50"),
        ({"value_cents": None, "currency": "JPY", "value_minor": 900}, "JPY 900"),
        ({"value_cents": None}, "several currencies"),
    ],
)
def test_a_sum_is_told_in_what_it_is_known_in(totals: dict[str, object], said: str) -> None:
    assert told(totals) == said


@pytest.mark.parametrize(
    ("unit", "thousandths", "pieces", "grams"),
    [
        ("PCS", 3_000, 3, 300),
        ("PR", 3_000, 3, 300),
        ("DOZ", 2_500, 30, 3_000),
        ("M", 2_500, 0, 250),
        ("M", 2_505, 0, 251),
        ("KG", 2_500, 0, 2_500),
    ],
)
def test_a_unit_says_how_many_pieces_and_grams_it_is(
    unit: str, thousandths: int, pieces: int, grams: int
) -> None:
    measured = UnitOfMeasure[unit]

    assert (measured.pieces(thousandths), measured.grams(thousandths, 100)) == (pieces, grams)
