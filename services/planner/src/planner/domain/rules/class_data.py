"""What the invoice must say beside the usual for a class of goods, and the weight of each."""

from planner.domain.facts import Product, ProductContext
from planner.domain.rules.base import POLICY, Hit, Hits, law, no_country, warning

_COPPER = "74"


@warning(
    "R27",
    reads="products[].materials",
    message="This class needs more on the invoice: {what}.",
    remedy="Sync the product with materials [{name, percent}], or casNumber for chemicals.",
    source=law("19 CFR 141.87 and 141.89, text through 30 Sep 2024", "2024-09-30"),
)
def class_data_missing(product: Product, given: ProductContext) -> Hits:
    content, rules = product.content, given.ruleset
    composed = content.get("materials", []) != []
    composed = composed or (product.chapter == _COPPER and "metal" in content)
    for name, wanted, is_given in (
        ("materials", rules.prefix("needs_materials", product.hts), composed),
        ("casNumber", rules.prefix("needs_cas", product.hts), "casNumber" in content),
    ):
        if wanted and not is_given:
            yield Hit({"what": wanted.note}, product.path(name), source=wanted.source, missing=True)


@warning(
    "R53",
    reads="products[].metal.meltCountry",
    message='"{code}" is not an ISO 3166-1 alpha-2 country code: {hint}.',
    remedy="Sync the product with the two-letter ISO code of the country of melt and pour, or "
    "of smelt and cast.",
    source=POLICY,
)
def melt_country_invalid(product: Product, given: ProductContext) -> Hits:
    return no_country(product.content.get("metal", {}).get("meltCountry"), given.ruleset)


@warning(
    "R28",
    reads="products[].weightGrams",
    message="The net weight of one piece is missing.",
    remedy="Sync the product with its net weight in grams in weightGrams.",
    source=law("CBP Form 7501 instructions, column 34A"),
)
def weight_missing(product: Product, _given: ProductContext) -> Hits:
    if product.content.get("weightGrams", 0) == 0:
        yield Hit(missing=True)
