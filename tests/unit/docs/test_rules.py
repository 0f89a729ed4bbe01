"""The page of the planner's rules: whole, and with an anchor for each id and each code."""

import re

from contract import rules
from planner.domain.flags import FLAG_RULES, FlagRule
from planner.domain.rules import RULES
from planner.domain.rules.base import Rule


def test_every_id_and_every_code_is_a_heading_of_its_own() -> None:
    said: list[Rule | FlagRule] = [*RULES, *FLAG_RULES]
    headings = re.findall(r"^###+ (R\d\d|[A-Z0-9_]+)$", rules.markdown(), re.MULTILINE)

    assert sorted(headings) == sorted([*{each.id for each in said}, *(each.code for each in said)])


def test_what_was_not_verified_is_printed_as_such() -> None:
    sections = rules.markdown().split("#### ")

    (embargoed,) = [each for each in sections if each.startswith("ORIGIN_EMBARGOED")]

    assert "* Source: EntryGo policy (not verified)" in embargoed
