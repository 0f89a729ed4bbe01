"""Integers inside, decimals outside: money, weight and shares as text, and their outer names.

Rounding is `rounded`, here alone: half up, each amount by itself; a sum is of what was rounded.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

USD: Final = "USD"
# A field's ending inside, and in HTTP, with its decimals; None: those of the currency beside it.
_ENDINGS: Final = (
    ("_cents", "_usd", 2),
    ("Cents", "Usd", 2),
    ("Hundredths", "", 2),
    ("Thousandths", "", 3),
    ("Millionths", "", 6),
    ("_minor", "", None),
    ("Minor", "", None),
)


def _decimals() -> dict[str, int]:
    with files("shared").joinpath("currencies.csv").open(encoding="utf-8") as lines:
        return {
            currency: int(row["decimals"])
            for row in csv.DictReader(lines)
            for currency in row["currencies"].split()
        }


DECIMALS: Final = _decimals()  # of each currency of ISO 4217


class Money(NamedTuple):
    """An amount in the currency that was agreed, in whole minor units of it.

    `cents` is what it is in US dollars, None where no rate says so.
    """

    minor: int
    currency: str
    cents: int | None

    @property
    def text(self) -> str:
        return decimal(self.minor, DECIMALS[self.currency])


def usd(cents: int) -> Money:
    return Money(cents, USD, cents)


def converted(minor: int, currency: str, rates: Mapping[str, int]) -> Money:
    """An amount with what it is in dollars, where `rates` has its millionths of a dollar."""
    if currency == USD:
        return usd(minor)
    rate = rates.get(currency)
    cents = None if rate is None else rounded(minor * rate, 10 ** (DECIMALS[currency] + 4))
    return Money(minor, currency, cents)


def total(amounts: Iterable[Money], currency: str = USD) -> Money:
    """The sum of amounts in this currency; in dollars where each of them is."""
    minor, cents = 0, 0
    known = True
    for one in amounts:
        minor += one.minor
        cents += one.cents or 0
        known = known and one.cents is not None
    return Money(minor, currency, cents if known else None)


def less(amount: Money, off: Money) -> Money:
    known = amount.cents is not None and off.cents is not None
    cents = (amount.cents or 0) - (off.cents or 0) if known else None
    return Money(amount.minor - off.minor, amount.currency, cents)


def rounded(number: int, by: int) -> int:
    """The quotient of what is not negative, half up."""
    return (2 * number + by) // (2 * by)


def told(totals: Mapping[str, Any]) -> str:
    """The value of a plan's totals, in dollars where they are known: `USD 12.50`."""
    if (cents := totals["value_cents"]) is not None:
        return f"{USD} {decimal(cents)}"
    if "currency" not in totals:
        return "several currencies"
    return f"{totals['currency']} {Money(totals['value_minor'], totals['currency'], None).text}"


@lru_cache(maxsize=1_024)
def outer(name: str, currency: str = USD) -> tuple[str, int] | None:
    """The name in HTTP of an integer that stands for a decimal, and how many decimals it has."""
    for inside, outside, places in _ENDINGS:
        if name.endswith(inside):
            known = DECIMALS[currency] if places is None else places
            return name.removesuffix(inside) + outside, known
    return None


def outer_name(name: str) -> str | None:
    found = outer(name)
    return None if found is None else found[0]


def decimal(number: int, places: int = 2) -> str:
    """Cents as dollars, hundredths as percents: `12.50`."""
    if not places:
        return str(number)
    sign, digits = "-" if number < 0 else "", str(abs(number)).zfill(places + 1)
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def kilograms(grams: int) -> str:
    """Grams as kilograms, exactly: `0.350`."""
    return decimal(grams, 3)
