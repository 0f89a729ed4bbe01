"""The duty programmes against lists that were made apart from them (tests/data/reference)."""

from datetime import date

import pytest

from planner import rulesets
from support.rulesets_check import LEAST, Agreement, agreements, found, listed, unsourced

NOVEMBER = date(2026, 11, 25)


@pytest.mark.parametrize("agreement", agreements(), ids=lambda each: each.claim)
def test_a_programme_is_due_where_the_other_list_names_the_number(agreement: Agreement) -> None:
    assert agreement.precision >= LEAST, sorted(agreement.found - agreement.listed)[:20]
    assert agreement.recall >= LEAST, sorted(agreement.listed - agreement.found)[:20]


def test_nothing_of_the_china_lists_is_due_on_what_is_only_on_the_suspended_one() -> None:
    due = found(("Section 301 China", "Section 301 China four-year review"), "CN", NOVEMBER)

    assert len(listed(["301-china-4b"])) > 500
    assert due & listed(["301-china-4b"]) == set()


def test_every_row_of_section_338_was_read_in_a_proclamation() -> None:
    assert unsourced() == []


@pytest.mark.parametrize(
    ("day", "lines"), [(date(2026, 8, 21), 0), (date(2026, 8, 22), 554), (date(2026, 9, 15), 666)]
)
def test_section_338_names_as_many_lines_as_the_notes(day: date, lines: int) -> None:
    rows = [
        row
        for row in rulesets.table("programmes")
        if row["programme"] == "Section 338 Canada" and rulesets.in_force(row, day)
    ]

    assert sum(len(rulesets.scopes(row["scope"])) for row in rows) == lines


def test_the_roster_of_the_forced_labour_duty_has_86_origins_and_two_rates() -> None:
    due = {
        each
        for each in rulesets.load(NOVEMBER).programmes[""]
        if each.name == "Section 301 forced labour"
    }

    assert sum(len(each.origins) for each in due) == 86
    assert {each.rate.partition(" %")[0] for each in due} == {"10", "12.5"}
    assert sum("together with column 1" in each.rate for each in due) == 5
