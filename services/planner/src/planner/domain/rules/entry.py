"""What the value and the goods of a unit ask of its entry."""

from planner.domain.facts import PlanningInput
from planner.domain.grouping import Group
from planner.domain.rules.base import NOTHING, POLICY, Hit, Hits, Rule, Scope, Severity, law
from planner.domain.text import dollars

_FIELD = "units[].entryType"
_REQUIREMENTS = (
    ("bond", "bond", "--bond NUMBER"),
    ("powerOfAttorney", "power of attorney", "--power-of-attorney"),
)
_SET_BY = "An operator sets it: `entrygo account update ID {}`."


def _formal_requirements(unit: Group, given: PlanningInput) -> Hits:
    if not unit.formal:
        return NOTHING
    return [
        Hit(f"account.importerOfRecord.{name}", {"what": what}, remedy=_SET_BY.format(option))
        for name, what, option in _REQUIREMENTS
        if not given.importer.get(name)
    ]


FORMAL_REQUIREMENTS = Rule(
    id="R36",
    code="FORMAL_ENTRY_REQUIREMENTS_MISSING",
    severity=Severity.BLOCKING,
    scope=Scope.UNIT,
    reads="account.importerOfRecord.bond",
    message="The unit needs a formal entry, and no {what} is on file.",
    remedy=_SET_BY.format("--bond NUMBER --power-of-attorney"),
    source=POLICY,
    check=_formal_requirements,
    missing=True,
)


def _formal(unit: Group, given: PlanningInput) -> Hits:
    if not unit.formal or list(_formal_requirements(unit, given)):
        return NOTHING
    reason = (
        "an AD/CVD case"
        if unit.has_case
        else f"a value of USD {dollars(unit.unit['totals']['value_cents'])}"
        if unit.over_informal_limit(given)
        else "the account's choice of formal entry for all"
    )
    return (Hit(unit.path("entryType"), {"type": unit.unit["entry_type"], "reason": reason}),)


FORMAL = Rule(
    id="R36",
    code="ENTRY_TYPE_FORMAL",
    severity=Severity.INFO,
    scope=Scope.UNIT,
    reads=_FIELD,
    message="Formal entry, type {type}: {reason}.",
    remedy="Nothing to do: bond and power of attorney are on file.",
    source=law("19 CFR 143.21; CBP Form 7501 instructions, block 2"),
    check=_formal,
)


def _de_minimis(unit: Group, given: PlanningInput) -> Hits:
    state = given.ruleset.thresholds["duty_free_entry"]
    limit = given.ruleset.thresholds["duty_free_limit"].cents
    if state.value != "SUSPENDED" or unit.unit["totals"]["value_cents"] > limit:
        return NOTHING
    said = {"limit": dollars(limit), "type": unit.unit["entry_type"]}
    return (Hit(unit.path("entryType"), said, source=state.source),)


DE_MINIMIS = Rule(
    id="R37",
    code="DE_MINIMIS_SUSPENDED",
    severity=Severity.INFO,
    scope=Scope.UNIT,
    reads=_FIELD,
    message="The value is at or under USD {limit}, but duty-free entry is suspended; an ACE entry "
    "is needed (suggested type {type}).",
    remedy="Nothing to do: duties are paid on the entry.",
    source=law("EO 14324; CBP notice 90 FR 42418", "2025-09-02"),
    check=_de_minimis,
)


def _chapter_99(unit: Group, given: PlanningInput) -> Hits:
    limit = given.ruleset.thresholds["informal_chapter_99_limit"]
    if unit.formal or unit.dearest_in_chapter_99 <= limit.cents:
        return NOTHING
    said = {"limit": dollars(limit.cents)}
    return (Hit(unit.path("entryType"), said, source=limit.source),)


CHAPTER_99 = Rule(
    id="R38",
    code="INFORMAL_CHAPTER_99_CHECK",
    severity=Severity.WARNING,
    scope=Scope.UNIT,
    reads=_FIELD,
    message="Informal entry of chapter 99 goods over USD {limit} a line rests on a suspended "
    "clause; broker to confirm.",
    remedy="Ask the broker whether informal entry still serves, or set formal entry for all.",
    source=law("19 CFR 143.21(a); CSMS of 28 Apr 2025", "2025-04-28"),
    check=_chapter_99,
)
