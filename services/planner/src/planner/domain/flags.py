"""Regulatory treatment that travels with the goods: prompts for the broker, no determination."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from planner.domain.facts import Order, Product
from planner.domain.ruleset import Agency, Programme
from shared.contracts.snapshot import Flag, Unit

Cause = Agency | Programme


class FlagRule(NamedTuple):
    """A flag as docs/rules.md lists it: when it is raised."""

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
    "A duty programme beside the general rate is in force for this origin and HTS prefix.",
)
FLAG_RULES = (PGA, TRADE_REMEDY)


def flags_of(
    orders: Collection[Order], products: Mapping[str, Product], units: Iterable[Unit]
) -> list[Flag]:
    """One flag for each agency's question and each programme's rate that these orders meet.

    Flags come in alphabetical order; a product is named under each flag that it causes.
    """
    touched: dict[Cause, list[str]] = defaultdict(list)
    for product_id in sorted(set().union(*(order.product_ids for order in orders))):
        product = products[product_id]
        causes: tuple[Cause, ...] = (*product.agencies, *product.programmes)
        for cause in causes:
            touched[cause].append(product_id)
    ranked = sorted(touched, key=_order)
    bits = _bits(ranked, touched)
    masks = {order.id: _mask(order, bits) for order in orders}
    counts = Counter(masks.values())
    by_unit = [(unit["unit_id"], _union(masks, unit["order_ids"])) for unit in units]
    flags = []
    for place, cause in enumerate(ranked):
        bit = 1 << place
        flag = _flag(cause)
        flag["order_count"] = sum(count for mask, count in counts.items() if mask & bit)
        flag["product_ids"] = touched[cause]
        flag["unit_ids"] = [unit_id for unit_id, mask in by_unit if mask & bit]
        flags.append(flag)
    return flags


def _order(cause: Cause) -> tuple[str, str, str]:
    kind = "A" if isinstance(cause, Agency) else "P"
    return kind, cause.name, _reason(cause)


def _bits(causes: list[Cause], touched: Mapping[Cause, list[str]]) -> dict[str, int]:
    """For each product the set of its flags, as the bits of an integer: cheap to unite."""
    bits: dict[str, int] = defaultdict(int)
    for place, cause in enumerate(causes):
        for product_id in touched[cause]:
            bits[product_id] |= 1 << place
    return bits


def _mask(order: Order, bits: Mapping[str, int]) -> int:
    mask = 0
    for product_id in order.product_ids:
        mask |= bits.get(product_id, 0)
    return mask


def _union(masks: Mapping[str, int], order_ids: Iterable[str]) -> int:
    union = 0
    for order_id in order_ids:
        union |= masks[order_id]
    return union


def _flag(cause: Cause) -> Flag:
    flag = Flag(
        code=(PGA if isinstance(cause, Agency) else TRADE_REMEDY).code,
        order_count=0,
        product_ids=[],
        unit_ids=[],
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
    heading = f" (heading {cause.chapter_99})" if cause.chapter_99 else ""
    return f"{cause.name} duty may apply: {cause.rate}{heading}; broker to confirm."
