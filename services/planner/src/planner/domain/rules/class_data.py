"""What the invoice must say beside the usual for a class of goods, and the weight of each."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import Hit, Hits, law, warning

_COPPER = "74"


@warning(
    "R27",
    reads="products[].materials",
    message="This class needs more on the invoice: {what}.",
    remedy="Sync the product with materials [{name, percent}], or casNumber for chemicals.",
    source=law("19 CFR 141.87 and 141.89, text through 30 Sep 2024", "2024-09-30"),
)
def class_data_missing(product: Product, given: PlanningInput) -> Hits:
    content, rules = product.content, given.ruleset
    composed = content.get("materials") or (product.chapter == _COPPER and content.get("metal"))
    for name, wanted, given_already in (
        ("materials", rules.prefix("needs_materials", product.hts), composed),
        ("casNumber", rules.prefix("needs_cas", product.hts), content.get("casNumber")),
    ):
        if wanted and not given_already:
            yield Hit({"what": wanted.note}, product.path(name), source=wanted.source, missing=True)


@warning(
    "R28",
    reads="products[].weightGrams",
    message="The net weight of one piece is missing.",
    remedy="Sync the product with its net weight in grams in weightGrams.",
    source=law("CBP Form 7501 instructions, column 34A"),
)
def weight_missing(product: Product, _given: PlanningInput) -> Hits:
    if not product.content.get("weightGrams"):
        yield Hit(missing=True)
