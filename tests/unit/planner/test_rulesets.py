"""The dated tables: what is in force on which day; nothing overlaps where one row rules."""

import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from planner import rulesets

ONE_DAY = timedelta(days=1)
LISTS = sorted(Path(rulesets.__file__).parent.joinpath("scopes").glob("*.txt"))
# Rows of one key hold one at a time: exactly one figure, at most one rate of a programme's heading.
KEYS = {"thresholds": ("name",), "programmes": ("programme", "chapter_99")}
FIRST_DAY = date(2013, 1, 8)  # all figures are known from the day before
STARTS = [
    pytest.param(day, id=f"{table} {day}")
    for table in rulesets.TABLES
    for day in sorted(rulesets.boundaries(rulesets.table(table)))
    if day >= FIRST_DAY
]


@pytest.mark.parametrize("table", KEYS)
def test_rows_of_one_key_neither_overlap_nor_leave_a_gap(table: str) -> None:
    spans = defaultdict(list)
    for row in rulesets.table(table):
        spans[tuple(row[name] for name in KEYS[table])].append(rulesets.span(row))

    for key, held in spans.items():
        held.sort()
        for (_, last), (first, _) in pairwise(held):
            assert first == last + ONE_DAY, key


def test_every_figure_holds_until_further_notice() -> None:
    last = {row["name"]: row["valid_to"] for row in rulesets.table("thresholds")}

    assert set(last.values()) == {""}


@pytest.mark.parametrize("table", rulesets.TABLES)
def test_every_row_ends_after_it_begins_and_names_its_source(table: str) -> None:
    for row in rulesets.table(table):
        first, last = rulesets.span(row)
        assert first <= last, row
        assert row["citation"], row
        assert row["verified"] in {"yes", "no"}, row


@pytest.mark.parametrize("table", ["agencies", "prohibited"])
def test_prefixes_are_digits(table: str) -> None:
    prefixes = " ".join(row["prefixes"] for row in rulesets.table(table)).split()

    assert {
        each for each in prefixes if not re.fullmatch(r"\d{2,10}|\d{6,8}\?|childrens", each)
    } == set()


def test_lists_are_digits_each_once_say_where_they_come_from_and_are_used() -> None:
    names = {
        name
        for row in rulesets.table("programmes")
        for name in f"{row['scope']} {row['exempt']}".split()
    }

    assert {path.stem for path in LISTS} == names
    for path in LISTS:
        source, *lines = path.read_text(encoding="utf-8").splitlines()
        numbers = " ".join(lines).split()
        assert re.fullmatch(r"# .{10,}", source), path.name
        assert numbers == sorted(set(numbers)), path.name
        assert {each for each in numbers if not re.fullmatch(r"\d{2,10}", each)} == set(), path.name


def test_what_is_prohibited_as_law_was_read_in_its_source() -> None:
    law = [row for row in rulesets.table("prohibited") if row["rule"] == "R60"]

    assert law
    assert {row["verified"] for row in law} == {"yes"}


def test_no_agency_has_two_rows_for_one_prefix() -> None:
    pairs = [
        (row["agency"], prefix)
        for row in rulesets.table("agencies")
        for prefix in row["prefixes"].split()
    ]

    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("day", STARTS)
def test_each_boundary_makes_another_rule_set_on_its_day(day: date) -> None:
    before, after = rulesets.load(day - ONE_DAY), rulesets.load(day)

    assert before.version != after.version
    assert after.version.startswith(day.isoformat())


def test_the_version_stays_the_same_between_boundaries() -> None:
    assert rulesets.load(date(2026, 11, 11)).version == rulesets.load(date(2026, 11, 24)).version


def test_the_agency_of_the_longest_prefix_speaks() -> None:
    rules = rulesets.load(date(2026, 11, 24))

    shirt = rules.agencies_for("6109100012", childrens=False)
    baby = rules.agencies_for("6111206070", childrens=False)
    bike = rules.agencies_for("8711600090", childrens=False)

    assert shirt == ()
    assert [(agency.name, agency.level) for agency in baby] == [("CPSC", "LIKELY")]
    assert [agency.name for agency in bike] == ["CPSC", "EPA", "NHTSA"]


def test_a_product_for_children_always_meets_the_cpsc() -> None:
    rules = rulesets.load(date(2026, 11, 24))

    agencies = rules.agencies_for("9401696031", childrens=True)

    assert ("CPSC", "LIKELY") in [(agency.name, agency.level) for agency in agencies]
