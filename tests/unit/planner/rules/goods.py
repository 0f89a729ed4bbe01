"""What the goods themselves ask for: bans, sectors, remedies, preferences."""

from datetime import date, timedelta
from typing import Any

from planner.domain.facts import PlanningInput
from support.planning import MAKER, ORDER, a_plan, line, order, product, with_account, with_product
from unit.planner.rules.case import BLOCKING, WARNING, Case

CHINESE: dict[str, Any] = {**MAKER, "name": "Guangzhou Mill", "city": "Guangzhou", "country": "CN"}
COTTON = [{"name": "cotton", "percentHundredths": 10_000}]
SHIRT: dict[str, Any] = {"htsCode": "6109.10.0012", "materials": COTTON}


def usmca(cents: int, **more: str) -> PlanningInput:
    mexican = product(countryOfOrigin="MX", usmca={"claim": True, **more})
    return a_plan({ORDER: order(line(unit_value_cents=cents))}, {"prod_book": mexican})


BANNED, DAY = date(2026, 9, 29), timedelta(days=1)
CANADIAN_BANS = [
    ("red wine", "2204.21.5040"),
    ("beer", "2203.00.0030"),
    ("ice cider", "2206.00.1500"),
    ("rye whisky", "2208.30.6055"),
    ("whisky in a cask", "2208.30.6040"),
    ("maple liqueur", "2208.70.0030"),
    ("whey", "0404.10.0500"),
    ("whey of a quota", "0404.10.5090"),
    ("invert molasses", "1702.90.3500"),
    ("cane molasses", "1703.10.3000"),
    ("non-alcoholic beer in cans", "2202.91.0010"),
    ("a motorcycle of 900 cc", "8711.50.0030"),
]


def canadian(hts: str, day: date) -> PlanningInput:
    return with_product(htsCode=hts, countryOfOrigin="CA", as_of=day)


GOODS = [
    Case("PROHIBITED_BY_POLICY", "a live animal", with_product(htsCode="0106.19.9195"), BLOCKING),
    Case("PROHIBITED_BY_POLICY", "fireworks", with_product(htsCode="3604.10.9000"), BLOCKING),
    Case("PROHIBITED_BY_POLICY", "matches", with_product(htsCode="3605.00.0060")),
    Case("PROHIBITED_BY_POLICY", "a rifle", with_product(htsCode="9303.30.8030"), BLOCKING),
    Case(
        "PROHIBITED_BY_POLICY",
        "what the account denies",
        with_account(deniedHtsPrefixes=["4901"]),
        BLOCKING,
    ),
    Case("PROHIBITED_BY_POLICY", "beside it", with_account(deniedHtsPrefixes=["4902"])),
    Case("PROHIBITED_BY_POLICY", "an ivory figure", with_product(htsCode="9601.10.0000"), BLOCKING),
    Case("PROHIBITED_BY_POLICY", "raw ivory", with_product(htsCode="0507.10.0000"), BLOCKING),
    Case("PROHIBITED_BY_POLICY", "a bone figure", with_product(htsCode="9601.90.8000")),
    Case("PROHIBITED_BY_POLICY", "opium", with_product(htsCode="1302.11.0000"), BLOCKING),
    *(
        Case("IMPORT_PROHIBITED", claim, canadian(hts, BANNED), BLOCKING)
        for claim, hts in CANADIAN_BANS
    ),
    *(
        Case("IMPORT_PROHIBITED", f"{claim}, the day before", canadian(hts, BANNED - DAY))
        for claim, hts in CANADIAN_BANS
    ),
    Case("IMPORT_PROHIBITED", "French wine", with_product(htsCode="2204.21.5040")),
    Case("IMPORT_PROHIBITED", "wine in a cask over 10 l", canadian("2204.29.2000", BANNED)),
    Case("IMPORT_PROHIBITED", "cheese, that pays 50 %", canadian("0406.90.9500", BANNED)),
    Case("IMPORT_PROHIBITED", "ginger beer", canadian("2202.10.0040", BANNED)),
    Case("IMPORT_PROHIBITED", "maple syrup", canadian("1702.20.2290", BANNED)),
    Case("IMPORT_PROHIBITED", "a motorcycle of 800 cc", canadian("8711.40.6000", BANNED)),
    Case("IMPORT_PROHIBITED", "whisky that is not named", canadian("2208.30.6085", BANNED)),
    Case("IMPORT_PROHIBITED", "eight digits are named", canadian("2204.21.50", BANNED), BLOCKING),
    Case("IMPORT_PROHIBITED", "six digits may be of it", canadian("2204.21", BANNED), WARNING),
    Case("IMPORT_PROHIBITED", "six digits of vermouth's like", canadian("2205.90", BANNED)),
    Case(
        "UFLPA_SECTOR_REVIEW",
        "a Chinese shirt",
        with_product(**SHIRT, countryOfOrigin="CN"),
        WARNING,
    ),
    Case(
        "UFLPA_SECTOR_REVIEW",
        "a shirt of a Chinese maker",
        with_product(**SHIRT, manufacturer={**CHINESE, "postalCode": "510000"}),
        WARNING,
    ),
    Case(
        "UFLPA_SECTOR_REVIEW",
        "with its proof",
        with_product(**SHIRT, countryOfOrigin="CN", pga={"uflpa": {"evidence": "trace 17"}}),
    ),
    Case("UFLPA_SECTOR_REVIEW", "a British shirt", with_product(**SHIRT)),
    Case("UFLPA_SECTOR_REVIEW", "a Chinese book", with_product(countryOfOrigin="CN")),
    Case(
        "UFLPA_SECTOR_REVIEW",
        "Chinese steel, the day before it became a sector",
        with_product(htsCode="7318150000", countryOfOrigin="CN", as_of=date(2025, 8, 18)),
    ),
    Case(
        "UFLPA_SECTOR_REVIEW",
        "Chinese steel, the day it became one",
        with_product(htsCode="7318150000", countryOfOrigin="CN", as_of=date(2025, 8, 19)),
        WARNING,
    ),
]

