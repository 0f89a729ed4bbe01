"""The HTSUS number: form, length, chapter, and existence where a tariff table is loaded."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import (
    NOTHING,
    POLICY,
    Hit,
    Hits,
    Rule,
    Scope,
    Severity,
    law,
)

_FIELD = "products[].htsCode"
_DIGITS = 10


def _missing(product: Product, _given: PlanningInput) -> Hits:
    if product.content.get("htsCode", "").strip():
        return NOTHING
    return (Hit(product.path("htsCode")),)


MISSING = Rule(
    id="R12",
    code="HTS_MISSING",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="No HTS code.",
    remedy="Sync the product with its ten-digit HTSUS number in htsCode.",
    source=law("CBP Form 7501 instructions, column 33A; 19 CFR 141.90"),
    check=_missing,
    missing=True,
)


def _invalid(product: Product, _given: PlanningInput) -> Hits:
    code = product.content.get("htsCode", "").strip()
    if product.hts or not code:
        return NOTHING
    return (Hit(product.path("htsCode"), {"code": code}),)


INVALID = Rule(
    id="R13",
    code="HTS_INVALID",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message='HTS code "{code}" is not a valid 6, 8 or 10 digit code.',
    remedy="Correct htsCode: digits only (dots are fine), an existing chapter, ten digits.",
    source=POLICY,
    check=_invalid,
)


def _not_ten_digits(product: Product, given: PlanningInput) -> Hits:
    if not product.hts or len(product.hts) == _DIGITS:
        return NOTHING
    completes = given.broker.content.get("completesClassification", False)
    severity = Severity.WARNING if completes else None
    return (Hit(product.path("htsCode"), {"digits": len(product.hts)}, severity),)


NOT_TEN_DIGITS = Rule(
    id="R14",
    code="HTS_NOT_TEN_DIGITS",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="A US entry needs the 10-digit HTS number; this one has {digits} digits.",
    remedy="Sync the product with all ten digits; only a broker who completes it may get fewer.",
    source=law(
        "CBP Form 7501 instructions, column 33A; 10 digits for mail too since 24 Jul 2026",
        "2026-06",
    ),
    check=_not_ten_digits,
    missing=True,
    varies=True,
)


def _special_chapter(product: Product, _given: PlanningInput) -> Hits:
    if product.chapter not in {"98", "99"}:
        return NOTHING
    return (Hit(product.path("htsCode"), {"chapter": product.chapter}),)


SPECIAL_CHAPTER = Rule(
    id="R15",
    code="HTS_SPECIAL_CHAPTER_ONLY",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="Chapter {chapter} cannot be the only code; give the chapter 1-97 code.",
    remedy="Sync the product with the code of chapters 1-97 that describes the good itself.",
    source=law("Chapter 99 numbers accompany a chapter 1-97 number (CSMS 66492057)", "2025-10"),
    check=_special_chapter,
)


def _not_found(product: Product, given: PlanningInput) -> Hits:
    if given.tariff is None or len(product.hts) != _DIGITS or product.chapter in {"98", "99"}:
        return NOTHING
    if product.hts in given.tariff.units:
        return NOTHING
    return (Hit(product.path("htsCode"), {"code": product.hts}),)


NOT_FOUND = Rule(
    id="R41",
    code="HTS_NOT_FOUND",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads=_FIELD,
    message="HTS number {code} is not in the tariff table in use.",
    remedy="Look the number up in the current HTSUS and sync the product with the right one.",
    source=law("Harmonized Tariff Schedule of the United States, the table that is loaded"),
    check=_not_found,
)


def _not_checked(given: PlanningInput, _same: PlanningInput) -> Hits:
    return (Hit("tariff"),) if given.tariff is None else NOTHING


NOT_CHECKED = Rule(
    id="R42",
    code="HTS_NOT_CHECKED",
    severity=Severity.INFO,
    scope=Scope.BATCH,
    reads="tariff",
    message="No tariff table is loaded: HTS numbers were checked for form and chapter only.",
    remedy="An operator can load the USITC's table with `entrygo tariff load FILE`.",
    source=POLICY,
    check=_not_checked,
)
