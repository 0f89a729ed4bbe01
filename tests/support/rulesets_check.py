"""How well the duty programmes agree with lists that were made apart from them.

`make rulesets-check` prints precision and recall over every ten-digit number of the tariff, and
fails where one is too low, or a row of Section 338 was not read in its source.
"""

import sys
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from planner import rulesets

_LISTS = Path(__file__).parents[1] / "data" / "reference"
LEAST = 0.98
_NOVEMBER = date(2026, 11, 25)
_METALS = ("Section 232 aluminium", "Section 232 steel", "Section 232 copper")
_CHINA = ("Section 301 China", "Section 301 China four-year review")
_ALL_CHINA = ("301-china-25", "301-china-7.5", "301-china-review")
_QUARTER = ("9903.88.01", "9903.88.02", "9903.88.03", "9903.88.04")
# What is due (by name or heading), on which origin and day, and the lists that it is held against.
CHECKS = (
    ("Section 232 metals, April 2026", _METALS, "DE", date(2026, 5, 1), ("232-metals-april",)),
    ("Section 232 metals, since June", _METALS, "DE", _NOVEMBER, ("232-metals-june",)),
    ("Section 301 China, all lists", _CHINA, "CN", _NOVEMBER, _ALL_CHINA),
    ("Section 301 China, 25 %", _QUARTER, "CN", _NOVEMBER, _ALL_CHINA[:1]),
    ("Section 301 China, 7.5 %", ("9903.88.15",), "CN", _NOVEMBER, _ALL_CHINA[1:2]),
    ("Section 301 China, review", _CHINA[1:], "CN", _NOVEMBER, _ALL_CHINA[2:]),
)


class Agreement(NamedTuple):
    claim: str
    found: frozenset[str]  # numbers on which a programme is due by the planner's lists
    listed: frozenset[str]  # numbers on the other list

    @property
    def precision(self) -> float:
        return len(self.found & self.listed) / len(self.found)

    @property
    def recall(self) -> float:
        return len(self.found & self.listed) / len(self.listed)

    def __str__(self) -> str:
        return (
            f"{self.claim:32} {len(self.found):6} found {len(self.listed):6} listed   "
            f"precision {self.precision:.2%}   recall {self.recall:.2%}"
        )


@cache
def prefixes(name: str) -> frozenset[str]:
    lines = (_LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(" ".join(line.partition("#")[0] for line in lines).split())


def agreements() -> list[Agreement]:
    return [
        Agreement(claim, found(due, origin, day), listed(lists))
        for claim, due, origin, day, lists in CHECKS
    ]


def unsourced() -> list[str]:
    """Rows of Section 338 whose source was not read, or is not named."""
    return [
        f"{row['chapter_99']} from {row['valid_from']}"
        for row in rulesets.table("programmes")
        if row["programme"].startswith("Section 338")
        and (row["verified"] != "yes" or "Proclamation" not in row["citation"])
    ]


def found(due: Iterable[str], origin: str, day: date) -> frozenset[str]:
    """The numbers on which one of these programmes or headings is due."""
    rules, wanted = rulesets.load(day), set(due)
    return frozenset(
        number
        for number in prefixes("numbers")
        if any(
            wanted & {each.name, each.chapter_99}
            for each in rules.programmes_for(number, origin, ())
        )
    )


def listed(lists: Iterable[str]) -> frozenset[str]:
    """The numbers that a list names, or a part of whose digits it names."""
    named = frozenset[str]().union(*(prefixes(name) for name in lists))
    return frozenset(
        number
        for number in prefixes("numbers")
        if any(number[:size] in named for size in (4, 6, 8, 10))
    )


def main() -> int:
    every, rows = agreements(), unsourced()
    said = [*map(str, every), f"Section 338: {len(rows)} rows without their source", *rows]
    sys.stdout.write("\n".join(said) + "\n")
    low = [each for each in every if min(each.precision, each.recall) < LEAST]
    return 1 if low or rows else 0


if __name__ == "__main__":
    sys.exit(main())
