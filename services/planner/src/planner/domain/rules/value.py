"""What the buyer paid: 19 CFR 141.86(a)(5), and never nothing."""

from planner.domain.facts import Order, PlanningInput
from planner.domain.rules.base import Hit, Hits, Rule, Scope, Severity, law
from planner.domain.text import dollars


def _invalid(order: Order, _given: PlanningInput) -> Hits:
    return [
        Hit(order.path(f"items[{place}].unitValueUsd"))
        for place, line in enumerate(order.content["items"])
        if not line["unitValueCents"]
    ]


INVALID = Rule(
    id="R10",
    code="UNIT_VALUE_INVALID",
    severity=Severity.BLOCKING,
    scope=Scope.ORDER,
    reads="orders[].items[].unitValueUsd",
    message='Each item needs a real positive value; zero or "no commercial value" is not accepted.',
    remedy="Sync the order with the price paid, or the usual price where nothing was paid.",
    source=law("Canadian government exporters' guide: value on US invoices", "2006"),
    check=_invalid,
    missing=True,
)


def _suspect(order: Order, given: PlanningInput) -> Hits:
    floor = given.account.content.get("valueFloorCents", 0)
    return [
        Hit(
            order.path(f"items[{place}].unitValueUsd"),
            {"value": dollars(line["unitValueCents"])},
        )
        for place, line in enumerate(order.content["items"])
        if 0 < line["unitValueCents"] < floor
        or 0
        < 2 * line["unitValueCents"]
        < given.products[line["productId"]].get("unitValueCents", 0)
    ]


SUSPECT = Rule(
    id="R11",
    code="UNIT_VALUE_SUSPECT",
    severity=Severity.WARNING,
    scope=Scope.ORDER,
    reads="orders[].items[].unitValueUsd",
    message="The value USD {value} looks low; confirm that it is the price paid.",
    remedy="Correct the value, the product's reference value, or confirm it to the broker.",
    source=law("19 CFR 141.86(a)(5), edition of 2002", "2002-04"),
    check=_suspect,
)
