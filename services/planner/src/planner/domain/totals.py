"""What orders add up to."""

from collections.abc import Iterable, Mapping

from planner.domain.facts import Product
from planner.domain.orders import Order
from shared.contracts.decision import Totals, UnitTotals
from shared.money import USD, Money


def dearest_in_chapter_99(orders: Iterable[Order], products: Mapping[str, Product]) -> int:
    return max(
        (
            line.value.cents or 0
            for order in orders
            for line in order.lines
            if products[line.product_id].in_chapter_99
        ),
        default=0,
    )


def totals_of(orders: list[Order], products: Mapping[str, Product], value: Money) -> UnitTotals:
    lines = [(line.sold, line.product_id) for order in orders for line in order.lines]
    totals = UnitTotals(
        orders=len(orders),
        lines=len(lines),
        pieces=sum(each.pieces for each, _ in lines),
        value_cents=value.cents,
        net_weight_grams=sum(each.grams(products[id_].content) or 0 for each, id_ in lines),
    )
    if value.currency != USD:
        totals |= {"currency": value.currency, "value_minor": value.minor}
    return totals


def sum_of(parts: list[UnitTotals]) -> Totals:
    """The batch's totals: the sum over its units."""
    values = [part["value_cents"] for part in parts]
    return Totals(
        units=len(parts),
        orders=sum(part["orders"] for part in parts),
        lines=sum(part["lines"] for part in parts),
        pieces=sum(part["pieces"] for part in parts),
        value_cents=None if None in values else sum(value or 0 for value in values),
        net_weight_grams=sum(part["net_weight_grams"] for part in parts),
    )
