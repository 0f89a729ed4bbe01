"""Regulatory treatment that travels with the goods: prompts for the broker, no determination."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from planner.domain.facts import Product
from planner.domain.grouping import is_formal
from planner.domain.orders import Order
from planner.domain.ruleset import Agency, Programme
from shared.contracts.decision import Flag, Unit


class Cause(NamedTuple):
    """What regulates goods, and whether these have said what it asks for."""

    by: Agency | Programme
    given: bool = False


class FlagRule(NamedTuple):
    """A flag as the page of rules lists it: when it is raised."""

    id: str
    code: str
    condition: str


PGA = FlagRule(
    "R29",
    "PGA_REVIEW",
    "A partner agency may regulate goods of this HTS prefix, or a product for children; the reason "
    "says what it asks for, or that the data are given.",
)
TRADE_REMEDY = FlagRule(
    "R33",
    "TRADE_REMEDY_DUTY",
    "A duty programme beside the general rate is in force for this origin and HTS number.",
)
FLAG_RULES = (PGA, TRADE_REMEDY)


def flags_of(
    orders: Collection[Order], products: Mapping[str, Product], units: Collection[Unit]
) -> list[Flag]:
    """One flag for each agency's question and each programme's rate that these orders meet.

    Flags come in alphabetical order; a product is named under each flag that it causes.
    """
    touched: dict[Cause, set[str]] = defaultdict(set)
    for product_id in _products(orders):
        for cause in _causes(products[product_id]):
            touched[cause].add(product_id)
    by_id = {order.id: order for order in orders}
    by_unit = {
        unit["unit_id"]: _products(by_id[order_id] for order_id in unit["order_ids"])
        for unit in units
    }
    formal = {unit["unit_id"]: by_unit[unit["unit_id"]] for unit in units if is_formal(unit)}
    flags = (
        _flag(cause, touched[cause], orders, formal if _on_formal(cause) else by_unit)
        for cause in sorted(touched, key=_order)
    )
    return [flag for flag in flags if flag["unit_ids"] or not by_unit]


def _causes(product: Product) -> Iterator[Cause]:
    for agency in product.agencies:
        yield Cause(agency, product.answers(agency))
    for programme in product.programmes:
        yield Cause(programme)


def _on_formal(cause: Cause) -> bool:
    return isinstance(cause.by, Agency) and cause.by.when == "formal"


def _products(orders: Iterable[Order]) -> set[str]:
    return set().union(*(order.product_ids for order in orders))


def _order(cause: Cause) -> tuple[str, str, str]:
    kind = "A" if isinstance(cause.by, Agency) else "P"
    return kind, cause.by.name, _reason(cause)


def _flag(
    cause: Cause, named: set[str], orders: Iterable[Order], by_unit: Mapping[str, set[str]]
) -> Flag:
    flag = Flag(
        code=(PGA if isinstance(cause.by, Agency) else TRADE_REMEDY).code,
        order_count=sum(not order.product_ids.isdisjoint(named) for order in orders),
        product_ids=sorted(named),
        unit_ids=[unit_id for unit_id, used in by_unit.items() if not used.isdisjoint(named)],
        reason=_reason(cause),
        source=cause.by.source,
    )
    if isinstance(cause.by, Agency):
        flag["agency"] = cause.by.name
    else:
        flag["programme"] = cause.by.name
    return flag


def _reason(cause: Cause) -> str:
    by = cause.by
    if isinstance(by, Agency):
        likely = "is likely to" if by.likely else "may"
        return f"{by.name} {likely} regulate this good: {'data given' if cause.given else by.ask}."
    confirm = "" if by.source["verified"] else " (broker to confirm)"
    heading = f" under {by.chapter_99}" if by.chapter_99 else ""
    terms = f". {by.terms}" if by.terms else ""
    return f"{by.name}{confirm}: {by.rate}{heading}{terms}."
