"""One sentence on why the units are as they are, and another way with its cost, if there is one."""

from planner.domain.facts import PlanningInput
from planner.domain.grouping import Group, strategy_of
from planner.domain.text import counted, dollars
from shared.contracts.snapshot import StrategyHint


def hint_of(units: list[Group], given: PlanningInput) -> StrategyHint:
    """The hint of the first unit that could go another way, else why the strategy is as it is."""
    if not units:
        return StrategyHint(
            code="NOTHING_TO_GROUP", message="No order can go yet, so there is nothing to group."
        )
    strategy = strategy_of(given)
    if strategy == "CONSOLIDATED_IOR":
        return _split_hint(units, given) or StrategyHint(
            code="CONSOLIDATED",
            message=f"One importer of record: {_entries(units)}, one for each lane, "
            "are the fewest that keep strictly handled goods from holding the rest.",
        )
    return _consolidation_hint(units, strategy, given)


def _split_hint(units: list[Group], given: PlanningInput) -> StrategyHint | None:
    limit = given.ruleset.thresholds["informal_limit"].cents
    if given.account.content.get("formalAlways"):
        return None
    for unit in units:
        small = sum(member.value_cents <= limit for member in unit.members)
        if not unit.formal or unit.has_case or len(unit.members) == 1 or not small:
            continue
        together = unit.unit["totals"]["value_cents"]
        formal = len(unit.members) - small
        return StrategyHint(
            code="SPLIT_KEEPS_INFORMAL",
            message=f"The {unit.unit['grouping_key']['lane']} unit is formal because its "
            f"{len(unit.members)} orders add up to USD {dollars(together)}; apart, "
            f"{small} of them would stay informal.",
            alternative=f"PER_ORDER: {counted(small, 'informal entry', 'informal entries')} and "
            f"{formal} formal in place of one formal entry, "
            "each with its own bill of lading and filing fee.",
        )
    return None


def _consolidation_hint(units: list[Group], strategy: str, given: PlanningInput) -> StrategyHint:
    lanes = {unit.unit["grouping_key"]["lane"] for unit in units}
    hint = StrategyHint(
        code=strategy,
        message=f"The account asks for units {strategy.lower().replace('_', ' ')}: "
        f"{_entries(units)}.",
    )
    if len(units) > len(lanes):
        limit = dollars(given.ruleset.thresholds["informal_limit"].cents)
        fewer = counted(len(lanes), "entry", "entries")
        hint["alternative"] = (
            f"CONSOLIDATED_IOR: {fewer} in place of {len(units)}; a unit above USD {limit} "
            "is then formal and needs a bond and a power of attorney."
        )
    return hint


def _entries(units: list[Group]) -> str:
    formal = sum(unit.formal for unit in units)
    counts = (
        (len(units) - formal, "informal entry", "informal entries"),
        (formal, "formal entry", "formal entries"),
    )
    return " and ".join(counted(*each) for each in counts if each[0])
