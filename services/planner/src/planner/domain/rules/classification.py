"""The HTSUS number: form, length, chapter, and existence where a tariff table is loaded."""

from planner.domain.facts import PlanningInput, Product, ProductContext
from planner.domain.hts import HTSUS_DIGITS, special_hts
from planner.domain.orders import Content
from planner.domain.rules.base import (
    POLICY,
    Hit,
    Hits,
    Severity,
    blocking,
    blocking_or_warning,
    info,
    info_for_good,
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
        yield Hit()


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
        yield Hit({"digits": len(product.hts)}, severity=severity)


@blocking(
    "R15",
    reads=_FIELD,
    message="Chapter {chapter} cannot be the only code; give the chapter 1-97 code.",
    remedy="Sync the product with the code of chapters 1-97 that describes the good in htsCode and "
    "with this one in secondaryHtsCode; only 9801.00.10 has ten-digit numbers of its own.",
    source=law("Chapter 99 numbers accompany a chapter 1-97 number (CSMS 66492057)", "2025-10"),
)
def hts_special_chapter_only(product: Product, given: ProductContext) -> Hits:
    if product.chapter in _SPECIAL and not _stands_alone(product, given):
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
    refused = product.chapter in _SPECIAL and not _stands_alone(product, given)
    if whole and not known and not refused:
        yield Hit({"code": product.hts})


@warning(
    "R76",
    reads="products[].secondaryHtsCode",
    message='"{code}" is no second HTS number: one is of chapter 98 or 99, in 8 or 10 digits, '
    "beside a number of chapters 1-97.",
    remedy="Sync the product with the special number in secondaryHtsCode, as 9817.95.05, and with "
    "the good's own number in htsCode.",
    source=law("NY N349927: 9817.95.05 beside the number of chapters 1-97", "2025"),
)
def secondary_hts_invalid(product: Product, _given: ProductContext) -> Hits:
    code = product.content.get("secondaryHtsCode")
    if code is not None and (product.secondary_hts is None or product.chapter in _SPECIAL):
        name = "htsCode" if product.chapter in _SPECIAL else "secondaryHtsCode"
        yield Hit({"code": code}, product.path(name))


@info_for_good(
    "R78",
    reads="products[].secondaryHtsCode",
    message="{code} is claimed: {what}.",
    remedy="Have the papers of the claim ready for the broker, who decides.",
    source=law("HTSUS chapter 98; 19 CFR part 10, subpart A"),
)
def special_hts_claimed(product: Product, given: ProductContext) -> Hits:
    for name, number in (("htsCode", product.hts), ("secondaryHtsCode", product.secondary_hts)):
        claim = given.ruleset.prefix("special_claims", number)
        if claim:
            said = {"code": product.content[name], "what": claim.note}
            yield Hit(said, product.path(name), source=claim.source)


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


@warning(
    "R86",
    reads="orders[].reasonForExport",
    message="{count} orders hold goods claimed under 9801 or 9802 and do not say why they come: "
    "the broker needs the reason.",
    remedy="Sync these orders with reasonForExport, as RETURN or REPAIR.",
    source=law("HTSUS 2026 Revision 4, headings 9801 and 9802", "2026-04"),
)
def special_hts_reason_missing(given: PlanningInput, _same: PlanningInput) -> Hits:
    claimed = {id_ for id_, content in given.products.items() if _comes_back(content)}
    silent = [
        order.path("reasonForExport")
        for order in given.read_orders
        if "reasonForExport" not in order.content and not claimed.isdisjoint(order.product_ids)
    ]
    if silent:
        yield Hit({"count": len(silent)}, missing=tuple(silent))


def _comes_back(content: Content) -> bool:
    codes = content.get("htsCode", ""), content.get("secondaryHtsCode", "")
    return any((special_hts(code) or "").startswith(("9801", "9802")) for code in codes if code)


def _stands_alone(product: Product, given: ProductContext) -> bool:
    return given.ruleset.prefix("own_special_numbers", product.hts) is not None
