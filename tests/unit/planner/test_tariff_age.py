"""A tariff table has an age, where its edition was said; the plan is the same at any age."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.domain.decide import decide, plan_hash
from planner.domain.facts import PlanningInput
from planner.domain.view import view_of
from support.planning import TARIFF, TODAY, a_plan

EFFECTIVE = date(2026, 9, 1)


def aged() -> PlanningInput:
    return a_plan(tariff=replace(TARIFF, edition={"effective": EFFECTIVE.isoformat()}))


def told(plan: PlanningInput, days: int) -> list[str]:
    as_of = (EFFECTIVE + timedelta(days=days)).isoformat()
    view = view_of(decide(plan), "", "", as_of)
    assert view["readinessState"] == "READY"
    return [m["message"] for m in view["validationMessages"] if m["code"] == "TARIFF_TABLE_OLD"]


def test_a_table_of_61_days_is_told_of() -> None:
    (message,) = told(aged(), 61)

    assert message == "The tariff table in use is of 2026-09-01, 61 days before this plan."


@pytest.mark.parametrize("days", [0, 60])
def test_a_table_of_60_days_is_not(days: int) -> None:
    assert told(aged(), days) == []


def test_a_table_whose_edition_nobody_said_has_no_age_and_changes_no_snapshot() -> None:
    snapshot = decide(a_plan())

    assert "tariff" not in snapshot
    assert told(a_plan(), 1_000) == []


def test_age_is_in_no_hash_and_the_edition_is() -> None:
    same = replace(aged(), as_of=TODAY + timedelta(days=90))

    assert plan_hash(decide(aged())) == plan_hash(decide(same)) != plan_hash(decide(a_plan()))
