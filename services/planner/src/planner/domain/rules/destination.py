"""Where the goods go: the customs territory of the United States (19 CFR 101.1)."""

import re

from planner.domain.facts import Order, PlanningInput
from planner.domain.rules.base import (
    Hit,
    Hits,
    Severity,
    blocking,
    blocking_or_warning,
    law,
    unverified,
    warning,
)

_TERRITORY = law("19 CFR 101.1, definition of the customs territory")
_ZIP = re.compile(r"[0-9]{5}(-[0-9]{4})?")


@blocking(
    "R02",
    reads="orders[].destinationCountry",
    message="Destination {country} is not the United States; this flow covers US imports only.",
    remedy="Leave the order out of this export, or correct its destination country.",
    source=_TERRITORY,
)
def destination_not_us(order: Order, given: PlanningInput) -> Hits:
    outside = given.ruleset.entry("outside_customs_territory", order.country)
    said_by_the_next_rule = outside and outside.source["verified"]
    if order.country != "US" and not said_by_the_next_rule:
        yield Hit({"country": order.country})


@blocking_or_warning(
    "R03",
    reads="orders[].destinationRegion",
    message="{place} is outside the US customs territory; a US consumption entry does not apply.",
    remedy="Leave the order out of this export and ship it by another way.",
    source=_TERRITORY,
)
def destination_outside_us_customs_territory(order: Order, given: PlanningInput) -> Hits:
    for place, name in ((order.country, "destinationCountry"), (order.region, "destinationRegion")):
        outside = given.ruleset.entry("outside_customs_territory", place)
        if outside:
            severity = None if outside.source["verified"] else Severity.WARNING
            yield Hit({"place": outside.note}, order.path(name), severity, outside.source)
            return


@warning(
    "R04",
    reads="orders[].destinationRegion",
    message="The destination's state code is {what}; check the consignee's address.",
    remedy="Sync the order with the two-letter USPS code of the state in destinationRegion.",
    source=unverified("USPS state codes, from trade knowledge"),
)
def destination_region_invalid(order: Order, given: PlanningInput) -> Hits:
    rules, region = given.ruleset, order.region
    known = rules.entry("us_regions", region) or rules.entry("outside_customs_territory", region)
    if order.country == "US" and not known:
        military = rules.entry("military_regions", region)
        what = "missing" if region is None else "military mail" if military else "not a state"
        yield Hit({"what": what}, missing=True)


@warning(
    "R05",
    reads="orders[].destinationPostalCode",
    message="The ZIP code is missing or is not 5 digits or 5+4.",
    remedy="Sync the order with its ZIP code in destinationPostalCode, as 12345 or 12345-6789.",
    source=unverified("USPS ZIP code format, from trade knowledge"),
)
def destination_postal_code_invalid(order: Order, _given: PlanningInput) -> Hits:
    code = order.content.get("destinationPostalCode", "")
    if order.country == "US" and not _ZIP.fullmatch(code):
        yield Hit(missing=True)
