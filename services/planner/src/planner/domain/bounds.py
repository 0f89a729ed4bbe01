"""What a value may be in US dollars where no rate says it (ADR 0021)."""

from decimal import Decimal
from typing import NamedTuple

from planner.domain.ruleset import RuleSet
from shared.canonical import MAX_SAFE_INTEGER
from shared.money import Money, converted


class Bounds(NamedTuple):
    """Cents, at least and at most."""

    least: int
    most: int


def about(currency: str, rules: RuleSet) -> int | None:
    """The rate that the rule set holds for near, in millionths of a dollar."""
    row = rules.entry("usd_per_unit", currency)
    return None if row is None else int(Decimal(row.note) * 1_000_000)


def bounds_of(value: Money, rules: RuleSet) -> Bounds:
    """From half to double of what it is at the rate held for near; without one, anything."""
    if value.cents is not None:
        return Bounds(value.cents, value.cents)
    rate = about(value.currency, rules)
    if rate is None:
        return Bounds(0, MAX_SAFE_INTEGER if value.minor else 0)
    cents = converted(value.minor, value.currency, {value.currency: rate}).cents or 0
    return Bounds(cents // 2, 2 * cents)
