"""Each rule's remedy is done as it is told, and the finding goes: a rule without one fails here."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from planner.domain.decide import decide
from planner.domain.facts import PlanningInput
from planner.domain.rules import RULES
from planner.domain.rules.base import Rule
from planner.domain.view import view_of
from shared.contracts.decision import Finding
from shared.contracts.plans import PlanView
from support.mending import mended
from support.planning import TARIFF, TODAY, a_plan
from unit.planner.rules.case import Case
from unit.planner.test_rules import CASES

OLD = replace(TARIFF, edition={"effective": "2026-02-01"})
ALL = [
    *(case for case in CASES if case.severity),
    Case("TARIFF_TABLE_OLD", "of February", a_plan(tariff=OLD), "INFO"),
]
# The broker answers for these, or nothing is to be done.
NOTHING_TO_SET = {
    "DE_MINIMIS_SUSPENDED",
    "ENTRY_TYPE_FORMAL",
    "INFORMAL_CHAPTER_99_CHECK",
    "ORIGIN_SANCTIONS_REVIEW",
    "SPECIAL_HTS_CLAIMED",
}


def view(plan: PlanningInput) -> PlanView:
    return view_of(decide(plan), "", "", TODAY.isoformat())


def found_in(plan: PlanningInput, code: str) -> Iterator[Finding]:
    for message in view(plan)["validationMessages"]:
        if code in message.get("codes", [message["code"]]):
            yield message


def without(plan: PlanningInput, code: str) -> PlanningInput:
    """The plan without the orders that the code excludes."""
    left_out = {each["order_id"] for each in view(plan)["excluded_orders"] if code in each["codes"]}
    kept = {id_: order for id_, order in plan.orders.items() if id_ not in left_out}
    return replace(plan, orders=kept)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_case_that_its_remedy_is_tried_on(rule: Rule) -> None:
    assert rule.code in {case.code for case in ALL}


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.code}: {c.claim}") for c in ALL])
def test_what_is_told_to_be_done_mends_it(case: Case) -> None:
    plan = case.given
    (first, *_) = found_in(plan, case.code)
    if first["fixable_by"] == "NOBODY":
        assert "remedy_command" not in first
        if first["severity"] != "BLOCKING":
            assert case.code in NOTHING_TO_SET
            return
        assert view(plan)["next_recommended_action"] in {"LEAVE_OUT_AND_REPLAN", "NONE"}
        assert not without(plan, case.code).orders
        return

    for _ in range(3):  # one finding for each field
        for found in list(found_in(plan, case.code)):
            plan = mended(plan, found)

    assert [f["message"] for f in found_in(plan, case.code)] == []


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.code}: {c.claim}") for c in ALL])
def test_what_blocks_or_warns_names_a_datum_unless_nobody_can_mend_it(case: Case) -> None:
    told = view(case.given)
    menders = {datum["path"]: datum["fixable_by"] for datum in told["missing_data"]}

    for found in told["validationMessages"]:
        if found["severity"] == "INFO":
            continue
        name = found["field"].split(".")[0].split("[")[0]
        about = {by for path, by in menders.items() if path.startswith(name)}
        assert found["fixable_by"] == "NOBODY" or found["fixable_by"] in about, found
