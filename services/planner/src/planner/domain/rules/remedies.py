"""Trade remedies and preferences that need a datum: AD/CVD cases and USMCA claims."""

from planner.domain.facts import PlanningInput, Product, ProductContext
from planner.domain.grouping import Group
from planner.domain.preference import USMCA, claimed_in
from planner.domain.rules.base import POLICY, Hit, Hits, law, unverified, warning

_USMCA = law("USMCA low-value statement, LegalClarity")


@warning(
    "R35",
    reads="products[].adcvdCase",
    message="Anti-dumping or countervailing duty may apply: {cases}; the order's text decides.",
    remedy='Give the case number in adcvdCase, or "none"; a case forces entry type 03.',
    source=law("Orders of the Department of Commerce; the HTS numbers that they name"),
)
def adcvd_review(product: Product, _given: ProductContext) -> Hits:
    if product.duty_cases and "adcvdCase" not in product.content:
        cases = "; ".join(f"{each.goods}, {each.cases}" for each in product.duty_cases)
        yield Hit({"cases": cases}, source=product.duty_cases[0].source)


@warning(
    "R52",
    reads="products[].adcvdCase",
    message='"{case}" is no AD/CVD case number, so no case is assumed; one is like A-570-504.',
    remedy='Give the case number as A-570-504 or C-570-505 in adcvdCase, or "none".',
    source=POLICY,
)
def adcvd_case_invalid(product: Product, _given: ProductContext) -> Hits:
    answered = product.has_adcvd_case or product.denies_adcvd_case
    if "adcvdCase" in product.content and not answered:
        yield Hit({"case": product.content["adcvdCase"]})


@warning(
    "R48",
    reads="products[].usmca.claim",
    message="USMCA preference is claimed for goods of origin {origin}; the origin decides, not the "
    "country they are shipped from.",
    remedy="Take the claim away, or correct countryOfOrigin.",
    source=_USMCA,
)
def usmca_claim_invalid(product: Product, given: ProductContext) -> Hits:
    if product.claims_usmca and not given.ruleset.entry("usmca_countries", product.origin):
        yield Hit(
            {"origin": product.origin or "none"},
            product.path(f"{claimed_in(product.content)}.claim"),
        )


@warning(
    "R49",
    reads="products[].usmca.certification",
    message="A USMCA claim in a unit over USD 2,500.00 needs a certification of origin; a "
    "statement on the invoice is enough only below.",
    remedy="Sync the product with the certification's reference in usmca.certification.",
    source=_USMCA,
)
def usmca_certification_missing(unit: Group, given: PlanningInput) -> Hits:
    if unit.over_informal_limit(given):
        for product_id in unit.uncertified_usmca:
            name = claimed_in(given.products[product_id])
            yield Hit(path=f"products[{product_id}].{name}.certification")


@warning(
    "R92",
    reads="products[].preference.claim",
    message="Preference is claimed under {programme} for goods of origin {origin}: {what}.",
    remedy="Take the claim away, correct the programme, or correct countryOfOrigin.",
    source=unverified("HTSUS general notes 3(c) and 4 to 38, kept by hand"),
)
def preference_claim_doubtful(product: Product, given: ProductContext) -> Hits:
    programme = product.preference.get("programme", "").upper()
    row = given.ruleset.entry("preference_origins", programme)
    origin = product.origin or "none"
    known = row is not None and origin in row.note.split()
    if product.preference.get("claim") and programme != USMCA and not known:
        what = "not one of its countries" if row else "not a programme that is known here"
        yield Hit({"programme": programme, "origin": origin, "what": what})
