"""What the rules make of a text however it is written: the edge makes it canonical first."""

from planner.domain.facts import PlanningInput
from shared.contracts.catalogue import ProductFact
from shared.contracts.orders import OrderFact
from shared.synced import dump_content
from support.planning import BOOK, ORDER, a_plan, line, order, product
from unit.planner.rules.case import BLOCKING, WARNING, Case
from unit.planner.rules.makers import CHINESE, SHIRT


def synced(**changes: object) -> PlanningInput:
    """A plan of a product as it was sent, with these texts in it."""
    return a_plan(products={BOOK: dump_content(ProductFact.model_validate(product(**changes)))})


def sent_to(**changes: object) -> PlanningInput:
    """A plan of an order as it was sent, with these texts in it."""
    return a_plan({ORDER: dump_content(OrderFact.model_validate(order(line(), **changes)))})


def in_urumqi(country: str, origin: str) -> PlanningInput:
    maker = {**CHINESE, "country": country, "postalCode": "830000"}
    return synced(**SHIRT, manufacturer=maker, countryOfOrigin=origin)


MAKERS = [
    *[
        Case(
            "UFLPA_XINJIANG_ADDRESS",
            f"{said!r} is CN, of {origin}",
            in_urumqi(said, origin),
            BLOCKING,
        )
        for said in ("CN", "cn", " CN", "CN ", "C N", "\u200bCN", "C.N.")
        for origin in ("CN", "VN")
    ],
    *[
        Case("MANUFACTURER_COUNTRY_INVALID", f"{said!r} is none", in_urumqi(said, "VN"), BLOCKING)
        for said in ("China", "CHINA", "CHN", "P.R. China")
    ],
    *[
        Case(
            "TEXTILE_MANUFACTURER_MISSING",
            f"{blank!r} is no street",
            synced(**SHIRT, manufacturer={"addressLines": [blank]}),
            BLOCKING,
        )
        for blank in (" ", "\t\n", "\u00a0", "\u200b")
    ],
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "an empty MID is none",
        synced(**SHIRT, manufacturer={"addressLines": [], "mid": " "}),
        BLOCKING,
    ),
    Case(
        "MANUFACTURER_MID_INVALID",
        "in small letters",
        synced(manufacturer={"mid": " gbprihou4lee"}),
    ),
]

GOODS = [
    Case("ORIGIN_INVALID", "' PT ' is PT", synced(countryOfOrigin=" PT ")),
    Case("ORIGIN_INVALID", "'gb' is GB", synced(countryOfOrigin="gb")),
    Case("ORIGIN_MISSING", "a blank is none", synced(countryOfOrigin=" "), BLOCKING),
    *[
        Case("HTS_INVALID", f"{said!r} is one", synced(htsCode=said))
        for said in ("4901.99.0093\t", "4901 99 0093", "\ufeff4901990093", "4901\u00a099\u00a00093")
    ],
    Case("HTS_MISSING", "a blank is none", synced(htsCode="\t"), BLOCKING),
    Case("DESCRIPTION_MISSING", "a blank is none", synced(description=" \u200b\n"), BLOCKING),
    Case(
        "ADCVD_REVIEW",
        "a blank is no word",
        synced(htsCode="4412330640", countryOfOrigin="CN", adcvdCase=" "),
        WARNING,
    ),
    Case("ADCVD_CASE_INVALID", "a blank is nothing", synced(adcvdCase=" ")),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "a blank is no certificate",
        synced(childrens=True, pga={"cpsc": {"certificate": " "}}),
        WARNING,
    ),
    Case(
        "MELT_COUNTRY_INVALID",
        "'cn ' is CN",
        synced(metal={"kind": "steel", "weightPercentHundredths": 1, "meltCountry": "cn "}),
    ),
]

ORDERS = [
    Case("DESTINATION_NOT_US", "'us' is US", sent_to(destinationCountry="us")),
    Case("DESTINATION_REGION_INVALID", "' ny' is NY", sent_to(destinationRegion=" ny")),
    Case("DESTINATION_REGION_INVALID", "a blank is none", sent_to(destinationRegion=" "), WARNING),
    Case("DESTINATION_POSTAL_CODE_INVALID", "'14201 '", sent_to(destinationPostalCode="14201 ")),
    Case(
        "CONSIGNEE_IDENTITY_MISSING",
        "a blank is no street",
        sent_to(consignee={"addressLines": [" "]}),
        WARNING,
    ),
]

CASES = [*MAKERS, *GOODS, *ORDERS]
