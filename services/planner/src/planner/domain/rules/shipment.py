"""How the goods travel: what the broker keys at the head of an entry."""

from collections import defaultdict
from datetime import timedelta

from planner.domain.facts import PlanningInput
from planner.domain.rules.base import POLICY, Hit, Hits, info, law, warning
from shared.money import kilograms
from shared.sold import sold

_ASKED = {
    "portOfEntry": "US port of entry",
    "transportMode": "mode of transport",
    "carrier": "carrier",
    "eta": "estimated time of arrival",
}
_BILLS = {  # by mode of transport: its kind of bill, where it goes, and what it is
    "TRUCK": ("PAPS", "paps", "PAPS number"),
    "AIR": ("AWB", "bills", "air waybill"),
    "OCEAN": ("OCEAN_BILL", "bills", "ocean bill of lading"),
    "RAIL": ("RAIL_BILL", "bills", "rail bill of lading"),
}
_LONG_PAST = timedelta(days=90)
_LONGEST_JOURNEY = timedelta(days=180)


@warning(
    "R44",
    reads="shipment.portOfEntry",
    message="The {what} is missing; the broker will ask for it.",
    remedy="Give it in the plan's shipment (a bill in shipment.bills), or have the operator set "
    "the warehouse's default.",
    source=law("19 CFR 141.86(a)(1); CBP truck e-manifest", "2002-04"),
)
def shipment_data_missing(given: PlanningInput, _same: PlanningInput) -> Hits:
    for name, what in _ASKED.items():
        if name not in given.shipment:
            yield Hit({"what": what}, f"shipment.{name}")
    if mode := given.shipment.get("transportMode"):
        kind, name, what = _BILLS[mode]
        kinds = {bill["kind"] for bill in given.shipment.get("bills", ())}
        # PAPS is the truck's: it must equal the number on the e-manifest.
        if kind not in kinds and not (name == "paps" and "paps" in given.shipment):
            yield Hit({"what": what}, f"shipment.{name}")


@warning(
    "R84",
    reads="shipment.bills",
    message="{count} of the orders are on no bill.",
    remedy="Name each order in orderIds of one of shipment.bills, or give a bill without orderIds "
    "for the rest.",
    source=law("19 CFR 101.1, shipment: what is on one bill of lading"),
)
def orders_on_no_bill(given: PlanningInput, _same: PlanningInput) -> Hits:
    bills = given.shipment.get("bills", [])
    named = {id_ for bill in bills for id_ in bill.get("orderIds", ())}
    for_the_rest = "paps" in given.shipment or any("orderIds" not in bill for bill in bills)
    if named and not for_the_rest and (left := given.orders.keys() - named):
        yield Hit({"count": len(left)})


@info(
    "R45",
    reads="shipment.packages",
    message="No packages are given: one per order is assumed.",
    remedy="Give shipment.packages with kind, count and grossWeightGrams.",
    source=law("19 CFR 141.86(a)(3), edition of 2002", "2002-04"),
)
def packages_assumed(given: PlanningInput, _same: PlanningInput) -> Hits:
    if given.shipment.get("packages", []) == []:
        yield Hit()


@info(
    "R46",
    reads="shipment.packages[].grossWeightGrams",
    message="{what}: the sum of net weights stands in for it.",
    remedy="Give grossWeightGrams with each entry of shipment.packages.",
    source=law("CBP Form 7501 instructions, column 34A"),
)
def gross_weight_assumed(given: PlanningInput, _same: PlanningInput) -> Hits:
    packages = given.shipment.get("packages", [])
    weighed = sum(package.get("grossWeightGrams", 0) > 0 for package in packages)
    if not weighed or weighed < len(packages):
        partly = f"Only {weighed} of {len(packages)} kinds of packages have a gross weight"
        what = partly if weighed else "No gross weight is given"
        yield Hit({"what": what})


@warning(
    "R79",
    reads="shipment.packages[].grossWeightGrams",
    message="The gross weight of {gross} kg is below the {net} kg net of the goods in it.",
    remedy="Correct grossWeightGrams of shipment.packages, or weightGrams of the products.",
    source=law("CBP Form 7501 instructions, column 34A: gross weight includes packing"),
)
def net_weight_above_gross(given: PlanningInput, _same: PlanningInput) -> Hits:
    """Of packages that name their orders, and of all together; where each has been weighed."""
    gross: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for place, package in enumerate(given.shipment.get("packages", ())):
        path = f"shipment.packages[{place}].grossWeightGrams"
        gross[tuple(package.get("orderIds", ()))][path] = package.get("grossWeightGrams", 0)
    for order_ids, by_path in gross.items():
        paths, weights = tuple(by_path), by_path.values()
        net = _net_grams(given, order_ids or tuple(given.orders))
        apart = order_ids or len(gross) == 1
        if apart and all(weights) and sum(weights) < net:
            said = {"gross": kilograms(sum(weights)), "net": kilograms(net)}
            yield Hit(said, paths[0], missing=paths)


@warning(
    "R80",
    reads="shipment.eta",
    message="{what}.",
    remedy="Give the dates of this journey in the plan's shipment.",
    source=POLICY,
)
def shipment_date_doubtful(given: PlanningInput, _same: PlanningInput) -> Hits:
    """Held to the first day of the rules in force: a plan is the same on each of their days."""
    since, shipment = given.ruleset.since, given.shipment
    arrives, leaves = shipment.get("eta", "")[:10], shipment.get("exportDate", "")
    if arrives and arrives < (since - _LONG_PAST).isoformat():
        yield Hit({"what": f"The arrival on {arrives} is long past"}, "shipment.eta")
    if leaves and leaves < (since - _LONGEST_JOURNEY).isoformat():
        yield Hit({"what": f"The export on {leaves} is long past"}, "shipment.exportDate")
    elif leaves > arrives and arrives:
        what = f"The export on {leaves} is after the arrival on {arrives}"
        yield Hit({"what": what}, "shipment.exportDate")


@warning(
    "R81",
    reads="shipment.incoterm",
    message='"{code}" is no Incoterm.',
    remedy="Give one of Incoterms 2020, as DAP or DDP, in the shipment or the order.",
    source=law("Incoterms 2020 and the former ones", "2020"),
)
def incoterm_unknown(given: PlanningInput, _same: PlanningInput) -> Hits:
    said = {"shipment.incoterm": given.shipment}
    said |= {f"orders[{id_}].incoterm": order for id_, order in given.orders.items()}
    for path, content in said.items():
        code = content.get("incoterm")
        if code is not None and not given.ruleset.entry("incoterms", code):
            yield Hit({"code": code}, path)


def _net_grams(given: PlanningInput, order_ids: tuple[str, ...]) -> int:
    lines = (
        line for id_ in order_ids if id_ in given.orders for line in given.orders[id_]["items"]
    )
    return sum(sold(line).grams(given.products[line["productId"]]) or 0 for line in lines)
