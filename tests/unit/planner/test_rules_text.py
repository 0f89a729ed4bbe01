"""The printed rules: whole, and equal to the committed page."""

import re
import sys
from pathlib import Path

import pytest

from planner import rules_text
from planner.app import main
from planner.domain.flags import FLAG_RULES, FlagRule
from planner.domain.rules import RULES
from planner.domain.rules.base import Rule

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_the_committed_page_is_the_generated_one() -> None:
    """When this fails: `.venv/bin/planner rules > docs/rules.md`."""
    assert PAGE.read_text(encoding="utf-8") == rules_text.text()


def test_every_id_and_every_code_is_a_heading_of_its_own() -> None:
    said: list[Rule | FlagRule] = [*RULES, *FLAG_RULES]
    headings = re.findall(r"^###+ (R\d\d|[A-Z0-9_]+)$", rules_text.text(), re.MULTILINE)

    assert sorted(headings) == sorted([*{each.id for each in said}, *(each.code for each in said)])


def test_what_was_not_verified_is_printed_as_such() -> None:
    sections = rules_text.text().split("#### ")

    (embargoed,) = [each for each in sections if each.startswith("ORIGIN_EMBARGOED")]

    assert "* Source: EntryGo policy (not verified)" in embargoed


def test_the_planners_command_prints_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["planner", "rules"])

    main()

    assert capsys.readouterr().out == rules_text.text()
