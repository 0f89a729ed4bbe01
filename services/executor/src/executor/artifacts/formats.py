"""How documents write quantities and codes. Exact until it is printed, and rounded once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final, NamedTuple, Self

from executor.artifacts.facts import HtsQuantity
from shared.contracts.catalogue import ReportingQuantity
from shared.money import decimal, rounded
from shared.units import Measure, UnitOfMeasure


def hts(code: str | None) -> str | None:
    """The number as the tariff prints it, `6109.10.00.12`; what has no such form stays as it is."""
    if code is None:
        return None
    digits = re.sub(r"[.\s-]", "", code)
    if not re.fullmatch(r"[0-9]{6}|[0-9]{8}|[0-9]{10}", digits):
        return code
    return ".".join(part for part in (digits[:4], digits[4:6], digits[6:8], digits[8:]) if part)


class Measures(dict[str, Fraction]):
    """How much there is: by kind of measure in its smallest unit, and by words of the tariff."""

    @classmethod
    def of(
        cls,
        unit: UnitOfMeasure,
        thousandths: int,
        grams: int | None,
        reported: Iterable[ReportingQuantity],
    ) -> Self:
        """Of so many of a unit; what the product reports of one piece goes before."""
        found = cls({unit.measure.kind: Fraction(thousandths * unit.measure.size, 1000)})
        if grams is not None:
            found["g"] = Fraction(grams)
        for one in reported:
            known = one.unit in UnitOfMeasure.__members__
            measure = UnitOfMeasure[one.unit].measure if known else _asked(one.unit).measure
            each = Fraction(thousandths * unit.each, 1_000_000) * one.quantity_thousandths
            found[measure.kind] = each * measure.size
        return found

    @classmethod
    def sum(cls, parts: Sequence[Self]) -> Self:
        """Of what each of them has."""
        kinds = set[str]().union(*parts).intersection(*parts)
        return cls({kind: sum((part[kind] for part in parts), Fraction()) for kind in kinds})

    def asked(self, units: Iterable[str]) -> tuple[HtsQuantity, ...]:
        """In the tariff's units, where it follows; otherwise the broker asks."""
        return tuple(HtsQuantity(unit, self._in(_asked(unit))) for unit in units)

    def _in(self, asked: "_Asked") -> str | None:
        if asked.measure.kind not in self:
            return None
        amount = self[asked.measure.kind] * 10**asked.decimals / asked.measure.size
        return decimal(rounded(amount.numerator, amount.denominator), asked.decimals)


class _Asked(NamedTuple):
    """What a unit of the tariff measures, and how many decimals are printed of it."""

    measure: Measure
    decimals: int


def _asked(unit: str) -> _Asked:
    """Of a unit that is no plain arithmetic: itself, as a product may report it."""
    words = unit.strip().casefold()
    return _TARIFF.get(words, _Asked(Measure(words, 1), 3))


# The Commission's spellings, in lower case.
_TARIFF: Final[Mapping[str, _Asked]] = {
    words: _Asked(Measure(kind, size), decimals)
    for spellings, kind, size, decimals in (
        ("no.|no|pcs", "pieces", 1, 0),
        ("doz.|doz|dozen|dz pcs|doz. pcs.|dozen pieces", "pieces", 12, 2),
        ("gross", "pieces", 144, 2),
        ("hundreds", "pieces", 100, 2),
        ("thousands", "pieces", 1_000, 3),
        ("prs.|prs|pairs", "pairs", 1, 0),
        ("doz. prs.|dozen pairs", "pairs", 12, 2),
        ("cm", "cm", 1, 0),
        ("m|lin. m", "cm", 100, 3),
        ("thousand m", "cm", 100_000, 3),
        ("cm2|cm²", "cm2", 1, 0),
        ("m2|m²", "cm2", 10_000, 3),
        ("liters|litres", "ml", 1_000, 3),
        ("m3|m³", "ml", 1_000_000, 3),
        ("thousand m3", "ml", 1_000_000_000, 3),
        ("g", "g", 1, 0),
        ("kg", "g", 1_000, 3),
        ("t", "g", 1_000_000, 3),
    )
    for words in spellings.split("|")
}


def printed_quantity(unit: UnitOfMeasure, thousandths: int) -> int | str:
    """Pieces as a number; of another unit as text with the decimals that it has: `2.5`."""
    if unit is UnitOfMeasure.PCS:
        return thousandths // 1000
    return decimal(thousandths, 3).rstrip("0").rstrip(".")


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount by these weights, adding up to it; where all are nothing the first has it."""
    whole = sum(weights)
    if not whole:
        return [amount, *(0 for _ in weights[1:])][: len(weights)]
    reached = [amount * each // whole for each in accumulate(weights, initial=0)]
    return [after - before for before, after in pairwise(reached)]
