"""The dated tables: what is in force on which day; nothing overlaps where one row rules."""

import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from planner import rulesets
from planner.domain.decide import decide
from support.planning import with_product

ONE_DAY = timedelta(days=1)
# Rows of one key hold one at a time: exactly one figure, at most one rate of a programme's scope.
KEYS = {"thresholds": ("name",), "programmes": ("programme",)}
FIRST_DAY = date(2013, 1, 8)  # all figures are known from the day before
STARTS = [
    pytest.param(day, id=f"{table} {day}")
    for table in rulesets.TABLES
    for day in sorted(rulesets.boundaries(rulesets.table(table)))
    if day >= FIRST_DAY
]


def flags_on(day: date, **product: str) -> set[str]:
    decision = decide(with_product(as_of=day, **product))["decision"]
    return {flag.get("programme") or flag["agency"] for flag in decision["flags"]}


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


@pytest.mark.parametrize("table", ["agencies", "programmes"])
def test_prefixes_are_digits(table: str) -> None:
    prefixes = " ".join(row["prefixes"] for row in rulesets.table(table)).split()

    assert {each for each in prefixes if not re.fullmatch(r"\d{2,10}|childrens", each)} == set()


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


def test_section_122_ends_the_day_the_forced_labour_duty_begins() -> None:
    assert "Section 122 surcharge" not in flags_on(date(2026, 2, 23))
    assert "Section 122 surcharge" in flags_on(date(2026, 2, 24))
    for day in (date(2026, 5, 1), date(2026, 7, 23)):
        assert "Section 122 surcharge" in flags_on(day)
        assert "Section 301 forced labour" not in flags_on(day)
    for day in (date(2026, 7, 24), date(2026, 8, 1)):
        assert "Section 122 surcharge" not in flags_on(day)
        assert "Section 301 forced labour" in flags_on(day)


@pytest.mark.parametrize(
    ("programme", "first", "product"),
    [
        ("Section 301 Brazil", date(2026, 7, 22), {"countryOfOrigin": "BR"}),
        ("Section 232 steel", date(2025, 3, 12), {"htsCode": "7318150000"}),
        ("Section 232 copper", date(2025, 8, 1), {"htsCode": "7418201000"}),
        ("Section 232 cars", date(2025, 4, 3), {"htsCode": "8703230100"}),
        ("Section 232 car parts", date(2025, 5, 3), {"htsCode": "8708299500"}),
        ("Section 232 buses", date(2025, 11, 1), {"htsCode": "8702100000"}),
        ("Section 232 trucks", date(2025, 11, 1), {"htsCode": "8701210000"}),
        ("Section 232 softwood", date(2025, 10, 14), {"htsCode": "4407110000"}),
        ("Section 232 upholstered wood seats", date(2025, 10, 14), {"htsCode": "9401614011"}),
        (
            "Section 232 kitchen cabinets and vanities",
            date(2025, 10, 14),
            {"htsCode": "9403409060"},
        ),
        ("Section 232 semiconductors", date(2026, 1, 15), {"htsCode": "8471804000"}),
        ("Section 232 patented pharmaceuticals", date(2026, 7, 31), {"htsCode": "3004909290"}),
        ("Section 232 drones", date(2026, 9, 3), {"htsCode": "8806220000"}),
        ("Section 338 Canada", date(2026, 7, 24), {"countryOfOrigin": "CA"}),
        (
            "Section 301 China ships action",
            date(2026, 11, 10),
            {"htsCode": "8426190000", "countryOfOrigin": "CN"},
        ),
    ],
)
def test_a_programme_begins_on_its_day(
    programme: str, first: date, product: dict[str, str]
) -> None:
    assert programme not in flags_on(first - ONE_DAY, **product)
    assert programme in flags_on(first, **product)


def test_the_exclusions_of_the_china_lists_end_with_their_last_day() -> None:
    assert "Section 301 China exclusions" in flags_on(date(2026, 11, 9), countryOfOrigin="CN")
    assert "Section 301 China exclusions" not in flags_on(date(2026, 11, 10), countryOfOrigin="CN")


@pytest.mark.parametrize(
    ("day", "rate"), [(date(2026, 12, 31), "25 %"), (date(2027, 1, 1), "30 %")]
)
def test_the_duty_on_upholstered_seats_rises_with_the_new_year(day: date, rate: str) -> None:
    flags = decide(with_product(as_of=day, htsCode="9401614011"))["decision"]["flags"]

    reasons = [flag["reason"] for flag in flags if "seats" in flag.get("programme", "")]

    assert [rate in reason for reason in reasons] == [True]


def test_the_agency_of_the_longest_prefix_speaks() -> None:
    rules = rulesets.load(date(2026, 11, 24))

    shirt = rules.agencies_for("6109100012", childrens=False)
    baby = rules.agencies_for("6111206070", childrens=False)
    bike = rules.agencies_for("8711600090", childrens=False)

    assert [(agency.name, agency.level) for agency in shirt] == [("CPSC", "POSSIBLE")]
    assert [(agency.name, agency.level) for agency in baby] == [("CPSC", "LIKELY")]
    assert [agency.name for agency in bike] == ["CPSC", "EPA", "NHTSA"]


def test_a_product_for_children_always_meets_the_cpsc() -> None:
    rules = rulesets.load(date(2026, 11, 24))

    agencies = rules.agencies_for("9401696031", childrens=True)

    assert ("CPSC", "LIKELY") in [(agency.name, agency.level) for agency in agencies]
