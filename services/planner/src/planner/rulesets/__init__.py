"""The dated tables of the planner, as data: `load(as_of)` gives the rows in force on a day.

Each row of each CSV file names its validity (`valid_from` and `valid_to`, both inclusive, empty
for open), its citation, the source's own date, and whether a source was read that says so.

    lists.csv       named lists of values: places, prefixes, words
    thresholds.csv  figures of which exactly one holds on a day
    agencies.csv    HTS prefixes and the partner agencies that may regulate them
    programmes.csv  duty programmes beside the general rate
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, cast

from planner.domain.ruleset import Agency, Entry, Programme, RuleSet, Threshold
from shared.canonical import content_hash
from shared.contracts.decision import Source

TABLES = ("agencies", "lists", "programmes", "thresholds")

Row = Mapping[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """All rows of a table, past and future ones too, in the order of the file."""
    with files("planner.rulesets").joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@lru_cache(maxsize=8)
def load(as_of: date) -> RuleSet:
    """The rule set in force on a day."""
    rows = {name: [row for row in table(name) if in_force(row, as_of)] for name in TABLES}
    newest = max(day for name in TABLES for day in boundaries(table(name)) if day <= as_of)
    return RuleSet(
        as_of=as_of,
        version=f"{newest.isoformat()}.{content_hash(rows)[:12]}",
        thresholds={row["name"]: _threshold(row) for row in rows["thresholds"]},
        lists=_lists(rows["lists"]),
        agencies=_agencies(rows["agencies"]),
        programmes=tuple(_programme(row) for row in rows["programmes"]),
    )


def in_force(row: Row, as_of: date) -> bool:
    first, last = span(row)
    return first <= as_of <= last


def span(row: Row) -> tuple[date, date]:
    """First and last day of a row."""
    first, last = row["valid_from"], row["valid_to"]
    return (
        date.fromisoformat(first) if first else date.min,
        date.fromisoformat(last) if last else date.max,
    )


def boundaries(rows: Iterable[Row]) -> set[date]:
    """The days on which one of the rows begins to hold, or no longer holds."""
    spans = [span(row) for row in rows]
    begins = {first for first, _ in spans}
    return begins | {last + timedelta(days=1) for _, last in spans if last != date.max}


def source_of(row: Row) -> Source:
    return Source(
        citation=row["citation"], date=row["date"] or None, verified=row["verified"] == "yes"
    )


def _threshold(row: Row) -> Threshold:
    return Threshold(row["value"], row["note"], source_of(row))


def _lists(rows: Iterable[Row]) -> dict[str, dict[str, Entry]]:
    # A list that has no row in force on the day is there all the same, empty.
    lists: dict[str, dict[str, Entry]] = {row["list"]: {} for row in table("lists")}
    for row in rows:
        for value in row["values"].split("|"):
            lists[row["list"]][value] = Entry(value, row["note"], source_of(row))
    return lists


def _agencies(rows: Iterable[Row]) -> dict[str, tuple[Agency, ...]]:
    by_prefix: dict[str, list[Agency]] = defaultdict(list)
    for row in rows:
        level = cast("Literal['LIKELY', 'POSSIBLE']", row["level"])
        agency = Agency(row["agency"], level, row["ask"], source_of(row))
        for prefix in row["prefixes"].split():
            by_prefix[prefix].append(agency)
    return {prefix: tuple(agencies) for prefix, agencies in by_prefix.items()}


def _programme(row: Row) -> Programme:
    return Programme(
        name=row["programme"],
        origins=frozenset(row["origins"].split()),
        without=frozenset(row["without"].split()),
        prefixes=tuple(row["prefixes"].split()),
        rate=row["rate"],
        chapter_99=row["chapter_99"],
        source=source_of(row),
    )
