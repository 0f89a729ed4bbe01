"""Units that order lines are sold in, and those the tariff counts in, as plain arithmetic.

Pieces and pairs are apart: whether one piece is a pair, only who sells it can say.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from shared.money import rounded


class Measure(NamedTuple):
    """How many of the smallest unit of its kind one is: pieces, pairs, cm, cm2, ml, g."""

    kind: str
    size: int


_PIECES, _PAIRS, _LENGTH, _AREA, _VOLUME, _MASS = "pieces", "pairs", "cm", "cm2", "ml", "g"


class UnitOfMeasure(StrEnum):
    """What one of a line's quantity is: pieces, pairs, dozens, metres ..."""

    PCS = "PCS"
    PR = "PR"
    DOZ = "DOZ"
    DPR = "DPR"
    GRO = "GRO"
    HUN = "HUN"
    THO = "THO"
    CM = "CM"
    M = "M"
    CM2 = "CM2"
    M2 = "M2"
    ML = "ML"
    L = "L"
    M3 = "M3"
    G = "G"
    KG = "KG"
    T = "T"

    @property
    def measure(self) -> Measure:
        return _MEASURES[self]

    @property
    def counted(self) -> bool:
        """Whether what it counts is pieces or pairs, which are whole."""
        return self.measure.kind in {_PIECES, _PAIRS}

    @property
    def each(self) -> int:
        """How many of what a product tells of one piece: a dozen has twelve, a metre is one."""
        return self.measure.size if self.counted else 1

    def grams(self, thousandths: int, weight: int | None) -> int | None:
        """Net weight of so many: of goods sold by weight, that; else by that of each, if any."""
        if self.measure.kind == _MASS:
            return rounded(thousandths * self.measure.size, 1000)
        return rounded(thousandths * self.each * weight, 1000) if weight else None

    def pieces(self, thousandths: int) -> int:
        """Whole pieces or pairs; what is measured counts none."""
        return thousandths * self.each // 1000 if self.counted else 0


_MEASURES: Final[Mapping[UnitOfMeasure, Measure]] = {
    UnitOfMeasure.PCS: Measure(_PIECES, 1),
    UnitOfMeasure.PR: Measure(_PAIRS, 1),
    UnitOfMeasure.DOZ: Measure(_PIECES, 12),
    UnitOfMeasure.DPR: Measure(_PAIRS, 12),
    UnitOfMeasure.GRO: Measure(_PIECES, 144),
    UnitOfMeasure.HUN: Measure(_PIECES, 100),
    UnitOfMeasure.THO: Measure(_PIECES, 1_000),
    UnitOfMeasure.CM: Measure(_LENGTH, 1),
    UnitOfMeasure.M: Measure(_LENGTH, 100),
    UnitOfMeasure.CM2: Measure(_AREA, 1),
    UnitOfMeasure.M2: Measure(_AREA, 10_000),
    UnitOfMeasure.ML: Measure(_VOLUME, 1),
    UnitOfMeasure.L: Measure(_VOLUME, 1_000),
    UnitOfMeasure.M3: Measure(_VOLUME, 1_000_000),
    UnitOfMeasure.G: Measure(_MASS, 1),
    UnitOfMeasure.KG: Measure(_MASS, 1_000),
    UnitOfMeasure.T: Measure(_MASS, 1_000_000),
}
