"""Regulatory treatment that travels with the goods: prompts for the broker, no determination."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from planner.domain.facts import Order, Product
from planner.domain.ruleset import Agency, Programme
from shared.contracts.decision import Flag, Unit

Cause = Agency | Programme


class FlagRule(NamedTuple):
    """A flag as the page of rules lists it: when it is raised."""

    id: str
    code: str
    condition: str


PGA = FlagRule(
    "R29",
    "PGA_REVIEW",
    "A partner agency may regulate goods of this HTS prefix, or a product for children.",
)
TRADE_REMEDY = FlagRule(
    "R33",
    "TRADE_REMEDY_DUTY",
    "A duty programme beside the general rate is in force for this origin and HTS number.",
)
FLAG_RULES = (PGA, TRADE_REMEDY)


def flags_of(
    orders: Collection[Order], products: Mapping[str, Product], units: Iterable[Unit]
) -> list[Flag]:
    """One flag for each agency's question and each programme's rate that these orders meet.

    Flags come in alphabetical order; a product is named under each flag that it causes.
    """
    touched: dict[Cause, set[str]] = defaultdict(set)
    for product_id in _products(orders):
        product = products[product_id]
        causes: tuple[Cause, ...] = (*product.agencies, *product.programmes)
        for cause in causes:
            touched[cause].add(product_id)
    by_id = {order.id: order for order in orders}
    by_unit = {
        unit["unit_id"]: _products(by_id[order_id] for order_id in unit["order_ids"])
        for unit in units
    }
    return [_flag(cause, touched[cause], orders, by_unit) for cause in sorted(touched, key=_order)]


def _products(orders: Iterable[Order]) -> set[str]:
    return set().union(*(order.product_ids for order in orders))


def _order(cause: Cause) -> tuple[str, str, str]:
    kind = "A" if isinstance(cause, Agency) else "P"
    return kind, cause.name, _reason(cause)


def _flag(
    cause: Cause, named: set[str], orders: Iterable[Order], by_unit: Mapping[str, set[str]]
) -> Flag:
    flag = Flag(
        code=(PGA if isinstance(cause, Agency) else TRADE_REMEDY).code,
        order_count=sum(not order.product_ids.isdisjoint(named) for order in orders),
        product_ids=sorted(named),
        unit_ids=[unit_id for unit_id, used in by_unit.items() if not used.isdisjoint(named)],
        reason=_reason(cause),
        source=cause.source,
    )
    if isinstance(cause, Agency):
        flag["agency"] = cause.name
    else:
        flag["programme"] = cause.name
    return flag


def _reason(cause: Cause) -> str:
    if isinstance(cause, Agency):
        likely = "is likely to" if cause.likely else "may"
        return f"{cause.name} {likely} regulate this good: {cause.ask}."
    confirm = "" if cause.source["verified"] else " (broker to confirm)"
    heading = f" under {cause.chapter_99}" if cause.chapter_99 else ""
    terms = f". {cause.terms}" if cause.terms else ""
    return f"{cause.name}{confirm}: {cause.rate}{heading}{terms}."
