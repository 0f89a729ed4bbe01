"""Each rule: what fires it, what does not, and the boundary between. The ids are the claims.

A new rule's cases go into the file of its subject under rules/; the parity test asks for both.
"""

import pytest

from planner.domain.decide import decide
from planner.domain.rules import RULES
from planner.domain.rules.base import Day, Rule
from support.planning import a_plan
from unit.planner.rules import (
    agencies,
    classification,
    entry,
    goods,
    makers,
    orders,
    origin,
    spellings,
    terms,
    words,
)
from unit.planner.rules.case import Case

SUBJECTS = (
    orders,
    classification,
    origin,
    words,
    makers,
    goods,
    agencies,
    entry,
    spellings,
    terms,
)
CASES = [case for subject in SUBJECTS for case in subject.CASES]


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.code}: {c.claim}") for c in CASES])
def test_a_rule_says_what_it_should(case: Case) -> None:
    findings = decide(case.given)["decision"]["findings"]

    severities = {found["severity"] for found in findings if found["code"] == case.code}

    assert severities == ({case.severity} if case.severity else set())


def test_every_rule_is_seen_both_speaking_and_silent() -> None:
    codes = {rule.code for rule in RULES}

    of_the_day = {rule.code for rule in RULES if rule.subject is Day}  # test_tariff_age.py

    assert {case.code for case in CASES if case.severity} | of_the_day == codes
    assert {case.code for case in CASES if not case.severity} == codes


def test_a_plan_with_nothing_to_object_to_is_ready() -> None:
    decision = decide(a_plan())["decision"]

    assert decision["readiness"] == "READY"
    assert [found["code"] for found in decision["findings"]] == ["DE_MINIMIS_SUSPENDED"]


def test_what_blocks_was_read_in_a_source_or_is_our_own_policy() -> None:
    """A rule without a source may warn; as a statement of law it never blocks."""
    policy = {
        "R88",
        "R91",
        "R13",
        "R17",
        "R18",
        "R19",
        "R26",
        "R30",
        "R36",
        "R39",
        "R40",
        "R50",
        "R75",
    }
    blocking = [
        found
        for case in CASES
        for found in decide(case.given)["decision"]["findings"]
        if found["severity"] == "BLOCKING"
    ]

    for found in blocking:
        policy_block = found["rule_id"] in policy and found["source"]["citation"].startswith(
            "EntryGo policy"
        )
        assert found["source"]["verified"] or policy_block, found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_carries_its_remedy_and_source(rule: Rule) -> None:
    assert rule.remedy.endswith(".")
    assert rule.message.endswith(".")
    assert rule.source["citation"]
