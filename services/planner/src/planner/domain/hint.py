"""One sentence on why the units are as they are, and another way with its cost, if there is one."""

from planner.domain.facts import PlanningInput
from planner.domain.grouping import Group, strategy_of
from shared.contracts.decision import StrategyHint
from shared.money import decimal


def hint_of(groups: list[Group], units: list[Group], given: PlanningInput) -> StrategyHint:
    """The hint for all groups that were tried; `units` are those of them that can go.

    A group that could be split is told of first: one that waits for a bond needs it most.
    """
    split = _split_hint(groups, given)
    if split:
        return split
    if not units:
        return StrategyHint(
            code="NOTHING_TO_GROUP", message="No order can go yet, so there is nothing to group."
        )
    strategy = strategy_of(given)
    if strategy == "CONSOLIDATED_IOR":
        return StrategyHint(
            code="CONSOLIDATED",
            message=f"One importer of record: {_of(units)}, one for each lane, "
            "are the fewest that keep strictly handled goods from holding the rest.",
        )
    return _consolidation_hint(units, strategy, given)


def _split_hint(groups: list[Group], given: PlanningInput) -> StrategyHint | None:
    limit = given.ruleset.thresholds["informal_limit"].cents
    if given.account.content.get("formalAlways"):
        return None
    for bill in dict.fromkeys(group.bill for group in groups):
        shipment = [group for group in groups if group.bill == bill]
        formal = [group for group in shipment if group.formal and not group.has_case]
        values = [value for group in shipment for value in group.values if value is not None]
        small = sum(value <= limit for value in values)
        unknown = any(None in group.values for group in shipment)
        if unknown or not formal or len(values) == 1 or not small:
            continue
        return StrategyHint(
            code="SPLIT_KEEPS_INFORMAL",
            message=f"The entry is formal because {len(values)} orders add up to USD "
            f"{decimal(sum(values))} on one bill; apart, {small} of them would stay informal.",
            alternative="PER_ORDER, with a bill for each order in shipment.bills: "
            f"{_entries(small, len(values) - small)} in place of {_of(shipment)}, each with its "
            "own filing fee.",
        )
    return None


def _consolidation_hint(units: list[Group], strategy: str, given: PlanningInput) -> StrategyHint:
    lanes = {unit.unit["grouping_key"]["lane"] for unit in units}
    hint = StrategyHint(
        code=strategy,
        message=f"The account asks for units {strategy.lower().replace('_', ' ')}: {_of(units)}.",
    )
    if len(units) > len(lanes):
        limit = decimal(given.ruleset.thresholds["informal_limit"].cents)
        fewer = _counted(len(lanes), "entry", "entries")
        hint["alternative"] = (
            f"CONSOLIDATED_IOR: {fewer} in place of {len(units)}; a unit above USD {limit} "
            "is then formal and needs a bond and a power of attorney."
        )
    return hint


def _of(units: list[Group]) -> str:
    formal = sum(unit.formal for unit in units)
    return _entries(len(units) - formal, formal)


def _entries(informal: int, formal: int) -> str:
    kinds = (
        _counted(informal, "informal entry", "informal entries") if informal else "",
        _counted(formal, "formal entry", "formal entries") if formal else "",
    )
    return " and ".join(filter(None, kinds))


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
