"""The HTSUS number: form, length, chapter, and existence where a tariff table is loaded."""

from planner.domain.facts import HTSUS_DIGITS, PlanningInput, Product, ProductContext
from planner.domain.rules.base import (
    POLICY,
    Hit,
    Hits,
    Severity,
    blocking,
    blocking_or_warning,
    info,
    law,
    warning,
)

_FIELD = "products[].htsCode"
_SPECIAL = {"98", "99"}


@blocking(
    "R12",
    reads=_FIELD,
    message="No HTS code.",
    remedy="Sync the product with its ten-digit HTSUS number in htsCode.",
    source=law("CBP Form 7501 instructions, column 33A; 19 CFR 141.90"),
)
def hts_missing(product: Product, _given: ProductContext) -> Hits:
    if "htsCode" not in product.content:
        yield Hit(missing=True)


@blocking(
    "R13",
    reads=_FIELD,
    message='HTS code "{code}" is not a valid 6, 8 or 10 digit code.',
    remedy="Correct htsCode: digits only (dots are fine), an existing chapter, ten digits.",
    source=POLICY,
)
def hts_invalid(product: Product, _given: ProductContext) -> Hits:
    if "htsCode" in product.content and product.hts is None:
        yield Hit({"code": product.content["htsCode"]})


@blocking_or_warning(
    "R14",
    reads=_FIELD,
    message="A US entry needs the 10-digit HTS number; this one has {digits} digits.",
    remedy="Sync the product with all ten digits; only a broker who completes it may get fewer.",
    source=law(
        "CBP Form 7501 instructions, column 33A; 10 digits for mail too since 24 Jul 2026",
        "2026-06",
    ),
)
def hts_not_ten_digits(product: Product, given: ProductContext) -> Hits:
    if product.hts is not None and len(product.hts) != HTSUS_DIGITS:
        completes = given.completes_classification
        severity = Severity.WARNING if completes else None
        yield Hit({"digits": len(product.hts)}, severity=severity, missing=True)


@blocking(
    "R15",
    reads=_FIELD,
    message="Chapter {chapter} cannot be the only code; give the chapter 1-97 code.",
    remedy="Sync the product with the code of chapters 1-97 that describes the good itself.",
    source=law("Chapter 99 numbers accompany a chapter 1-97 number (CSMS 66492057)", "2025-10"),
)
def hts_special_chapter_only(product: Product, _given: ProductContext) -> Hits:
    if product.chapter in _SPECIAL:
        yield Hit({"chapter": product.chapter})


@warning(
    "R41",
    reads=_FIELD,
    message="HTS number {code} is not in the tariff table in use.",
    remedy="Look the number up in the current HTSUS and sync the product with the right one.",
    source=law("Harmonized Tariff Schedule of the United States, the table that is loaded"),
)
def hts_not_found(product: Product, given: ProductContext) -> Hits:
    whole = product.hts is not None and len(product.hts) == HTSUS_DIGITS
    known = given.tariff is None or product.hts in given.tariff.units
    if whole and not known and product.chapter not in _SPECIAL:
        yield Hit({"code": product.hts})


@info(
    "R42",
    reads="tariff",
    message="No tariff table is loaded: HTS numbers were checked for form and chapter only.",
    remedy="An operator can load the USITC's table with `entrygo tariff load FILE`.",
    source=POLICY,
)
def hts_not_checked(given: PlanningInput, _same: PlanningInput) -> Hits:
    if given.tariff is None:
        yield Hit()
