"""Where the goods were made; the country they are shipped from says nothing about it."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import NOTHING, POLICY, Hit, Hits, Rule, Scope, Severity, law

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
