"""Orders that may go become export units: what travels on one entry (19 CFR 143.21 to 143.23)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import add
from typing import NamedTuple

from planner.domain.bounds import Bounds, bounds_of
from planner.domain.facts import Lane, PlanningInput, Product
from planner.domain.orders import Content, Order
from planner.domain.totals import dearest_in_chapter_99, totals_of
from shared.contracts.decision import Unit
from shared.ids import derived_id
from shared.money import USD, total

_CASE, _FORMAL, _INFORMAL = "03", "01", "11"  # CBP Form 7501, block 2


class Terms(NamedTuple):
    """On what orders travel, where it is not the account's, the shipment's or US dollars."""

    bill: str
    importer: str
    incoterm: str
    currency: str


@dataclass(frozen=True, slots=True)
class Group:
    """A unit with what the unit's rules and the strategy hint look at."""

    unit: Unit
    values: tuple[int | None, ...]  # cents of each order
    bounds: Bounds
    importer: Content  # the account's, or its orders' own
    has_case: bool
    uncertified_usmca: tuple[str, ...]  # products that claim the preference without a certificate
    undeclared: tuple[str, ...]  # products without what an agency asks on formal entries
    dearest_in_chapter_99: int  # cents of the dearest line that a chapter 99 programme touches
    shipment: Bounds  # of all that travels on its bill, where that is more

    @property
    def id(self) -> str:
        return self.unit["unit_id"]

    @property
    def formal(self) -> bool:
        return is_formal(self.unit)

    @property
    def value_cents(self) -> int | None:
        return self.unit["totals"]["value_cents"]

    def over_informal_limit(self, given: PlanningInput) -> bool:
        """What is on one bill is one shipment (19 CFR 101.1), and the limit is a shipment's.

        Of a value that is not known in dollars: whether it is over at any plausible rate.
        """
        return self.most_of_both.least > given.ruleset.thresholds["informal_limit"].cents

    def near_informal_limit(self, given: PlanningInput) -> bool:
        """Whether one plausible rate takes it over the limit, and another does not."""
        worth, limit = self.most_of_both, given.ruleset.thresholds["informal_limit"].cents
        return worth.least <= limit < worth.most

    @property
    def most_of_both(self) -> Bounds:
        """What is held to the limit: the unit's value, or its shipment's where that is more."""
        return _most(self.bounds, self.shipment)

    @property
    def bill(self) -> str:
        return self.unit["grouping_key"].get("bill", "")


def _most(one: Bounds, other: Bounds) -> Bounds:
    return Bounds(*map(max, one, other))


def is_formal(unit: Unit) -> bool:
    return unit["entry_type"] != _INFORMAL


def group(
    orders: Iterable[Order], products: Mapping[str, Product], given: PlanningInput
) -> list[Group]:
    """The units of these orders, the strictest lane first, then by key."""
    bills = _bills(given)
    gathered: dict[tuple[Lane, str, Terms], list[Order]] = defaultdict(list)
    for order in orders:
        lane = max(products[product_id].lane for product_id in order.product_ids)
        terms = _terms(order, bills.get(order.id, ""), given)
        gathered[lane, _strategy_key(order, given), terms].append(order)
    units = [
        _unit(_key(lane, key, terms, given), gathered[lane, key, terms], products, given)
        for lane, key, terms in sorted(gathered, key=lambda each: (-each[0], *each[1:]))
    ]
    return _as_shipments(units, given)


def is_on_file(unit: Group, name: str) -> bool:
    """Whether the unit's importer has a bond, or has given a power of attorney."""
    return unit.importer.get(name, False) is not False


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
    values: dict[str, Bounds] = defaultdict(lambda: Bounds(0, 0))
    for unit in units:
        formal_can_go = is_on_file(unit, "bond") and is_on_file(unit, "powerOfAttorney")
        if formal_can_go or not unit.formal:
            values[unit.bill] = Bounds(*map(add, values[unit.bill], unit.bounds))
    return [_as_part(unit, values[unit.bill], given) for unit in units]


def _as_part(unit: Group, shipment: Bounds, given: PlanningInput) -> Group:
    entry_type = _entry_type(_most(unit.bounds, shipment), given, has_case=unit.has_case)
    return replace(unit, shipment=shipment, unit={**unit.unit, "entry_type": entry_type})


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


def _terms(order: Order, bill: str, given: PlanningInput) -> Terms:
    """What orders on one entry agree on; what is the account's or the shipment's is empty."""
    number, incoterm = order.importer.get("number", ""), order.content.get("incoterm", "")
    return Terms(
        bill=bill,
        importer="" if number == given.importer.get("number") else number,
        incoterm="" if incoterm == given.shipment.get("incoterm") else incoterm,
        currency="" if order.worth.currency == USD else order.worth.currency,
    )


def _key(lane: Lane, strategy_key: str, terms: Terms, given: PlanningInput) -> dict[str, str]:
    key = {
        "warehouse_id": given.warehouse.id,
        "broker_id": given.broker.id,
        "importer_of_record": terms.importer or given.importer.get("number", ""),
        "incoterm": terms.incoterm,
        "currency": terms.currency,
        "port_of_entry": given.shipment.get("portOfEntry", ""),
        "transport_mode": given.shipment.get("transportMode", ""),
        "strategy": strategy_of(given),
        "strategy_key": strategy_key,
        "lane": lane.name,
        "bill": terms.bill,
    }
    return {name: value for name, value in key.items() if value}


def _unit(
    key: dict[str, str], orders: list[Order], products: Mapping[str, Product], given: PlanningInput
) -> Group:
    orders.sort(key=lambda order: order.id)
    used = set().union(*(order.product_ids for order in orders))
    has_case = any(products[product_id].has_adcvd_case for product_id in used)
    value = total((order.worth for order in orders), orders[0].worth.currency)
    totals, bounds = totals_of(orders, products, value), bounds_of(value, given.ruleset)
    ids = [order.id for order in orders]
    unit = Unit(
        unit_id=derived_id("unit_", json.dumps(key, sort_keys=True), given.ruleset_version, *ids),
        grouping_key=key,
        entry_type=_entry_type(bounds, given, has_case=has_case),
        order_ids=ids,
        totals=totals,
    )
    uncertified = tuple(
        product_id
        for product_id in sorted(used)
        if products[product_id].claims_usmca
        and not products[product_id].preference.get("certification")
    )
    undeclared = tuple(id_ for id_ in sorted(used) if products[id_].lacks_on_formal)
    own = key.get("importer_of_record") != given.importer.get("number")
    return Group(
        unit=unit,
        values=tuple(order.worth.cents for order in orders),
        bounds=bounds,
        shipment=bounds,
        importer=orders[0].importer if own else given.importer,
        has_case=has_case,
        uncertified_usmca=uncertified,
        undeclared=undeclared,
        dearest_in_chapter_99=dearest_in_chapter_99(orders, products),
    )


def _entry_type(bounds: Bounds, given: PlanningInput, *, has_case: bool) -> str:
    if has_case:
        return _CASE
    over = bounds.least > given.ruleset.thresholds["informal_limit"].cents
    return _FORMAL if over or given.account.content.get("formalAlways") else _INFORMAL
