"""Who made the goods."""

from typing import Any

from support.planning import MAKER, with_product
from unit.planner.rules.case import BLOCKING, INFO, WARNING, Case

CHINESE: dict[str, Any] = {**MAKER, "name": "Guangzhou Mill", "city": "Guangzhou", "country": "CN"}
COTTON = [{"name": "cotton", "percentHundredths": 10_000}]
SHIRT: dict[str, Any] = {"htsCode": "6109.10.0012", "materials": COTTON}


CASES = [
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "a shirt without a maker",
        with_product(**SHIRT, manufacturer=None),
        BLOCKING,
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "a maker without a street",
        with_product(**SHIRT, manufacturer={"addressLines": None}),
        BLOCKING,
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "a MID is enough",
        with_product(**SHIRT, manufacturer={"addressLines": None, "mid": "GBPRIHOU4LEE"}),
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "a text that is no MID is not",
        with_product(**SHIRT, manufacturer={"addressLines": None, "mid": "N/A"}),
        BLOCKING,
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "an address without a country",
        with_product(**SHIRT, manufacturer={"country": None}),
        BLOCKING,
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "chapter 50 is the first",
        with_product(htsCode="5007.20.0015", manufacturer=None),
        BLOCKING,
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "chapter 64 is none",
        with_product(htsCode="6403.99.6030", materials=COTTON, manufacturer=None),
    ),
    *[
        Case(
            "TEXTILE_MANUFACTURER_MISSING", goods, with_product(htsCode=hts, manufacturer=None), to
        )
        for goods, hts, to in (
            ("a felt hat", "6505.00.0400", BLOCKING),
            ("a bag of cotton", "4202.12.4000", BLOCKING),
            ("a quilt", "9404.40.9022", BLOCKING),
            ("a handbag of a number that was not read", "4202.22.4500", WARNING),
            ("a handbag of leather", "4202.21.9000", None),
        )
    ],
    Case("MANUFACTURER_MISSING", "a book", with_product(manufacturer=None), INFO),
    Case(
        "MANUFACTURER_MISSING",
        "goods that the FDA is likely to regulate",
        with_product(htsCode="3304.99.5000", manufacturer=None),
        WARNING,
    ),
    Case(
        "MANUFACTURER_MISSING",
        "goods of an AD/CVD case",
        with_product(adcvdCase="A-570-900", manufacturer=None),
        WARNING,
    ),
    Case("MANUFACTURER_MISSING", "a textile is R23's", with_product(**SHIRT, manufacturer=None)),
    Case("MANUFACTURER_MISSING", "a maker is named", with_product()),
    Case(
        "CN_MANUFACTURER_POSTAL_CODE_MISSING",
        "a Chinese shirt without one",
        with_product(**SHIRT, manufacturer={**CHINESE, "postalCode": None}),
        BLOCKING,
    ),
    Case(
        "CN_MANUFACTURER_POSTAL_CODE_MISSING",
        "a Chinese book without one",
        with_product(manufacturer={**CHINESE, "postalCode": None}),
        WARNING,
    ),
    Case(
        "CN_MANUFACTURER_POSTAL_CODE_MISSING",
        "five digits",
        with_product(manufacturer={**CHINESE, "postalCode": "51000"}),
        WARNING,
    ),
    Case(
        "CN_MANUFACTURER_POSTAL_CODE_MISSING",
        "six digits",
        with_product(manufacturer={**CHINESE, "postalCode": "510000"}),
    ),
    Case("CN_MANUFACTURER_POSTAL_CODE_MISSING", "a British maker", with_product()),
    Case(
        "UFLPA_XINJIANG_ADDRESS",
        "a code of Urumqi",
        with_product(manufacturer={**CHINESE, "postalCode": "830000"}),
        BLOCKING,
    ),
    Case(
        "UFLPA_XINJIANG_ADDRESS",
        "the last code of Xinjiang",
        with_product(manufacturer={**CHINESE, "postalCode": "849999"}),
        BLOCKING,
    ),
    Case(
        "UFLPA_XINJIANG_ADDRESS",
        "the code before",
        with_product(manufacturer={**CHINESE, "postalCode": "829999"}),
    ),
    Case(
        "UFLPA_XINJIANG_ADDRESS",
        "the code after",
        with_product(manufacturer={**CHINESE, "postalCode": "850000"}),
    ),
    *[
        Case(
            "UFLPA_XINJIANG_ADDRESS",
            f"however the code is written: {code}",
            with_product(manufacturer={**CHINESE, "postalCode": code}),
            BLOCKING,
        )
        for code in ("830 000", "830-000", "CN-830000", "\uff18\uff13" + "0000")
    ],
    Case(
        "UFLPA_XINJIANG_ADDRESS",
        "the same digits in Germany",
        with_product(manufacturer={"country": "DE", "postalCode": "830000"}),
    ),
    *[
        Case(
            "MANUFACTURER_COUNTRY_INVALID",
            f"{code!r} hides whether the maker is Chinese",
            with_product(manufacturer={**CHINESE, "country": code, "postalCode": "830000"}),
            BLOCKING,
        )
        for code in ("CHINA", "China", "CHN", "P.R.CHINA", "cn", "ZZ", "12")
    ],
    Case("MANUFACTURER_COUNTRY_INVALID", "Germany", with_product(manufacturer={"country": "DE"})),
    Case(
        "MANUFACTURER_COUNTRY_INVALID", "Kosovo's XK", with_product(manufacturer={"country": "XK"})
    ),
    Case("MANUFACTURER_COUNTRY_INVALID", "no maker", with_product(manufacturer=None)),
    *[
        Case(
            "MANUFACTURER_MID_INVALID",
            f"{mid!r}",
            with_product(manufacturer={"mid": mid}),
            WARNING,
        )
        for mid in (
            "N/A",
            "CN SHETEX1234SHE",
            "CNSHETEX1234SHEN",
            "CASHETEX1234TOR",
            "QQPRIHOU4LEE",
        )
    ],
    *[
        Case("MANUFACTURER_MID_INVALID", f"{mid!r} is one", with_product(manufacturer={"mid": mid}))
        for mid in ("GBPRIHOU4LEE", "CNSHETEX1234SHE", "XOMAPKNI12TOR")
    ],
]
