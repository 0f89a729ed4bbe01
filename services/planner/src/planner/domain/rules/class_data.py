"""What the invoice must say beside the usual for a class of goods, and the weight of each."""

import re

from planner.domain.facts import Product, ProductContext
from planner.domain.orders import Content
from planner.domain.rules.base import POLICY, Hit, Hits, law, no_country, warning
from shared.money import decimal

_COPPER = "74"
_POURED = "meltPourCountry"
_SMELTED = ("primarySmeltCountry", "secondarySmeltCountry", "castCountry")
_ALIAS = "meltCountry"  # of where it was poured, or smelted first and cast
_WITHOUT = {"NONE", "N/A"}  # no secondary smelt
_WHOLE = 10_000  # hundredths of a percent
_WORD = re.compile(r"[^\W\d_]+")


@warning(
    "R27",
    reads="products[].materials",
    message="This class needs more on the invoice: {what}.",
    remedy="Sync the product with materials [{name, percent}], with casNumber for chemicals, or "
    "with pga.cbp.componentValues for watches.",
    source=law("19 CFR 141.87 and 141.89, text through 30 Sep 2024", "2024-09-30"),
)
def class_data_missing(product: Product, given: ProductContext) -> Hits:
    content, rules = product.content, given.ruleset
    composed = content.get("materials", []) != []
    composed = composed or (product.chapter == _COPPER and "metal" in content)
    valued = "componentValues" in product.agency_data("cbp")
    for name, wanted, is_given in (
        ("materials", rules.prefix("needs_materials", product.hts), composed),
        ("casNumber", rules.prefix("needs_cas", product.hts), "casNumber" in content),
        ("pga.cbp.componentValues", rules.prefix("needs_component_values", product.hts), valued),
    ):
        if wanted and not is_given:
            yield Hit({"what": wanted.note}, product.path(name), source=wanted.source)


@warning(
    "R53",
    reads="products[].metal",
    message='"{code}" is not an ISO 3166-1 alpha-2 country code: {hint}.',
    remedy="Sync the product with the two-letter ISO code of the country of melt and pour, or "
    "of smelt and cast; NONE where there was no such smelt.",
    source=POLICY,
)
def melt_country_invalid(product: Product, given: ProductContext) -> Hits:
    metal = product.content.get("metal", {})
    for name in (_POURED, *_SMELTED, _ALIAS):
        if metal.get(name) not in _WITHOUT:
            for hit in no_country(metal.get(name), given.ruleset):
                yield Hit(hit.said, product.path(f"metal.{name}"))


@warning(
    "R67",
    reads="products[].metal",
    message="The duty on its metal turns on what the product does not say{cost}: {lacks}.",
    remedy="Sync the product with metal {kind, weightPercent}; of steel with meltPourCountry, of "
    "aluminium with primarySmeltCountry, secondarySmeltCountry and castCountry.",
    source=law("CBP Form 7501 instructions; Section 232 metals tariff of Apr 2026"),
)
def metal_data_missing(product: Product, given: ProductContext) -> Hits:
    known = given.ruleset.lists["metal_programmes"]
    kinds = [known[each.name].note for each in product.programmes if each.name in known]
    lacks = _metal_lacks(product.content.get("metal", {}), kinds) if kinds else ()
    if lacks:
        missing = tuple(product.path(f"metal.{name}") for name in lacks)
        cost = " (200 % on aluminium of unknown smelt or cast)" if lacks[-1] in _SMELTED else ""
        yield Hit({"lacks": ", ".join(lacks), "cost": cost}, missing[0], missing=missing)


def _metal_lacks(metal: Content, kinds: list[str]) -> tuple[str, ...]:
    kind = metal.get("kind", kinds[0]).casefold()
    wanted = _SMELTED if kind.startswith("alum") else (_POURED,) if "copper" not in kind else ()
    if _ALIAS in metal:
        wanted = ("secondarySmeltCountry",) if wanted == _SMELTED else ()
    known = () if metal else ("kind", "weightPercent")
    return (*known, *(name for name in wanted if name not in metal))


@warning(
    "R83",
    reads="products[].materials",
    message="The materials add up to {sum} %.",
    remedy="Give shares that add up to 100 %, or name the part each is of, as `lining: silk`.",
    source=law("19 CFR 141.89, text through 30 Sep 2024", "2024-09-30"),
)
def materials_over_whole(product: Product, given: ProductContext) -> Hits:
    """Shares of parts, as of shell and lining, add up apart."""
    materials = product.content.get("materials", [])
    total = sum(material["percentHundredths"] for material in materials)
    words = {word for each in materials for word in _WORD.findall(each["name"].casefold())}
    if total > _WHOLE and words.isdisjoint(given.ruleset.lists["parts_of_goods"]):
        yield Hit({"sum": decimal(total)})


@warning(
    "R28",
    reads="products[].weightGrams",
    message="The net weight of one piece is missing.",
    remedy="Sync the product with its net weight in grams in weightGrams.",
    source=law("CBP Form 7501 instructions, column 34A"),
)
def weight_missing(product: Product, _given: ProductContext) -> Hits:
    if product.content.get("weightGrams", 0) == 0:
        yield Hit()
