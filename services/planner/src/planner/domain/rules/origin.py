"""Where the goods were made; the country they are shipped from says nothing about it."""

from planner.domain.facts import Product, ProductContext
from planner.domain.rules.base import (
    POLICY,
    Hit,
    Hits,
    blocking,
    law,
    no_country,
    unverified,
    warning,
    warning_for_good,
)

_FIELD = "products[].countryOfOrigin"


@blocking(
    "R16",
    reads=_FIELD,
    message="Country of origin (where made) is missing.",
    remedy="Sync the product with the country where it was made in countryOfOrigin.",
    source=law("19 CFR 141.86(a)(10)"),
)
def origin_missing(product: Product, _given: ProductContext) -> Hits:
    if product.origin is None:
        yield Hit()


@blocking(
    "R17",
    reads=_FIELD,
    message='"{code}" is not an ISO 3166-1 alpha-2 country code: {hint}.',
    remedy="Sync the product with the two-letter ISO code of the country where it was made.",
    source=POLICY,
)
def origin_invalid(product: Product, given: ProductContext) -> Hits:
    return no_country(product.origin, given.ruleset)


@warning_for_good(
    "R20",
    reads=_FIELD,
    message="Origin {code} needs a sanctions review: {what}.",
    remedy="Tell the broker the maker, the region and the parties, and keep the screening record.",
    source=unverified("Sanctions lists by origin, from trade knowledge"),
)
def origin_sanctions_review(product: Product, given: ProductContext) -> Hits:
    found = product.sanctions
    if found and not given.ruleset.ban("R19", product.hts, product.origin):
        yield Hit({"code": product.origin, "what": found.note}, source=found.source)


@warning(
    "R43",
    reads=_FIELD,
    message="The origin needs a second look: {what}.",
    remedy="Check with the maker in which country the goods were made.",
    source=unverified("Origins apart, from trade knowledge"),
)
def origin_doubtful(product: Product, given: ProductContext) -> Hits:
    found = given.ruleset.entry("doubtful_origins", product.origin)
    if found:
        yield Hit({"what": found.note}, source=found.source)