REMEDIES = [
    *[
        Case("ADCVD_REVIEW", claim, with_product(htsCode=hts, countryOfOrigin=origin), severity)
        for claim, hts, origin, severity in (
            ("Chinese plywood without a word", "4412.33.0640", "CN", WARNING),
            ("Finnish plywood", "4412.33.0640", "FI", None),
            ("Indonesian plywood", "4412.33.0640", "ID", WARNING),
            ("Korean tyres", "4011.10.1010", "KR", WARNING),
            ("shrimp of Ecuador", "0306.17.0004", "EC", WARNING),
            ("the heading beside it", "4413.00.0000", "CN", None),
            ("Chinese candles", "3406.00.0000", "CN", WARNING),
            ("Chinese pencils", "9609.10.0000", "CN", WARNING),
            ("Chinese ribbon with woven selvedge", "5806.32.1020", "CN", WARNING),
            ("the same of Taiwan", "5806.32.1020", "TW", WARNING),
            ("the same of Japan", "5806.32.1020", "JP", None),
            ("carrier bags of Vietnam", "3923.21.0085", "VN", WARNING),
            ("other bags of Vietnam", "3923.21.0095", "VN", None),
            ("honey of Argentina", "0409.00.0056", "AR", WARNING),
            ("a Chinese mug", "6912.00.4400", "CN", None),
            ("Chinese tiles", "6907.21.1011", "CN", WARNING),
            ("a Chinese cushion", "9404.90.2090", "CN", None),
            ("a Chinese mattress", "9404.21.0013", "CN", WARNING),
            ("foil pans of China", "7615.10.7125", "CN", WARNING),
        )
    ],
    Case(
        "ADCVD_REVIEW",
        "`none` is a word",
        with_product(htsCode="4412330640", countryOfOrigin="CN", adcvdCase="none"),
    ),
    *[
        Case("ADCVD_CASE_INVALID", f"{text!r} is none", with_product(adcvdCase=text), WARNING)
        for text in ("-", "0", "tbd", "A-570", "A-57O-504", "B-570-504", "A-570-504?")
    ],
    *[
        Case("ADCVD_CASE_INVALID", f"{text!r} is one", with_product(adcvdCase=text))
        for text in (
            "A-570-504",
            "C-570-505",
            "a-570-504",
            "A-570-504-001",
            "A570504000",
            "A-570-051, C-570-052",
        )
    ],
    *[
        Case("ADCVD_CASE_INVALID", f"{text!r} denies one", with_product(adcvdCase=text))
        for text in ("none", "NONE", "No", "n/a", "Not applicable")
    ],
    Case("ADCVD_CASE_INVALID", "nothing is said", with_product()),
    Case("USMCA_CLAIM_INVALID", "for a British book", with_product(usmca={"claim": True}), WARNING),
    Case(
        "USMCA_CLAIM_INVALID",
        "for a Mexican book",
        with_product(usmca={"claim": True}, countryOfOrigin="MX"),
    ),
    Case("USMCA_CLAIM_INVALID", "no claim", with_product(usmca={"claim": False})),
    Case("USMCA_CERTIFICATION_MISSING", "over 2,500.00", usmca(250_001), WARNING),
    Case("USMCA_CERTIFICATION_MISSING", "2,500.00 to the cent", usmca(250_000)),
    Case("USMCA_CERTIFICATION_MISSING", "certified", usmca(250_001, certification="C-1")),
]

CASES = [*GOODS, *REMEDIES]
