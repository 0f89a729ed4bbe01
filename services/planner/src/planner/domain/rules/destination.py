"""Where the goods go: the customs territory of the United States (19 CFR 101.1)."""

import re
from functools import lru_cache

from planner.domain.facts import PlanningInput
from planner.domain.orders import Order
from planner.domain.rules.base import Hit, Hits, blocking_for_good, law, unverified, warning
from planner.domain.ruleset import Entry, RuleSet

_TERRITORY = law("19 CFR 101.1, definition of the customs territory")
_ZIP = re.compile(r"([0-9]{5})(-?[0-9]{4})?")
_WORD = re.compile(r"[^\W\d_]+")
_REMEMBERED = 10_000  # places: many orders go to one


@blocking_for_good(
    "R02",
    reads="orders[].destinationCountry",
    message="Destination {country} is not the United States; this flow covers US imports only.",
    remedy="Leave the order out of this export; only where its country was mistyped, sync it anew.",
    source=_TERRITORY,
)
def destination_not_us(order: Order, given: PlanningInput) -> Hits:
    if order.country != "US" and not _outside(order, given.ruleset):  # that, the next rule says
        yield Hit({"country": order.country})


@blocking_for_good(
    "R03",
    reads="orders[].destinationRegion",
    message="{place} is outside the US customs territory; a US consumption entry does not apply.",
    remedy="Leave the order out of this export and ship it by another way.",
    source=_TERRITORY,
)
def destination_outside_us_customs_territory(order: Order, given: PlanningInput) -> Hits:
    outside = _outside(order, given.ruleset)
    if outside:
        name, place = outside
        yield Hit({"place": place.note}, order.path(name), source=place.source)


@warning(
    "R04",
    reads="orders[].destinationRegion",
    message="The destination's state code is {what}; check the consignee's address.",
    remedy="Sync the order with the two-letter USPS code of the state in destinationRegion.",
    source=unverified("USPS state codes, from trade knowledge"),
)
def destination_region_invalid(order: Order, given: PlanningInput) -> Hits:
    rules, region = given.ruleset, order.region
    known = rules.entry("us_regions", region) or _outside(order, rules)
    if order.country == "US" and not known:
        military = rules.entry("military_regions", region)
        what = "missing" if region is None else "military mail" if military else "not a state"
        yield Hit({"what": what})


@warning(
    "R05",
    reads="orders[].destinationPostalCode",
    message="The ZIP code is missing or is not 5 digits or 5+4.",
    remedy="Sync the order with its ZIP code in destinationPostalCode, as 12345 or 12345-6789.",
    source=unverified("USPS ZIP code format, from trade knowledge"),
)
def destination_postal_code_invalid(order: Order, _given: PlanningInput) -> Hits:
    if order.country == "US" and _zip_of(order) is None:
        yield Hit()


@warning(
    "R77",
    reads="orders[].destinationPostalCode, orders[].destinationRegion",
    message="ZIP code {code} is of {place}, not of {region}; check the consignee's address.",
    remedy="Sync the order with the ZIP code and the state of one and the same place.",
    source=law("USPS list L002, 3-digit ZIP code prefix matrix, as public tables give it"),
)
def destination_zip_not_in_state(order: Order, given: PlanningInput) -> Hits:
    """The first three digits of a ZIP code against the state; a few serve two states."""
    rules, code = given.ruleset, _zip_of(order)
    if code is None or order.country != "US" or not rules.entry("us_regions", order.region):
        return
    if place := _elsewhere(code, order.region, rules):
        yield Hit({"code": code, "place": place, "region": order.region})


@lru_cache(_REMEMBERED)
def _elsewhere(code: str, region: str | None, rules: RuleSet) -> str | None:
    """Where the ZIP code is, if not in the state."""
    if outside := rules.prefix("outside_zip_codes", code):
        return outside.note
    states = rules.entry("zip_prefixes", code[:3])
    if states is None:
        return "no state"
    return None if region in states.note.split() else states.note.replace(" ", " or ")


def _outside(order: Order, rules: RuleSet) -> tuple[str, Entry] | None:
    postal_code = order.content.get("destinationPostalCode", "")
    return _outside_at(order.country, order.region, postal_code, rules)


@lru_cache(_REMEMBERED)
def _outside_at(
    country: str, region: str | None, postal_code: str, rules: RuleSet
) -> tuple[str, Entry] | None:
    """The field that says the place is outside, and the place; a ZIP code only where no state does.

    Names are compared by their words: `U.S. Virgin Islands`, `US-VI` and `Virgin Islands (US)`.
    """
    for name, said in (("destinationCountry", country), ("destinationRegion", region)):
        words = " ".join(_WORD.findall((said or "").upper().replace(".", "")))
        if place := rules.entry("outside_customs_territory", words):
            return name, place
    if country != "US" or rules.entry("us_regions", region):
        return None
    # Spreadsheets take the zeros off the head of a code: 802 is 00802.
    digits = postal_code.split("-", maxsplit=1)[0].zfill(5)
    place = rules.prefix("outside_zip_codes", digits) if digits.isdecimal() else None
    return None if place is None else ("destinationPostalCode", place)


def _zip_of(order: Order) -> str | None:
    """The five digits of a well-formed ZIP code."""
    found = _ZIP.fullmatch(order.content.get("destinationPostalCode", ""))
    return found and found[1]
