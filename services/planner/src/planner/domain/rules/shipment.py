"""Facts of the shipment: the plan's own, else the warehouse's defaults."""

from planner.domain.facts import PlanningInput
from planner.domain.rules.base import NOTHING, Hit, Hits, Rule, Scope, Severity, law

_ASKED = {
    "portOfEntry": "US port of entry",
    "transportMode": "mode of transport",
    "carrier": "carrier",
    "eta": "estimated time of arrival",
}


def _data_missing(given: PlanningInput, _same: PlanningInput) -> Hits:
    # PAPS is the truck's: it must equal the number on the e-manifest.
    truck = given.shipment.get("transportMode") == "TRUCK"
    asked = {**_ASKED, "paps": "PAPS number"} if truck else _ASKED
    return [
        Hit(f"shipment.{name}", {"what": what})
        for name, what in asked.items()
        if not given.shipment.get(name)
    ]


DATA_MISSING = Rule(
    id="R44",
    code="SHIPMENT_DATA_MISSING",
    severity=Severity.WARNING,
    scope=Scope.BATCH,
    reads="shipment.portOfEntry",
    message="The {what} is missing; the broker will ask for it.",
    remedy="Give it in the plan's shipment, or have the operator set the warehouse's default.",
    source=law("19 CFR 141.86(a)(1); CBP truck e-manifest", "2002-04"),
    check=_data_missing,
    missing=True,
)


def _packages_assumed(given: PlanningInput, _same: PlanningInput) -> Hits:
    return NOTHING if given.shipment.get("packages") else (Hit("shipment.packages"),)


PACKAGES_ASSUMED = Rule(
    id="R45",
    code="PACKAGES_ASSUMED",
    severity=Severity.INFO,
    scope=Scope.BATCH,
    reads="shipment.packages",
    message="No packages are given: one per order is assumed.",
    remedy="Give shipment.packages with kind, count and grossWeightGrams.",
    source=law("19 CFR 141.86(a)(3), edition of 2002", "2002-04"),
    check=_packages_assumed,
)


def _gross_weight_assumed(given: PlanningInput, _same: PlanningInput) -> Hits:
    packages = given.shipment.get("packages") or [{}]
    if all(package.get("grossWeightGrams") for package in packages):
        return NOTHING
    return (Hit("shipment.packages.grossWeightGrams"),)


GROSS_WEIGHT_ASSUMED = Rule(
    id="R46",
    code="GROSS_WEIGHT_ASSUMED",
    severity=Severity.INFO,
    scope=Scope.BATCH,
    reads="shipment.packages[].grossWeightGrams",
    message="No gross weight is given: the sum of net weights stands in for it.",
    remedy="Give grossWeightGrams with each entry of shipment.packages.",
    source=law("CBP Form 7501 instructions, column 34A"),
    check=_gross_weight_assumed,
)
