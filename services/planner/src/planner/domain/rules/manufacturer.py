"""Who made the goods: asked for textiles by law (19 CFR 102.23), for most entries by practice."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import NOTHING, POLICY, Hit, Hits, Rule, Scope, Severity, law

_FIELD = "products[].manufacturer"
_POSTAL_FIELD = "products[].manufacturer.postalCode"
_CHINESE_CODE = 6
_XINJIANG = ("83", "84")


def is_textile(product: Product, given: PlanningInput) -> bool:
    return given.ruleset.entry("textiles", product.chapter) is not None


def _identified(product: Product) -> bool:
    maker = product.manufacturer
    return bool(maker.get("mid") or (maker.get("name") and maker.get("addressLines")))


def _textile_missing(product: Product, given: PlanningInput) -> Hits:
    if _identified(product) or not is_textile(product, given):
        return NOTHING
    return (Hit(product.path("manufacturer")),)


TEXTILE_MISSING = Rule(
    id="R23",
    code="TEXTILE_MANUFACTURER_MISSING",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="Textiles need the maker's name and address, or its MID.",
    remedy="Sync the product with manufacturer {name, addressLines, city, country} or its mid.",
    source=law("19 CFR 102.23"),
    check=_textile_missing,
    missing=True,
)


def _missing(product: Product, given: PlanningInput) -> Hits:
    if _identified(product) or is_textile(product, given):
        return NOTHING
    matters = product.has_adcvd_case or any(agency.likely for agency in product.agencies)
    return (Hit(product.path("manufacturer"), severity=Severity.WARNING if matters else None),)


MISSING = Rule(
    id="R24",
    code="MANUFACTURER_MISSING",
    severity=Severity.INFO,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="The maker's name and address are missing; most entries ask for them.",
    remedy="Sync the product with manufacturer {name, addressLines, city, country} or its mid.",
    source=law("Regulatory notice on manufacturer identification, FedEx", "2011-07-04"),
    check=_missing,
    missing=True,
    varies=True,
)


def _chinese_code(product: Product) -> str:
    code: str = product.manufacturer.get("postalCode", "")
    return "".join(code.split())


def _cn_postal_code_missing(product: Product, given: PlanningInput) -> Hits:
    if product.manufacturer.get("country", "").upper() != "CN":
        return NOTHING
    code = _chinese_code(product)
    if len(code) == _CHINESE_CODE and code.isascii() and code.isdigit():
        return NOTHING
    severity = None if is_textile(product, given) else Severity.WARNING
    return (Hit(product.path("manufacturer.postalCode"), severity=severity),)


CN_POSTAL_CODE_MISSING = Rule(
    id="R25",
    code="CN_MANUFACTURER_POSTAL_CODE_MISSING",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_POSTAL_FIELD,
    message="A Chinese maker needs a valid 6-digit postal code; ACE rejects the entry without it.",
    remedy="Sync the product with the maker's six-digit postal code in manufacturer.postalCode.",
    source=law("CBP bulletin on UFLPA region alert: Chinese postal codes", "2023-03"),
    check=_cn_postal_code_missing,
    missing=True,
    varies=True,
)


def _xinjiang(product: Product, _given: PlanningInput) -> Hits:
    if product.manufacturer.get("country", "").upper() != "CN":
        return NOTHING
    code = _chinese_code(product)
    if len(code) != _CHINESE_CODE or not code.startswith(_XINJIANG):
        return NOTHING
    return (Hit(product.path("manufacturer.postalCode")),)


XINJIANG = Rule(
    id="R26",
    code="UFLPA_XINJIANG_ADDRESS",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_POSTAL_FIELD,
    message="The maker's address is in Xinjiang (postal codes 83 and 84); goods are presumed "
    "barred.",
    remedy="Leave orders with this product out; only CBP can lift the presumption.",
    source=POLICY,
    check=_xinjiang,
)
