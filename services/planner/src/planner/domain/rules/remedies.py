"""Trade remedies and preferences that need a datum: AD/CVD cases and USMCA claims."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.grouping import Group
from planner.domain.rules.base import NOTHING, Hit, Hits, Rule, Scope, Severity, law, unverified

_HEADING = 4


def _adcvd_review(product: Product, given: PlanningInput) -> Hits:
    watched = f"{product.origin} {product.hts[:_HEADING]}"
    found = given.ruleset.entry("adcvd_watch", watched)
    if not found or product.content.get("adcvdCase"):
        return NOTHING
    return (Hit(product.path("adcvdCase"), {"what": found.note}, source=found.source),)


ADCVD_REVIEW = Rule(
    id="R35",
    code="ADCVD_REVIEW",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads="products[].adcvdCase",
    message="Anti-dumping or countervailing duty may apply: {what}.",
    remedy='Give the case number in adcvdCase, or "none"; a case forces entry type 03.',
    source=unverified("AD/CVD watch list, from trade knowledge"),
    check=_adcvd_review,
    missing=True,
)


def _claim_invalid(product: Product, given: PlanningInput) -> Hits:
    if not product.claims_usmca or given.ruleset.entry("usmca_countries", product.origin):
        return NOTHING
    return (Hit(product.path("usmca.claim"), {"origin": product.origin or "none"}),)


CLAIM_INVALID = Rule(
    id="R48",
    code="USMCA_CLAIM_INVALID",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads="products[].usmca.claim",
    message="USMCA preference is claimed for goods of origin {origin}; the origin decides, not the "
    "country they are shipped from.",
    remedy="Take the claim away, or correct countryOfOrigin.",
    source=law("USMCA low-value statement, LegalClarity"),
    check=_claim_invalid,
)


def _certification_missing(unit: Group, given: PlanningInput) -> Hits:
    if not unit.over_informal_limit(given):
        return NOTHING
    return [
        Hit(f"products[{product_id}].usmca.certification") for product_id in unit.uncertified_usmca
    ]


CERTIFICATION_MISSING = Rule(
    id="R49",
    code="USMCA_CERTIFICATION_MISSING",
    severity=Severity.WARNING,
    scope=Scope.UNIT,
    reads="products[].usmca.certification",
    message="A USMCA claim in a unit over USD 2,500.00 needs a certification of origin; a "
    "statement on the invoice is enough only below.",
    remedy="Sync the product with the certification's reference in usmca.certification.",
    source=law("USMCA low-value statement, LegalClarity"),
    check=_certification_missing,
    missing=True,
)
