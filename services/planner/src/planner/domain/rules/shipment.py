"""Facts of the shipment: the plan's own, else the warehouse's defaults."""

from planner.domain.facts import PlanningInput
from planner.domain.rules.base import Hit, Hits, info, law, warning

_ASKED = {
    "portOfEntry": "US port of entry",
    "transportMode": "mode of transport",
    "carrier": "carrier",
    "eta": "estimated time of arrival",
}


@warning(
    "R44",
    reads="shipment.portOfEntry",
    message="The {what} is missing; the broker will ask for it.",
    remedy="Give it in the plan's shipment, or have the operator set the warehouse's default.",
    source=law("19 CFR 141.86(a)(1); CBP truck e-manifest", "2002-04"),
)
def shipment_data_missing(given: PlanningInput, _same: PlanningInput) -> Hits:
    # PAPS is the truck's: it must equal the number on the e-manifest.
    truck = given.shipment.get("transportMode") == "TRUCK"
    asked = {**_ASKED, "paps": "PAPS number"} if truck else _ASKED
    for name, what in asked.items():
        if name not in given.shipment:
            yield Hit({"what": what}, f"shipment.{name}", missing=True)


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
    message="No gross weight is given: the sum of net weights stands in for it.",
    remedy="Give grossWeightGrams with each entry of shipment.packages.",
    source=law("CBP Form 7501 instructions, column 34A"),
)
def gross_weight_assumed(given: PlanningInput, _same: PlanningInput) -> Hits:
    packages = given.shipment.get("packages", [])
    weighed = [package.get("grossWeightGrams", 0) > 0 for package in packages]
    if packages == [] or not all(weighed):
        yield Hit(path="shipment.packages.grossWeightGrams")
