"""To whom the goods are sold, and whether they have already gone."""

from planner.domain.facts import Order, PlanningInput
from planner.domain.rules.base import NOTHING, Hit, Hits, Rule, Scope, Severity, law


def _identity_missing(order: Order, _given: PlanningInput) -> Hits:
    consignee = order.content.get("consignee", {})
    if consignee.get("name") and consignee.get("addressLines"):
        return NOTHING
    return (Hit(order.path("consignee"), {"what": "street" if consignee else "name"}),)


IDENTITY_MISSING = Rule(
    id="R06",
    code="CONSIGNEE_IDENTITY_MISSING",
    severity=Severity.WARNING,
    scope=Scope.ORDER,
    reads="orders[].consignee",
    message="The consignee's {what} is missing; the invoice must say to whom the goods are sold.",
    remedy="Sync the order with consignee {name, addressLines, city}.",
    source=law("19 CFR 141.86(a)(2), edition of 2002", "2002-04"),
    check=_identity_missing,
    missing=True,
)


def _already_exported(order: Order, given: PlanningInput) -> Hits:
    return (Hit(f"orders[{order.id}]"),) if order.id in given.exported_order_ids else NOTHING


ALREADY_EXPORTED = Rule(
    id="R07",
    code="ORDER_ALREADY_EXPORTED",
    severity=Severity.BLOCKING,
    scope=Scope.ORDER,
    reads="orders[]",
    message="The order is already in an executed export.",
    remedy="Leave the order out; inspect the export that holds it.",
    source=law("EntryGo Export Protocol v1: an order is in at most one executed export"),
    check=_already_exported,
)
