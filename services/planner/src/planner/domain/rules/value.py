"""What the buyer paid: 19 CFR 141.86(a)(5), and never nothing."""

from collections import defaultdict

from planner.domain.facts import PlanningInput
from planner.domain.orders import Order
from planner.domain.rules.base import Hit, Hits, Lines, blocking, law, warning
from shared.money import converted

_FIELD = "orders[].items[].unitValueUsd"


@blocking(
    "R10",
    reads=_FIELD,
    message='Each item needs a real positive value; zero or "no commercial value" is not accepted.',
    remedy="Sync the order with the price paid; of a gift or a sample with the usual price, and "
    "with reasonForExport.",
    source=law("Canadian government exporters' guide: value on US invoices", "2006"),
)
def unit_value_invalid(order: Order, _given: PlanningInput) -> Hits:
    for place, line in enumerate(order.lines):
        if line.sold.price == 0:
            given = order.content["items"][place]
            name = "unitValueUsd" if "unitValueCents" in given else "unitValue"
            yield Hit(path=order.path(f"items[{place}].{name}"))


@warning(
    "R11",
    reads="products[].unitValueUsd",
    message="The value looks low; confirm that it is the price paid.",
    remedy="Correct the value, give or correct the product's usual value (unitValueUsd), or "
    "confirm the price to the broker.",
    source=law("19 CFR 141.86(a)(5), edition of 2002", "2002-04"),
)
def unit_value_suspect(given: PlanningInput, _same: PlanningInput) -> Hits:
    """Held to the product's usual value; only where there is none, to the account's floor."""
    floor = given.account.content.get("valueFloorCents", 0)
    usual = {id_: content.get("unitValueCents", 0) for id_, content in given.products.items()}
    low: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for order in given.read_orders:
        for product_id, (unit, _, price), _ in order.lines:
            value = converted(price, order.worth.currency, given.rates).cents
            if value and 2 * value < (usual[product_id] or 2 * floor) * unit.each:
                low[product_id].append((value // unit.each, order.id))
    for product_id in sorted(low):
        values, order_ids = zip(*low[product_id], strict=True)
        lines = Lines(product_id, len(set(order_ids)), len(values), min(values))
        yield Hit(path=f"products[{product_id}].unitValueUsd", lines=lines)
