"""The dated tables of the planner, as data: `load(as_of)` gives the rows in force on a day.

Each row of each CSV file names its validity (`valid_from` and `valid_to`, both inclusive, empty
for open), its citation, the source's own date, and whether a source was read that says so.

    lists.csv       named lists of values: places, prefixes, words
    thresholds.csv  figures of which exactly one holds on a day
    agencies.csv    HTS prefixes and the partner agencies that may regulate them; digits before a
                    question mark are a number that is not whole yet
    adcvd.csv       anti-dumping and countervailing orders, by origin and HTS prefix
    programmes.csv  duty programmes beside the general rate; their scopes are lists of HTS prefixes
                    in scopes/, one heading a line
    prohibited.csv  goods that may not come in, by HTS prefix and origin
"""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import Literal, TypeVar, cast

from planner.domain.ruleset import Agency, Ban, DutyCase, Entry, Programme, RuleSet, Threshold
from shared.canonical import content_hash
from shared.contracts.decision import Source

TABLES = ("adcvd", "agencies", "lists", "programmes", "prohibited", "thresholds")

Row = Mapping[str, str]
Fact = TypeVar("Fact")


@cache
def table(name: str) -> tuple[Row, ...]:
    """All rows of a table, past and future ones too, in the order of the file."""
    with files("planner.rulesets").joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@cache
def scopes(names: str) -> frozenset[str]:
    """The HTS prefixes of lists, by their names; what follows a # says where a list comes from."""
    folder = files("planner.rulesets") / "scopes"
    texts = [(folder / f"{name}.txt").read_text(encoding="utf-8") for name in names.split()]
    lines = "\n".join(texts).splitlines()
    return frozenset(" ".join(line.partition("#")[0] for line in lines).split())


@lru_cache(maxsize=8)
def load(as_of: date) -> RuleSet:
    """The rule set in force on a day."""
    rows = {name: [row for row in table(name) if in_force(row, as_of)] for name in TABLES}
    newest = max(day for name in TABLES for day in boundaries(table(name)) if day <= as_of)
    return RuleSet(
        as_of=as_of,
        version=f"{newest.isoformat()}.{_digest(rows)[:12]}",
        thresholds={row["name"]: _threshold(row) for row in rows["thresholds"]},
        lists=_lists(rows["lists"]),
        agencies=_by_prefix((row["prefixes"].split(), _agency(row)) for row in rows["agencies"]),
        programmes=_by_prefix(chain.from_iterable(map(_due, rows["programmes"]))),
        prohibited=_by_prefix((row["prefixes"].split(), _ban(row)) for row in rows["prohibited"]),
        duty_cases=_by_prefix((row["prefixes"].split(), _case(row)) for row in rows["adcvd"]),
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


def _digest(rows: Mapping[str, Iterable[Row]]) -> str:
    """The content of the rows and of the lists that they name."""
    named = " ".join(f"{row['scope']} {row['exempt']}" for row in rows["programmes"]).split()
    return content_hash({"rows": rows, "scopes": {name: sorted(scopes(name)) for name in named}})


def _by_prefix(rows: Iterable[tuple[Collection[str], Fact]]) -> dict[str, tuple[Fact, ...]]:
    """The facts under each of their prefixes; one without any is about all goods."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for prefixes, fact in rows:
        for prefix in prefixes or ("",):
            found[prefix].append(fact)
    return {prefix: tuple(facts) for prefix, facts in found.items()}


def _agency(row: Row) -> Agency:
    return Agency(
        name=row["agency"],
        level=cast("Literal['LIKELY', 'POSSIBLE', 'NONE']", row["level"]),
        ask=row["ask"],
        source=source_of(row),
        when=cast("Literal['', 'children', 'formal']", row["when"]),
        ways=tuple(tuple(way.split()) for way in row["data"].split("/") if way.strip()),
    )


def _case(row: Row) -> DutyCase:
    return DutyCase(row["cases"], row["goods"], row["origin"], source_of(row))


def _ban(row: Row) -> Ban:
    return Ban(row["rule"], row["goods"], frozenset(row["origins"].split()), source_of(row))


def _due(row: Row) -> Iterator[tuple[Collection[str], Programme]]:
    """The programme under its numbers, and under the six and eight digits they begin with."""
    programme, listed = _programme(row), scopes(row["scope"])
    yield listed, programme
    short = {f"{number[:size]}?" for number in listed for size in (6, 8) if len(number) > size}
    if short:
        rate = f"{programme.rate}, if the whole number is listed,"
        yield short, replace(programme, rate=rate, groups=frozenset())


def _programme(row: Row) -> Programme:
    return Programme(
        name=row["programme"],
        rate=row["rate"],
        chapter_99=row["chapter_99"],
        terms=row["terms"],
        origins=frozenset(row["origins"].split()),
        without=frozenset(row["without"].split()),
        unless=frozenset(row["unless"].split()),
        groups=frozenset(row["groups"].split()),
        yields_to=row["yields_to"],
        exempt=scopes(row["exempt"]),
        source=source_of(row),
    )
