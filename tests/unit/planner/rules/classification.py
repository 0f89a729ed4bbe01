"""The HTSUS number."""

from dataclasses import replace
from typing import cast

from planner.domain.facts import PlanningInput
from shared.contracts.snapshot import TariffEdition
from support.planning import BOOK, ORDER, TARIFF, a_plan, order, product, with_broker, with_product
from unit.planner.rules.case import BLOCKING, INFO, WARNING, Case


def edition(revision: str = "", effective: str = "") -> PlanningInput:
    said = {"revision": revision, "effective": effective}
    kept = {name: text for name, text in said.items() if text}
    return a_plan(tariff=replace(TARIFF, edition=cast("TariffEdition", kept)))


CASES = [
    Case("HTS_MISSING", "none", with_product(htsCode=None), BLOCKING),
    Case("HTS_MISSING", "a wrong one is not missing", with_product(htsCode="49")),
    Case("HTS_INVALID", "letters", with_product(htsCode="4901.99.00AB"), BLOCKING),
    Case("HTS_INVALID", "seven digits", with_product(htsCode="4901990"), BLOCKING),
    Case("HTS_INVALID", "nine digits", with_product(htsCode="490199009"), BLOCKING),
    Case("HTS_INVALID", "eleven digits", with_product(htsCode="49019900931"), BLOCKING),
    Case("HTS_INVALID", "chapter 00", with_product(htsCode="0001.99.0093"), BLOCKING),
    Case("HTS_INVALID", "the reserved chapter 77", with_product(htsCode="7701.99.0093"), BLOCKING),
    Case("HTS_INVALID", "a heading of 00", with_product(htsCode="4900.99.0093"), BLOCKING),
    Case("HTS_INVALID", "digits of another script", with_product(htsCode="٤٩٠١٩٩"), BLOCKING),
    Case("HTS_INVALID", "dots, blanks and hyphens are fine", with_product(htsCode="4901-99 00.93")),
    Case("HTS_INVALID", "six digits have the form", with_product(htsCode="490199")),
    Case("HTS_INVALID", "absent is not invalid", with_product(htsCode=None)),
    Case("HTS_NOT_TEN_DIGITS", "six", with_product(htsCode="490199"), BLOCKING),
    Case("HTS_NOT_TEN_DIGITS", "eight", with_product(htsCode="49019900"), BLOCKING),
    Case("HTS_NOT_TEN_DIGITS", "ten", with_product(htsCode="4901990093")),
    Case(
        "HTS_NOT_TEN_DIGITS",
        "eight, and the broker completes it",
        with_broker(with_product(htsCode="49019900"), completesClassification=True),
        WARNING,
    ),
    *[
        Case("HTS_SPECIAL_CHAPTER_ONLY", code, with_product(htsCode=code), BLOCKING)
        for code in ("9802.00.5060", "9817.95.05", "9813.00.0520", "9801.00.2000")
    ],
    Case(
        "HTS_SPECIAL_CHAPTER_ONLY",
        "returned goods have numbers of their own",
        with_product(htsCode="9801.00.1012"),
    ),
    Case(
        "HTS_SPECIAL_CHAPTER_ONLY",
        "98 beside the good's own number",
        with_product(secondaryHtsCode="9817.95.05"),
    ),
    *[
        Case("SECONDARY_HTS_INVALID", code, with_product(secondaryHtsCode=code), WARNING)
        for code in ("6912.00.4810", "9817.95", "98179505001", "9817.95.O5", "returned")
    ],
    Case(
        "SECONDARY_HTS_INVALID",
        "two special numbers",
        with_product(htsCode="9801.00.1012", secondaryHtsCode="9802.00.50"),
        WARNING,
    ),
    *[
        Case("SECONDARY_HTS_INVALID", code, with_product(secondaryHtsCode=code))
        for code in ("9817.95.05", "9802.00.5060", "9801 00 20", "9903.01.25")
    ],
    Case("SECONDARY_HTS_INVALID", "none", with_product()),
    *[
        Case("SPECIAL_HTS_CLAIMED", code, with_product(secondaryHtsCode=code), INFO)
        for code in ("9817.95.05", "9802.00.40", "9813.00.05.20")
    ],
    Case("SPECIAL_HTS_CLAIMED", "returned", with_product(htsCode="9801.00.1012"), INFO),
    Case(
        "SPECIAL_HTS_REASON_MISSING",
        "returned, and nobody says so",
        with_product(htsCode="9801.00.1012"),
        WARNING,
    ),
    Case(
        "SPECIAL_HTS_REASON_MISSING",
        "repaired, and nobody says so",
        with_product(secondaryHtsCode="9802.00.50"),
        WARNING,
    ),
    Case(
        "SPECIAL_HTS_REASON_MISSING", "another claim", with_product(secondaryHtsCode="9817.95.05")
    ),
    Case(
        "SPECIAL_HTS_REASON_MISSING",
        "repaired, and it says so",
        a_plan(
            {ORDER: order(reasonForExport="REPAIR")}, {BOOK: product(secondaryHtsCode="9802.00.50")}
        ),
    ),
    Case("SPECIAL_HTS_CLAIMED", "9903", with_product(secondaryHtsCode="9903.01.25")),
    Case("HTS_NOT_FOUND", "a returned good's", with_product(htsCode="9801.00.1099"), WARNING),
    Case("HTS_SPECIAL_CHAPTER_ONLY", "99", with_product(htsCode="9903.88.0100"), BLOCKING),
    Case("HTS_SPECIAL_CHAPTER_ONLY", "97", with_product(htsCode="9701.21.0000")),
    Case("HTS_NOT_FOUND", "not in the table", with_product(htsCode="4901.99.0099"), WARNING),
    Case("HTS_NOT_FOUND", "in the table", with_product()),
    Case("HTS_NOT_FOUND", "eight digits are not looked up", with_product(htsCode="49019900")),
    Case("HTS_NOT_FOUND", "no table", replace(with_product(htsCode="4901990099"), tariff=None)),
    Case("HTS_NOT_CHECKED", "no table is loaded", a_plan(tariff=None), INFO),
    Case("HTS_NOT_CHECKED", "a table is loaded", a_plan(tariff=TARIFF)),
    Case("TARIFF_TABLE_SUPERSEDED", "an older one", edition("2026 Revision 4"), INFO),
    Case("TARIFF_TABLE_SUPERSEDED", "last year's", edition("2025 Revision 32"), INFO),
    Case("TARIFF_TABLE_SUPERSEDED", "the one in force", edition("2026 Revision 21")),
    Case("TARIFF_TABLE_SUPERSEDED", "one newer than is known", edition("2026 Revision 22")),
    Case("TARIFF_TABLE_SUPERSEDED", "nobody said which", a_plan(tariff=TARIFF)),
    Case("TARIFF_TABLE_OLD", "told in the answer alone", edition(effective="2026-02-01")),
]
