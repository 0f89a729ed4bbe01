"""Where the goods go, to whom, and for how much."""

from planner.domain.facts import PlanningInput
from support.planning import BOOK, ORDER, a_plan, line, order, product, with_order
from unit.planner.rules.case import BLOCKING, WARNING, Case


def value_of(cents: int) -> PlanningInput:
    return with_order(line(unit_value_cents=cents), consignee={})


def sold(cents: int, usual: int | None) -> PlanningInput:
    lines = line(unit_value_cents=cents, quantity=24)
    return a_plan({ORDER: order(lines)}, {BOOK: product(unitValueCents=usual)})


OUTSIDE: list[tuple[str, dict[str, str]]] = [
    *[
        (f"country {code}", {"destinationCountry": code})
        for code in ("GU", "VI", "AS", "MP", "UM", "FM", "PW", "MH")
    ],
    *[
        (f"region {name}", {"destinationRegion": name})
        for name in (
            "FM",
            "MP",
            "Guam",
            "US-GU",
            "U.S. Virgin Islands",
            "Virgin Islands (U.S.)",
            "american samoa",
            "CNMI",
            "Northern Mariana Islands",
            "Republic of Palau",
            "Federated States of Micronesia",
            "Marshall Islands",
        )
    ],
    *[
        (f"ZIP code {code}", {"destinationPostalCode": code})
        for code in (
            "96910",
            "00802",
            "00840-1234",
            "969101234",
            "802",
            "96799",
            "96950",
            "96940",
            "96941",
            "96960",
        )
    ],
    (
        "a ZIP code beside a name of no state",
        {"destinationRegion": "Tumon"} | {"destinationPostalCode": "96913"},
    ),
]

DESTINATION = [
    Case(
        "DESTINATION_NOT_US", "Canada is not the US", with_order(destinationCountry="CA"), BLOCKING
    ),
    Case("DESTINATION_NOT_US", "country PR is the US", with_order(destinationCountry="PR")),
    Case("DESTINATION_NOT_US", "Guam is said by R03 alone", with_order(destinationCountry="GU")),
    Case(
        "DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
        "Guam by country",
        with_order(destinationCountry="GU"),
        BLOCKING,
    ),
    Case(
        "DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
        "Guam by region",
        with_order(destinationRegion="GU"),
        BLOCKING,
    ),
    *[
        Case(
            "DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
            f"{place}, however it is told",
            with_order(**{"destinationRegion": None, "destinationPostalCode": None} | told),
            BLOCKING,
        )
        for place, told in OUTSIDE
    ],
    *[
        Case(
            "DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
            f"ZIP code {code} is inside",
            with_order(destinationRegion=None, destinationPostalCode=code),
        )
        for code in ("00601", "00901", "96701", "96813", "96201", "09801", "1696", "14201")
    ],
    Case(
        "DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
        "Puerto Rico is inside",
        with_order(destinationRegion="PR"),
    ),
    Case("DESTINATION_REGION_INVALID", "no region", with_order(destinationRegion=None), WARNING),
    Case("DESTINATION_REGION_INVALID", "Ontario", with_order(destinationRegion="ON"), WARNING),
    Case(
        "DESTINATION_REGION_INVALID", "military mail", with_order(destinationRegion="AE"), WARNING
    ),
    Case("DESTINATION_REGION_INVALID", "DC", with_order(destinationRegion="DC")),
    Case(
        "DESTINATION_REGION_INVALID",
        "country PR needs no region",
        with_order(destinationCountry="PR", destinationRegion=None),
    ),
    Case(
        "DESTINATION_POSTAL_CODE_INVALID", "none", with_order(destinationPostalCode=None), WARNING
    ),
    Case("DESTINATION_POSTAL_CODE_INVALID", "4", with_order(destinationPostalCode="1420"), WARNING),
    Case(
        "DESTINATION_POSTAL_CODE_INVALID",
        "5+3",
        with_order(destinationPostalCode="14201-123"),
        WARNING,
    ),
    Case(
        "DESTINATION_POSTAL_CODE_INVALID",
        "5x4",
        with_order(destinationPostalCode="14201x1234"),
        WARNING,
    ),
    *[
        Case(
            "DESTINATION_ZIP_NOT_IN_STATE",
            f"{region} and {code}",
            with_order(destinationRegion=region, destinationPostalCode=code),
            WARNING,
        )
        for region, code in (
            ("NY", "94105"),
            ("CA", "10001-1234"),
            ("HI", "96910"),
            ("NY", "00802"),
            ("PR", "00802"),
            ("TX", "00000"),
        )
    ],
    *[
        Case(
            "DESTINATION_ZIP_NOT_IN_STATE",
            f"{region} and {code}",
            with_order(destinationRegion=region, destinationPostalCode=code),
        )
        for region, code in (
            ("NY", "06390"),
            ("CT", "06390"),
            ("PR", "00901"),
            ("DC", "20001"),
            ("AE", "09801"),
            ("Guam", "96910"),
            ("NY", "9410"),
            ("HI", "96813"),
            ("TX", "88510"),
        )
    ],
    Case("DESTINATION_POSTAL_CODE_INVALID", "5", with_order(destinationPostalCode="14201")),
    Case("DESTINATION_POSTAL_CODE_INVALID", "9", with_order(destinationPostalCode="142011234")),
    Case("DESTINATION_POSTAL_CODE_INVALID", "5+4", with_order(destinationPostalCode="14201-1234")),
]

PARTIES_OF_ORDER = [
    Case("CONSIGNEE_IDENTITY_MISSING", "nobody is named", with_order(consignee=None), WARNING),
    Case(
        "CONSIGNEE_IDENTITY_MISSING",
        "a name without a street",
        with_order(consignee={"addressLines": []}),
        WARNING,
    ),
    Case("CONSIGNEE_IDENTITY_MISSING", "name and street", with_order()),
    Case("ORDER_ALREADY_EXPORTED", "it has gone", a_plan(exported=frozenset({ORDER})), BLOCKING),
    Case("ORDER_ALREADY_EXPORTED", "another has gone", a_plan(exported=frozenset({"ord_2"}))),
]

VALUE = [
    Case("UNIT_VALUE_INVALID", "zero", value_of(0), BLOCKING),
    Case("UNIT_VALUE_INVALID", "one cent is a value", value_of(1)),
    Case("UNIT_VALUE_SUSPECT", "a cent under the floor", sold(99, None), WARNING),
    Case("UNIT_VALUE_SUSPECT", "under the floor, and the product's own usual value", sold(67, 67)),
    Case("UNIT_VALUE_SUSPECT", "half of an odd usual value", sold(1, 3), WARNING),
    Case("UNIT_VALUE_SUSPECT", "a usual value of nothing is none", sold(99, 0), WARNING),
    Case(
        "UNIT_VALUE_SUSPECT",
        "the floor itself, without a reference value",
        sold(100, None),
    ),
    Case("UNIT_VALUE_SUSPECT", "a cent under half the reference value", value_of(999), WARNING),
    Case("UNIT_VALUE_SUSPECT", "half the reference value", value_of(1_000)),
    Case("UNIT_VALUE_SUSPECT", "zero is said by R10 alone", value_of(0)),
]

CASES = [*DESTINATION, *PARTIES_OF_ORDER, *VALUE]
