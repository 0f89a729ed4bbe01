"""What the buyer paid: 19 CFR 141.86(a)(5), and never nothing."""

from planner.domain.facts import Order, PlanningInput
from planner.domain.rules.base import Hit, Hits, blocking, law, warning
from shared.money import decimal

_FIELD = "orders[].items[].unitValueUsd"


@blocking(
    "R10",
    reads=_FIELD,
    message='Each item needs a real positive value; zero or "no commercial value" is not accepted.',
    remedy="Sync the order with the price paid, or the usual price where nothing was paid.",
    source=law("Canadian government exporters' guide: value on US invoices", "2006"),
)
def unit_value_invalid(order: Order, _given: PlanningInput) -> Hits:
    for place, line in enumerate(order.content["items"]):
        if line["unitValueCents"] == 0:
            yield Hit(path=order.path(f"items[{place}].unitValueUsd"), missing=True)


@warning(
    "R11",
    reads=_FIELD,
    message="The value USD {value} looks low; confirm that it is the price paid.",
    remedy="Correct the value, the product's reference value, or confirm it to the broker.",
    source=law("19 CFR 141.86(a)(5), edition of 2002", "2002-04"),
)
def unit_value_suspect(order: Order, given: PlanningInput) -> Hits:
    floor = given.account.content.get("valueFloorCents", 0)
    for place, line in enumerate(order.content["items"]):
        value = line["unitValueCents"]
        usual = given.products[line["productId"]].get("unitValueCents", 0)
        if value > 0 and (value < floor or 2 * value < usual):
            yield Hit({"value": decimal(value)}, order.path(f"items[{place}].unitValueUsd"))
