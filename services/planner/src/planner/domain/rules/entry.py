"""What the value and the goods of a unit ask of its entry."""

from planner.domain.facts import PlanningInput
from planner.domain.grouping import Group, is_on_file
from planner.domain.rules.base import (
    POLICY,
    Hit,
    Hits,
    Severity,
    blocking,
    info_for_good,
    info_for_good_or_warning,
    law,
)
from shared.money import decimal, told
from shared.needs import ENTRY, NEEDS, setting

_FIELD = "units[].entryType"
_REQUIREMENTS = {need.path.rpartition(".")[2]: need for need in NEEDS if need.required_for == ENTRY}


@blocking(
    "R36",
    reads="account.importerOfRecord.bond",
    message="The unit needs a formal entry, and no {what} is on file.",
    remedy="An operator sets it with `entrygo account update`.",
    source=POLICY,
)
def formal_entry_requirements_missing(unit: Group, given: PlanningInput) -> Hits:
    for name, need in _REQUIREMENTS.items():
        if unit.formal and not is_on_file(unit, name):
            command = setting(need, given.account.id, given.account.content)
            path, remedy = need.path, f"An operator sets it: `{command}`."
            if unit.importer != given.importer:
                first = unit.unit["order_ids"][0]
                path = f"orders[{first}].importerOfRecord.{name}"
                remedy = f"Sync its orders with importerOfRecord.{name}."
            yield Hit({"what": need.what}, path, remedy=remedy)


@info_for_good(
    "R36",
    reads=_FIELD,
    message="Formal entry, type {type}: {reason}.",
    remedy="Nothing to do: bond and power of attorney are on file.",
    source=law("19 CFR 143.21; CBP Form 7501 instructions, block 2"),
)
def entry_type_formal(unit: Group, given: PlanningInput) -> Hits:
    if unit.formal and all(is_on_file(unit, name) for name in _REQUIREMENTS):
        reason = (
            "an AD/CVD case"
            if unit.has_case
            else f"a shipment of USD {decimal(unit.shipment.least)} on one bill"
            if unit.shipment.least > unit.bounds.least and unit.over_informal_limit(given)
            else f"a value of {told(unit.unit['totals'])}"
            if unit.over_informal_limit(given)
            else "the account's choice of formal entry for all"
        )
        yield Hit({"type": unit.unit["entry_type"], "reason": reason})


@info_for_good(
    "R37",
    reads="orders[].totalValueUsd",
    message="There are orders at or under USD {limit}, but duty-free entry is suspended: they "
    "travel on an ACE entry as the rest.",
    remedy="Nothing to do: duties are paid on the entry.",
    source=law("EO 14324; CBP notice 90 FR 42418", "2025-09-02"),
)
def de_minimis_suspended(given: PlanningInput, _same: PlanningInput) -> Hits:
    """Said once, of orders: the exemption was for what one person gets on one day."""
    state = given.ruleset.thresholds["duty_free_entry"]
    limit = given.ruleset.thresholds["duty_free_limit"].cents
    values = (order.worth.cents for order in given.read_orders)
    if state.value == "SUSPENDED" and any(cents is not None and cents <= limit for cents in values):
        yield Hit({"limit": decimal(limit)}, source=state.source)


@info_for_good_or_warning(
    "R38",
    reads="account.formalAlways",
    message="Chapter 99 goods over USD {limit} a line are on informal entry; the clause that keeps "
    "them from it is {state}.",
    remedy="An operator sets formal entry for all where the clause is in force; else there is "
    "nothing to do.",
    source=law("19 CFR 143.21(a); CSMS of 28 Apr 2025", "2025-04-28"),
)
def informal_chapter_99_check(unit: Group, given: PlanningInput) -> Hits:
    limit = given.ruleset.thresholds["informal_chapter_99_limit"]
    clause = given.ruleset.thresholds["informal_chapter_99_clause"]
    if not unit.formal and unit.dearest_in_chapter_99 > limit.cents:
        in_force = clause.value != "SUSPENDED"
        said = {"limit": decimal(limit.cents), "state": clause.note}
        yield Hit(said, "", Severity.WARNING if in_force else None, clause.source)
