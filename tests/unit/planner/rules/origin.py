"""Where the goods were made."""

from support.planning import with_product
from unit.planner.rules.case import BLOCKING, WARNING, Case

CASES = [
    Case("ORIGIN_MISSING", "none", with_product(countryOfOrigin=None), BLOCKING),
    Case("ORIGIN_MISSING", "a wrong one is not missing", with_product(countryOfOrigin="China")),
    Case("ORIGIN_INVALID", "UK", with_product(countryOfOrigin="UK"), BLOCKING),
    Case("ORIGIN_INVALID", "EU", with_product(countryOfOrigin="EU"), BLOCKING),
    Case("ORIGIN_INVALID", "China", with_product(countryOfOrigin="China"), BLOCKING),
    Case("ORIGIN_INVALID", "lower case", with_product(countryOfOrigin="gb"), BLOCKING),
    Case("ORIGIN_INVALID", "GB", with_product(countryOfOrigin="GB")),
    Case("ORIGIN_INVALID", "XK only warns", with_product(countryOfOrigin="XK")),
    Case("ORIGIN_EMBARGOED", "Cuba", with_product(countryOfOrigin="CU"), BLOCKING),
    Case("ORIGIN_EMBARGOED", "Iran", with_product(countryOfOrigin="IR"), BLOCKING),
    Case("ORIGIN_EMBARGOED", "North Korea", with_product(countryOfOrigin="KP"), BLOCKING),
    Case("ORIGIN_EMBARGOED", "South Korea", with_product(countryOfOrigin="KR")),
    Case(
        "RUSSIA_IMPORT_BAN",
        "Russian vodka",
        with_product(countryOfOrigin="RU", htsCode="2208.60.2000"),
        BLOCKING,
    ),
    Case(
        "RUSSIA_IMPORT_BAN",
        "Finnish vodka",
        with_product(countryOfOrigin="FI", htsCode="2208.60.2000"),
    ),
    Case("RUSSIA_IMPORT_BAN", "a Russian book", with_product(countryOfOrigin="RU")),
    Case(
        "RUSSIA_IMPORT_BAN",
        "Russian vinegar, the heading after the drinks",
        with_product(countryOfOrigin="RU", htsCode="2209.00.0000"),
    ),
    Case("ORIGIN_SANCTIONS_REVIEW", "a Russian book", with_product(countryOfOrigin="RU"), WARNING),
    Case("ORIGIN_SANCTIONS_REVIEW", "Ukraine", with_product(countryOfOrigin="UA"), WARNING),
    Case("ORIGIN_SANCTIONS_REVIEW", "Belarus", with_product(countryOfOrigin="BY"), WARNING),
    Case("ORIGIN_SANCTIONS_REVIEW", "Syria", with_product(countryOfOrigin="SY"), WARNING),
    Case("ORIGIN_SANCTIONS_REVIEW", "Poland", with_product(countryOfOrigin="PL")),
    Case(
        "ORIGIN_SANCTIONS_REVIEW",
        "banned Russian goods are said by R19 alone",
        with_product(countryOfOrigin="RU", htsCode="2208.60.2000"),
    ),
    Case("ORIGIN_DOUBTFUL", "Hong Kong", with_product(countryOfOrigin="HK"), WARNING),
    Case("ORIGIN_DOUBTFUL", "Kosovo's XK", with_product(countryOfOrigin="XK"), WARNING),
    Case("ORIGIN_DOUBTFUL", "China itself is no doubt", with_product(countryOfOrigin="CN")),
]
