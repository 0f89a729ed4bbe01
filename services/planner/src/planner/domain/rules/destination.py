"""Where the goods go: the customs territory of the United States (19 CFR 101.1)."""

from planner.domain.facts import Order, PlanningInput
from planner.domain.rules.base import NOTHING, Hit, Hits, Rule, Scope, Severity, law, unverified

_TERRITORY = law("19 CFR 101.1, definition of the customs territory")


def _not_us(order: Order, given: PlanningInput) -> Hits:
    if order.country == "US":
        return NOTHING
    outside = given.ruleset.entry("outside_customs_territory", order.country)
    if outside and outside.source["verified"]:
        return NOTHING  # said more exactly by the next rule
    return (Hit(order.path("destinationCountry"), {"country": order.country}),)


NOT_US = Rule(
    id="R02",
    code="DESTINATION_NOT_US",
    severity=Severity.BLOCKING,
    scope=Scope.ORDER,
    reads="orders[].destinationCountry",
    message="Destination {country} is not the United States; this flow covers US imports only.",
    remedy="Leave the order out of this export, or correct its destination country.",
    source=_TERRITORY,
    check=_not_us,
)


def _outside_territory(order: Order, given: PlanningInput) -> Hits:
    for place, name in (
        (order.country, "destinationCountry"),
        (order.region, "destinationRegion"),
    ):
        outside = given.ruleset.entry("outside_customs_territory", place)
        if outside:
            severity = None if outside.source["verified"] else Severity.WARNING
            return (Hit(order.path(name), {"place": outside.note}, severity, outside.source),)
    return NOTHING


OUTSIDE_TERRITORY = Rule(
    id="R03",
    code="DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
    severity=Severity.BLOCKING,
    scope=Scope.ORDER,
    reads="orders[].destinationRegion",
    message="{place} is outside the US customs territory; a US consumption entry does not apply.",
    remedy="Leave the order out of this export and ship it by another way.",
    source=_TERRITORY,
    check=_outside_territory,
    varies=True,
)


def _region_invalid(order: Order, given: PlanningInput) -> Hits:
    if order.country != "US" or given.ruleset.entry("us_regions", order.region):
        return NOTHING
    if given.ruleset.entry("outside_customs_territory", order.region):
        return NOTHING
    military = given.ruleset.entry("military_regions", order.region)
    said = {"what": "military mail" if military else "not a state" if order.region else "missing"}
    return (Hit(order.path("destinationRegion"), said),)


REGION_INVALID = Rule(
    id="R04",
    code="DESTINATION_REGION_INVALID",
    severity=Severity.WARNING,
    scope=Scope.ORDER,
    reads="orders[].destinationRegion",
    message="The destination's state code is {what}; check the consignee's address.",
    remedy="Sync the order with the two-letter USPS code of the state in destinationRegion.",
    source=unverified("USPS state codes, from trade knowledge"),
    check=_region_invalid,
    missing=True,
)


def _postal_code_invalid(order: Order, _given: PlanningInput) -> Hits:
    code = order.content.get("destinationPostalCode", "")
    digits = code[:5] + code[6:]
    whole = len(code) == 5 or (len(code) == 10 and code[5] == "-")  # noqa: PLR2004  # ZIP, ZIP+4
    if order.country != "US" or (whole and digits.isascii() and digits.isdigit()):
        return NOTHING
    return (Hit(order.path("destinationPostalCode")),)


POSTAL_CODE_INVALID = Rule(
    id="R05",
    code="DESTINATION_POSTAL_CODE_INVALID",
    severity=Severity.WARNING,
    scope=Scope.ORDER,
    reads="orders[].destinationPostalCode",
    message="The ZIP code is missing or is not 5 digits or 5+4.",
    remedy="Sync the order with its ZIP code in destinationPostalCode, as 12345 or 12345-6789.",
    source=unverified("USPS ZIP code format, from trade knowledge"),
    check=_postal_code_invalid,
    missing=True,
)
