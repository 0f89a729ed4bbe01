"""What the invoice must say beside the usual for a class of goods, and the weight of each."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import NOTHING, Hit, Hits, Rule, Scope, Severity, law

_COPPER = "74"


def _class_data_missing(product: Product, given: PlanningInput) -> Hits:
    content, rules = product.content, given.ruleset
    composed = content.get("materials") or (product.chapter == _COPPER and content.get("metal"))
    hits = []
    for name, wanted, given_already in (
        ("materials", rules.prefix("needs_materials", product.hts), composed),
        ("casNumber", rules.prefix("needs_cas", product.hts), content.get("casNumber")),
    ):
        if wanted and not given_already:
            said = {"what": wanted.note}
            hits.append(Hit(product.path(name), said, source=wanted.source))
    return hits


CLASS_DATA_MISSING = Rule(
    id="R27",
    code="CLASS_DATA_MISSING",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads="products[].materials",
    message="This class needs more on the invoice: {what}.",
    remedy="Sync the product with materials [{name, percent}], or casNumber for chemicals.",
    source=law("19 CFR 141.87 and 141.89, text through 30 Sep 2024", "2024-09-30"),
    check=_class_data_missing,
    missing=True,
)


def _weight_missing(product: Product, _given: PlanningInput) -> Hits:
    return NOTHING if product.content.get("weightGrams") else (Hit(product.path("weightGrams")),)


WEIGHT_MISSING = Rule(
    id="R28",
    code="WEIGHT_MISSING",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads="products[].weightGrams",
    message="The net weight of one piece is missing.",
    remedy="Sync the product with its net weight in grams in weightGrams.",
    source=law("CBP Form 7501 instructions, column 34A"),
    check=_weight_missing,
    missing=True,
)
