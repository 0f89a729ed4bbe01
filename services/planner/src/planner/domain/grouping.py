"""Orders that may go become export units: what travels on one entry (19 CFR 143.21 to 143.23)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from planner.domain.facts import Order, PlanningInput, Product
from shared.contracts.decision import Totals, Unit, UnitTotals
from shared.ids import derived_id

_CASE, _FORMAL, _INFORMAL = "03", "01", "11"  # CBP Form 7501, block 2


class Lane(IntEnum):
    """How strictly goods are handled at the border; an order's lane is its strictest line's.

    HOLD: forced-labour sector or sanctions review, goods that CBP may detain. ADCVD: a case is
    given. PGA: a partner agency is likely to regulate the goods; a possible one only asks.
    """

    CLEAN = 0
    TRADE_REMEDY = 1
    PGA = 2
    ADCVD = 3
    HOLD = 4


@dataclass(frozen=True, slots=True)
class Group:
    """A unit with what the unit's rules and the strategy hint look at."""

    unit: Unit
    values: tuple[int, ...]  # cents of each order
    has_case: bool
    uncertified_usmca: tuple[str, ...]  # products that claim the preference without a certificate
    undeclared: tuple[str, ...]  # products without what an agency asks on formal entries
    dearest_in_chapter_99: int  # cents of the dearest line that a chapter 99 programme touches
    shipment_cents: int = 0  # of all that travels on its bill, where that is more

    @property
    def id(self) -> str:
        return self.unit["unit_id"]

    @property
    def formal(self) -> bool:
        return is_formal(self.unit)

    @property
    def value_cents(self) -> int:
        return self.unit["totals"]["value_cents"]

    def over_informal_limit(self, given: PlanningInput) -> bool:
        """What is on one bill is one shipment (19 CFR 101.1), and the limit is a shipment's."""
        limit = given.ruleset.thresholds["informal_limit"].cents
        return max(self.value_cents, self.shipment_cents) > limit

    @property
    def bill(self) -> str:
        return self.unit["grouping_key"].get("bill", "")


def is_formal(unit: Unit) -> bool:
    return unit["entry_type"] != _INFORMAL


def lane_of(product: Product) -> Lane:
    if product.uflpa or product.sanctions:
        return Lane.HOLD
    if product.has_adcvd_case:
        return Lane.ADCVD
    if any(agency.likely and agency.when != "formal" for agency in product.agencies):
        return Lane.PGA
    return Lane.TRADE_REMEDY if product.programmes else Lane.CLEAN


def group(
    orders: Iterable[Order], products: Mapping[str, Product], given: PlanningInput
) -> list[Group]:
    """The units of these orders, the strictest lane first, then by key."""
    lanes = {product_id: lane_of(product) for product_id, product in products.items()}
    bills = _bills(given)
    gathered: dict[tuple[Lane, str, str], list[Order]] = defaultdict(list)
    for order in orders:
        lane = max(lanes[product_id] for product_id in order.product_ids)
        gathered[lane, _strategy_key(order, given), bills.get(order.id, "")].append(order)
    units = [
        _unit(_key(lane, key, bill, given), gathered[lane, key, bill], products, given)
        for lane, key, bill in sorted(gathered, key=lambda each: (-each[0], *each[1:]))
    ]
    return _as_shipments(units, given)


def is_on_file(given: PlanningInput, name: str) -> bool:
    """Whether the importer has a bond, or has given a power of attorney."""
    return given.importer.get(name, False) is not False


def _bills(given: PlanningInput) -> dict[str, str]:
    """The bill that names an order."""
    return {
        order_id: f"{bill['kind']} {bill['number']}"
        for bill in given.shipment.get("bills", ())
        for order_id in bill.get("orderIds", ())
    }


def _as_shipments(units: list[Group], given: PlanningInput) -> list[Group]:
    """The units with the value of the shipment that each is part of, and the entry that asks for.

    A unit that needs a formal entry of itself and cannot have one stays behind: it does not count.
    """
    formal_can_go = is_on_file(given, "bond") and is_on_file(given, "powerOfAttorney")
    values: dict[str, int] = defaultdict(int)
    for unit in units:
        if formal_can_go or not unit.formal:
            values[unit.bill] += unit.value_cents
    return [_as_part(unit, values[unit.bill], given) for unit in units]


