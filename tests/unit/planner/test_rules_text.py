"""The printed rules: whole, and equal to the committed page."""

import sys
from pathlib import Path

import pytest

from planner import rules_text
from planner.app import main
from planner.domain.rules import RULES

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_the_committed_page_is_the_generated_one() -> None:
    """When this fails: `.venv/bin/planner rules > docs/rules.md`."""
    assert PAGE.read_text(encoding="utf-8") == rules_text.text()


def test_every_rule_and_both_flags_are_in_it() -> None:
    text = rules_text.text()

    for code in (*(rule.code for rule in RULES), "PGA_REVIEW", "TRADE_REMEDY_DUTY"):
        assert f"`{code}`" in text


def test_what_was_not_verified_is_printed_as_such() -> None:
    rows = [line for line in rules_text.text().splitlines() if "ORIGIN_EMBARGOED" in line]

    assert ["(not verified)" in row for row in rows] == [True]


def test_the_planners_command_prints_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["planner", "rules"])

    main()

    assert capsys.readouterr().out == rules_text.text()
