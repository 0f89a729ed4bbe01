"""Where the goods were made; the country they are shipped from says nothing about it."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import (
    NOTHING,
    POLICY,
    Hit,
    Hits,
    Rule,
    Scope,
    Severity,
    law,
    unverified,
)

_FIELD = "products[].countryOfOrigin"


def _missing(product: Product, _given: PlanningInput) -> Hits:
    return NOTHING if product.origin else (Hit(product.path("countryOfOrigin")),)


MISSING = Rule(
    id="R16",
    code="ORIGIN_MISSING",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="Country of origin (where made) is missing.",
    remedy="Sync the product with the country where it was made in countryOfOrigin.",
    source=law("19 CFR 141.86(a)(10)"),
    check=_missing,
    missing=True,
)


def _invalid(product: Product, given: PlanningInput) -> Hits:
    rules = given.ruleset
    if not product.origin or rules.entry("countries", product.origin):
        return NOTHING
    if rules.entry("doubtful_origins", product.origin):
        return NOTHING
    meant = rules.entry("origin_mistakes", product.origin.upper())
    upper = rules.entry("countries", product.origin.upper())
    hint = meant.note if meant else f"write {upper.value}" if upper else "use two capital letters"
    return (Hit(product.path("countryOfOrigin"), {"code": product.origin, "hint": hint}),)


INVALID = Rule(
    id="R17",
    code="ORIGIN_INVALID",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message='"{code}" is not an ISO 3166-1 alpha-2 country code: {hint}.',
    remedy="Sync the product with the two-letter ISO code of the country where it was made.",
    source=POLICY,
    check=_invalid,
)


def _embargoed(product: Product, given: PlanningInput) -> Hits:
    banned = given.ruleset.entry("embargoed_origins", product.origin)
    if not banned:
        return NOTHING
    return (Hit(product.path("countryOfOrigin"), {"country": banned.note}, source=banned.source),)


EMBARGOED = Rule(
    id="R18",
    code="ORIGIN_EMBARGOED",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="Goods of {country} may not be imported without a US licence.",
    remedy="Leave orders with this product out; a licensed import goes another way.",
    source=POLICY,
    check=_embargoed,
)


def _russia_banned(product: Product, given: PlanningInput) -> Hits:
    banned = given.ruleset.prefix("russia_banned", product.hts) if product.origin == "RU" else None
    if not banned:
        return NOTHING
    return (Hit(product.path("countryOfOrigin"), {"goods": banned.note}, source=banned.source),)


RUSSIA_BANNED = Rule(
    id="R19",
    code="RUSSIA_IMPORT_BAN",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="This Russian-origin good falls in a banned class: {goods}.",
    remedy="Leave orders with this product out of the export.",
    source=POLICY,
    check=_russia_banned,
)


def _sanctions_review(product: Product, given: PlanningInput) -> Hits:
    found = product.sanctions
    if not found or (product.origin == "RU" and _russia_banned(product, given)):
        return NOTHING
    said = {"code": product.origin, "what": found.note}
    return (Hit(product.path("countryOfOrigin"), said, source=found.source),)


SANCTIONS_REVIEW = Rule(
    id="R20",
    code="ORIGIN_SANCTIONS_REVIEW",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="Origin {code} needs a sanctions review: {what}.",
    remedy="Tell the broker the maker, the region and the parties, and keep the screening record.",
    source=unverified("Sanctions lists by origin, from trade knowledge"),
    check=_sanctions_review,
)


def _doubtful(product: Product, given: PlanningInput) -> Hits:
    found = given.ruleset.entry("doubtful_origins", product.origin)
    if not found:
        return NOTHING
    return (Hit(product.path("countryOfOrigin"), {"what": found.note}, source=found.source),)


DOUBTFUL = Rule(
    id="R43",
    code="ORIGIN_DOUBTFUL",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="The origin needs a second look: {what}.",
    remedy="Check with the maker in which country the goods were made.",
    source=unverified("Origins apart, from trade knowledge"),
    check=_doubtful,
)