def _as_part(unit: Group, shipment_cents: int, given: PlanningInput) -> Group:
    value = max(unit.value_cents, shipment_cents)
    entry_type = _entry_type(value, given, has_case=unit.has_case)
    return replace(
        unit, shipment_cents=shipment_cents, unit={**unit.unit, "entry_type": entry_type}
    )


def strategy_of(given: PlanningInput) -> str:
    return str(given.account.content.get("grouping", "CONSOLIDATED_IOR"))


def _strategy_key(order: Order, given: PlanningInput) -> str:
    strategy = strategy_of(given)
    consignee = order.content.get("consignee")
    if strategy == "CONSOLIDATED_IOR":
        return ""
    code = order.content.get("destinationPostalCode", "")[:5]
    if strategy == "PER_CONSIGNEE" and consignee and code and consignee.get("addressLines"):
        who = " ".join([consignee["name"], "/", *consignee["addressLines"]])
        return f"{' '.join(who.casefold().split())}, {code}"
    return order.id  # a name alone is not a person


def _key(lane: Lane, strategy_key: str, bill: str, given: PlanningInput) -> dict[str, str]:
    key = {
        "warehouse_id": given.warehouse.id,
        "broker_id": given.broker.id,
        "importer_of_record": given.importer.get("number", ""),
        "port_of_entry": given.shipment.get("portOfEntry", ""),
        "transport_mode": given.shipment.get("transportMode", ""),
        "strategy": strategy_of(given),
        "strategy_key": strategy_key,
        "lane": lane.name,
        "bill": bill,
    }
    return {name: value for name, value in key.items() if value}


def _unit(
    key: dict[str, str], orders: list[Order], products: Mapping[str, Product], given: PlanningInput
) -> Group:
    orders.sort(key=lambda order: order.id)
    used = set().union(*(order.product_ids for order in orders))
    has_case = any(products[product_id].has_adcvd_case for product_id in used)
    totals = _totals(orders, products)
    ids = [order.id for order in orders]
    unit = Unit(
        unit_id=derived_id("unit_", json.dumps(key, sort_keys=True), given.ruleset_version, *ids),
        grouping_key=key,
        entry_type=_entry_type(totals["value_cents"], given, has_case=has_case),
        order_ids=ids,
        totals=totals,
    )
    uncertified = tuple(
        product_id
        for product_id in sorted(used)
        if products[product_id].claims_usmca
        and not products[product_id].content["usmca"].get("certification")
    )
    undeclared = tuple(
        product_id
        for product_id in sorted(used)
        if any(map(products[product_id].lacks, products[product_id].asked_on_formal))
    )
    values = tuple(order.value_cents for order in orders)
    return Group(
        unit, values, has_case, uncertified, undeclared, _dearest_in_chapter_99(orders, products)
    )


def _entry_type(value_cents: int, given: PlanningInput, *, has_case: bool) -> str:
    if has_case:
        return _CASE
    over = value_cents > given.ruleset.thresholds["informal_limit"].cents
    return _FORMAL if over or given.account.content.get("formalAlways") else _INFORMAL


def _dearest_in_chapter_99(orders: Iterable[Order], products: Mapping[str, Product]) -> int:
    return max(
        (
            line["quantity"] * line["unitValueCents"]
            for order in orders
            for line in order.content["items"]
            if products[line["productId"]].in_chapter_99
        ),
        default=0,
    )


def _totals(orders: list[Order], products: Mapping[str, Product]) -> UnitTotals:
    lines = [line for order in orders for line in order.content["items"]]
    return UnitTotals(
        orders=len(orders),
        lines=len(lines),
        pieces=sum(line["quantity"] for line in lines),
        value_cents=sum(order.value_cents for order in orders),
        net_weight_grams=sum(
            line["quantity"] * products[line["productId"]].content.get("weightGrams", 0)
            for line in lines
        ),
    )


def totals_of(groups: list[Group]) -> Totals:
    """The batch's totals: the sum over its units."""
    parts = [each.unit["totals"] for each in groups]
    return Totals(
        units=len(parts),
        orders=sum(part["orders"] for part in parts),
        lines=sum(part["lines"] for part in parts),
        pieces=sum(part["pieces"] for part in parts),
        value_cents=sum(part["value_cents"] for part in parts),
        net_weight_grams=sum(part["net_weight_grams"] for part in parts),
    )
