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
    for group in groups:
        orders, small = len(group.values), sum(value <= limit for value in group.values)
        if not group.formal or group.has_case or orders == 1 or not small:
            continue
        together = group.unit["totals"]["value_cents"]
        return StrategyHint(
            code="SPLIT_KEEPS_INFORMAL",
            message=f"The {group.unit['grouping_key']['lane']} unit is formal because its "
            f"{orders} orders add up to USD {decimal(together)}; apart, "
            f"{small} of them would stay informal.",
            alternative=f"PER_ORDER: {_entries(small, orders - small)} in place of one formal "
            "entry, each with its own bill of lading and filing fee.",
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
