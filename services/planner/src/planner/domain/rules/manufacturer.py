"""Who made the goods: asked for textiles by law (19 CFR 102.23), for most entries by practice."""

import re
import unicodedata

from planner.domain.facts import Product, ProductContext, is_named_and_addressed
from planner.domain.rules.base import (
    POLICY,
    Hit,
    Hits,
    Severity,
    blocking,
    blocking_for_good,
    blocking_or_warning,
    info_or_warning,
    law,
    no_country,
    warning,
)
from planner.domain.ruleset import Entry, RuleSet

_FIELD = "products[].manufacturer"
_POSTAL_FIELD = "products[].manufacturer.postalCode"
_REMEDY = "Sync the product with manufacturer {name, addressLines, city, country} or its mid."
_MID = re.compile(r"[A-Z]{2}[A-Z0-9]{3,13}")
_PROVINCES = {f"X{letter}" for letter in "ABCEMNOPQSTVWY"}  # of Canada; a MID never says CA
_CHINESE_CODE = re.compile(r"[0-9]{6}")
_XINJIANG = ("83", "84")


@blocking_or_warning(
    "R23",
    reads=_FIELD,
    message="Textile goods need the maker's name and address, or its MID.",
    remedy=_REMEDY,
    source=law("19 CFR 102.21(b)(5) and 102.23"),
)
def textile_manufacturer_missing(product: Product, given: ProductContext) -> Hits:
    textile = _textile(product, given)
    if textile and not _is_identified(product, given.ruleset):
        yield Hit(severity=_by_law(textile), source=textile.source)


@info_or_warning(
    "R24",
    reads=_FIELD,
    message="The maker's name and address are missing; most entries ask for them.",
    remedy=_REMEDY,
    source=law("Regulatory notice on manufacturer identification, FedEx", "2011-07-04"),
)
def manufacturer_missing(product: Product, given: ProductContext) -> Hits:
    if not _textile(product, given) and not _is_identified(product, given.ruleset):
        matters = product.has_adcvd_case or any(agency.likely for agency in product.agencies)
        named = (product.path("manufacturer"),)  # also where it only informs
        yield Hit(severity=Severity.WARNING if matters else None, missing=named)


@blocking_or_warning(
    "R25",
    reads=_POSTAL_FIELD,
    message="A Chinese maker needs a valid 6-digit postal code; ACE rejects the entry without it.",
    remedy="Sync the product with the maker's six-digit postal code in manufacturer.postalCode.",
    source=law("CBP bulletin on UFLPA region alert: Chinese postal codes", "2023-03"),
)
def cn_manufacturer_postal_code_missing(product: Product, given: ProductContext) -> Hits:
    code = _chinese_code(product)
    if code is not None and not _CHINESE_CODE.fullmatch(code):
        yield Hit(severity=_by_law(_textile(product, given)))


@blocking_for_good(
    "R26",
    reads=_POSTAL_FIELD,
    message="The maker's address is in Xinjiang (postal codes 83 and 84); goods are presumed "
    "barred.",
    remedy="Leave orders with this product out; only CBP can lift the presumption.",
    source=POLICY,
)
def uflpa_xinjiang_address(product: Product, _given: ProductContext) -> Hits:
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", _chinese_code(product) or ""))
    if _CHINESE_CODE.fullmatch(digits) and digits.startswith(_XINJIANG):
        yield Hit()


@blocking(
    "R50",
    reads="products[].manufacturer.country",
    message='The maker\'s country "{code}" is not an ISO 3166-1 alpha-2 country code: {hint}.',
    remedy="Sync the product with the two-letter ISO code of the maker's country.",
    source=POLICY,
)
def manufacturer_country_invalid(product: Product, given: ProductContext) -> Hits:
    return no_country(product.manufacturer.get("country"), given.ruleset)


@warning(
    "R51",
    reads="products[].manufacturer.mid",
    message='"{mid}" is not a manufacturer identification code: country (for Canada the '
    "province, such as XO), parts of name and address, at most 15 letters and digits.",
    remedy="Correct manufacturer.mid, or take it away and give the maker's name and address.",
    source=law("19 CFR 102, appendix"),
)
def manufacturer_mid_invalid(product: Product, given: ProductContext) -> Hits:
    mid = product.manufacturer.get("mid")
    if mid is not None and not _is_mid(mid, given.ruleset):
        yield Hit({"mid": mid})


def _textile(product: Product, given: ProductContext) -> Entry | None:
    return given.ruleset.prefix("textiles", product.hts)


def _by_law(textile: Entry | None) -> Severity | None:
    """What the law asks of textile goods blocks where it was read that these are such goods."""
    return None if textile and textile.source["verified"] else Severity.WARNING


def _is_identified(product: Product, rules: RuleSet) -> bool:
    maker = product.manufacturer
    addressed = is_named_and_addressed(maker) and "country" in maker
    return addressed or _is_mid(maker.get("mid", ""), rules)


def _is_mid(text: str, rules: RuleSet) -> bool:
    country = text[:2]
    known = country in (_PROVINCES | rules.lists["countries"].keys()) - {"CA"}
    return known and _MID.fullmatch(text) is not None


def _chinese_code(product: Product) -> str | None:
    """The postal code of a Chinese maker, empty where it is missing; None for other makers."""
    maker = product.manufacturer
    return "".join(maker.get("postalCode", "").split()) if maker.get("country") == "CN" else None
