"""Units that order lines are sold in, and those the tariff counts in, as plain arithmetic.

Pieces and pairs are apart: whether one piece is a pair, only who sells it can say.
"""

from enum import StrEnum
from typing import NamedTuple, Self

from shared.money import rounded


class Measure(NamedTuple):
    """How many of the smallest unit of its kind one is: pieces, pairs, cm, cm2, ml, g."""

    kind: str
    size: int


_PIECES, _PAIRS, _LENGTH, _AREA, _VOLUME, _MASS = "pieces", "pairs", "cm", "cm2", "ml", "g"


class UnitOfMeasure(StrEnum):
    """What one of a line's quantity is: pieces, pairs, dozens, metres ..."""

    PCS = "PCS", _PIECES, 1
    PR = "PR", _PAIRS, 1
    DOZ = "DOZ", _PIECES, 12
    DPR = "DPR", _PAIRS, 12
    GRO = "GRO", _PIECES, 144
    HUN = "HUN", _PIECES, 100
    THO = "THO", _PIECES, 1_000
    CM = "CM", _LENGTH, 1
    M = "M", _LENGTH, 100
    CM2 = "CM2", _AREA, 1
    M2 = "M2", _AREA, 10_000
    ML = "ML", _VOLUME, 1
    L = "L", _VOLUME, 1_000
    M3 = "M3", _VOLUME, 1_000_000
    G = "G", _MASS, 1
    KG = "KG", _MASS, 1_000
    T = "T", _MASS, 1_000_000

    measure: Measure
    counted: bool
    """Whether what it counts is pieces or pairs, which are whole."""
    each: int
    """How many of what a product tells of one piece: a dozen has twelve, a metre is one."""

    def __new__(cls, code: str, kind: str, size: int) -> Self:
        unit = str.__new__(cls, code)
        unit._value_, unit.measure = code, Measure(kind, size)
        unit.counted = kind in {_PIECES, _PAIRS}
        unit.each = size if unit.counted else 1
        return unit

    def grams(self, thousandths: int, weight: int | None) -> int | None:
        """Net weight of so many: of goods sold by weight, that; else by that of each, if any."""
        if self.measure.kind == _MASS:
            return rounded(thousandths * self.measure.size, 1000)
        return rounded(thousandths * self.each * weight, 1000) if weight else None

    def pieces(self, thousandths: int) -> int:
        """Whole pieces or pairs; what is measured counts none."""
        return thousandths * self.each // 1000 if self.counted else 0
