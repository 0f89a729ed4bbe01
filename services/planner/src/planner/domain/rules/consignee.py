"""To whom the goods are sold, and whether they have already gone."""

from planner.domain.facts import PlanningInput, is_named_and_addressed
from planner.domain.orders import Order
from planner.domain.rules.base import Hit, Hits, blocking_for_good, law, warning

_STREET = "street", "consignee.addressLines"


@warning(
    "R06",
    reads="orders[].consignee",
    message="The consignee's {what} is missing; the invoice must say to whom the goods are sold.",
    remedy="Sync the order with consignee {name, addressLines, city}.",
    source=law("19 CFR 141.86(a)(2), edition of 2002", "2002-04"),
)
def consignee_identity_missing(order: Order, _given: PlanningInput) -> Hits:
    consignee = order.content.get("consignee")
    if consignee is None or not is_named_and_addressed(consignee):
        what, name = ("name", "consignee") if consignee is None else _STREET
        yield Hit({"what": what}, order.path(name))


@blocking_for_good(
    "R07",
    reads="orders[]",
    message="The order is already in an executed export.",
    remedy="Leave the order out; inspect the export that holds it.",
    source=law("EntryGo Export Protocol v1: an order is in at most one executed export"),
)
def order_already_exported(order: Order, given: PlanningInput) -> Hits:
    if order.id in given.exported_order_ids:
        yield Hit()
