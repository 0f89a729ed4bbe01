"""Who made the goods: asked for textiles by law (19 CFR 102.23), for most entries by practice."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import (
    POLICY,
    Hit,
    Hits,
    Severity,
    blocking,
    blocking_or_warning,
    info_or_warning,
    law,
)

_FIELD = "products[].manufacturer"
_POSTAL_FIELD = "products[].manufacturer.postalCode"
_REMEDY = "Sync the product with manufacturer {name, addressLines, city, country} or its mid."
_CHINESE_CODE = 6
_XINJIANG = ("83", "84")


@blocking(
    "R23",
    reads=_FIELD,
    message="Textiles need the maker's name and address, or its MID.",
    remedy=_REMEDY,
    source=law("19 CFR 102.23"),
)
def textile_manufacturer_missing(product: Product, given: PlanningInput) -> Hits:
    if _is_textile(product, given) and not _identified(product):
        yield Hit(missing=True)


@info_or_warning(
    "R24",
    reads=_FIELD,
    message="The maker's name and address are missing; most entries ask for them.",
    remedy=_REMEDY,
    source=law("Regulatory notice on manufacturer identification, FedEx", "2011-07-04"),
)
def manufacturer_missing(product: Product, given: PlanningInput) -> Hits:
    if not _is_textile(product, given) and not _identified(product):
        matters = product.has_adcvd_case or any(agency.likely for agency in product.agencies)
        yield Hit(severity=Severity.WARNING if matters else None, missing=True)


@blocking_or_warning(
    "R25",
    reads=_POSTAL_FIELD,
    message="A Chinese maker needs a valid 6-digit postal code; ACE rejects the entry without it.",
    remedy="Sync the product with the maker's six-digit postal code in manufacturer.postalCode.",
    source=law("CBP bulletin on UFLPA region alert: Chinese postal codes", "2023-03"),
)
def cn_manufacturer_postal_code_missing(product: Product, given: PlanningInput) -> Hits:
    code = _chinese_code(product)
    if code is not None and not (len(code) == _CHINESE_CODE and code.isascii() and code.isdigit()):
        severity = None if _is_textile(product, given) else Severity.WARNING
        yield Hit(severity=severity, missing=True)


@blocking(
    "R26",
    reads=_POSTAL_FIELD,
    message="The maker's address is in Xinjiang (postal codes 83 and 84); goods are presumed "
    "barred.",
    remedy="Leave orders with this product out; only CBP can lift the presumption.",
    source=POLICY,
)
def uflpa_xinjiang_address(product: Product, _given: PlanningInput) -> Hits:
    code = _chinese_code(product)
    if code is not None and len(code) == _CHINESE_CODE and code.startswith(_XINJIANG):
        yield Hit()


def _is_textile(product: Product, given: PlanningInput) -> bool:
    return given.ruleset.entry("textiles", product.chapter) is not None


def _identified(product: Product) -> bool:
    maker = product.manufacturer
    return bool(maker.get("mid") or (maker.get("name") and maker.get("addressLines")))


def _chinese_code(product: Product) -> str | None:
    """The postal code of a Chinese maker, empty where it is missing; None for other makers."""
    maker = product.manufacturer
    if maker.get("country", "").upper() != "CN":
        return None
    return "".join(maker.get("postalCode", "").split())
