"""Units, parties and the shipment."""

from dataclasses import replace
from datetime import date
from typing import Any

from planner import rulesets
from planner.domain.facts import PlanningInput
from support import world
from support.planning import (
    a_plan,
    line,
    order,
    product,
    with_account,
    with_broker,
    with_order,
    with_product,
    with_shipment,
    with_warehouse,
)
from unit.planner.rules.case import BLOCKING, INFO, WARNING, Case


def value_of(cents: int) -> PlanningInput:
    return with_order(line(unit_value_cents=cents), consignee={})


def towels_of(cents: int) -> PlanningInput:
    """British goods of a number that the duty of Section 301 leaves nothing out of."""
    return replace(value_of(cents), products={"prod_book": product(htsCode="6302.60.0020")})


def no_bond(plan: PlanningInput) -> PlanningInput:
    return with_account(plan, importerOfRecord={"bond": None})


def chinese_steel_of(cents: int) -> PlanningInput:
    steel = product(htsCode="7326.90.8688", countryOfOrigin="CN")
    return replace(value_of(cents), products={"prod_book": steel})


def bill(kind: str, *order_ids: str) -> dict[str, Any]:
    named = {"orderIds": list(order_ids)} if order_ids else {}
    return {"kind": kind, "number": f"{kind}-{'-'.join(order_ids)}", **named}


def travelling(mode: str, *bills: dict[str, Any]) -> PlanningInput:
    return with_shipment(paps=None, transportMode=mode, bills=list(bills))


def two_orders(*bills: dict[str, Any]) -> PlanningInput:
    plan = a_plan({"ord_1": order(), "ord_2": order()})
    return replace(plan, shipment=travelling("AIR", *bills).shipment)


def weighed(*grams: int | None) -> PlanningInput:
    """A book of 400 g in packages of these gross weights."""
    packages = [
        {"kind": "BOX", "count": 1} | ({} if each is None else {"grossWeightGrams": each})
        for each in grams
    ]
    return with_shipment(packages=packages)


UNIT = [
    Case("FORMAL_ENTRY_REQUIREMENTS_MISSING", "2,500.01", no_bond(value_of(250_001)), BLOCKING),
    Case("FORMAL_ENTRY_REQUIREMENTS_MISSING", "2,500.00", no_bond(value_of(250_000))),
    Case("FORMAL_ENTRY_REQUIREMENTS_MISSING", "a bond is on file", value_of(250_001)),
    Case(
        "FORMAL_ENTRY_REQUIREMENTS_MISSING",
        "no power of attorney",
        with_account(value_of(250_001), importerOfRecord={"powerOfAttorney": False}),
        BLOCKING,
    ),
    Case(
        "FORMAL_ENTRY_REQUIREMENTS_MISSING",
        "an AD/CVD case of any value",
        no_bond(with_product(adcvdCase="A-570-900")),
        BLOCKING,
    ),
    Case(
        "FORMAL_ENTRY_REQUIREMENTS_MISSING",
        "the case `none`",
        no_bond(with_product(adcvdCase="None")),
    ),
    Case("ENTRY_TYPE_FORMAL", "2,500.01", value_of(250_001), INFO),
    Case("ENTRY_TYPE_FORMAL", "2,500.00", value_of(250_000)),
    Case("ENTRY_TYPE_FORMAL", "the account's choice", with_account(formalAlways=True), INFO),
    Case("ENTRY_TYPE_FORMAL", "not while it is blocked", no_bond(value_of(250_001))),
    Case("DE_MINIMIS_SUSPENDED", "800.00", value_of(80_000), INFO),
    Case("DE_MINIMIS_SUSPENDED", "800.01", value_of(80_001)),
    Case("DE_MINIMIS_SUSPENDED", "the day before", a_plan(as_of=date(2025, 8, 28))),
    Case("DE_MINIMIS_SUSPENDED", "the day of", a_plan(as_of=date(2025, 8, 29)), INFO),
    Case("INFORMAL_CHAPTER_99_CHECK", "250.01, the clause suspended", towels_of(25_001), INFO),
    Case(
        "INFORMAL_CHAPTER_99_CHECK",
        "a line of 250.01 before the clause was suspended",
        replace(chinese_steel_of(25_001), ruleset=rulesets.load(date(2025, 4, 29))),
        WARNING,
    ),
    Case("INFORMAL_CHAPTER_99_CHECK", "a line of 250.00", towels_of(25_000)),
    Case(
        "INFORMAL_CHAPTER_99_CHECK",
        "a formal unit",
        with_account(towels_of(25_001), formalAlways=True),
    ),
    Case("INFORMAL_CHAPTER_99_CHECK", "books, that no programme touches", value_of(25_001)),
]

BATCH = [
    Case("UNIT_PARTY_DATA_MISSING", "nothing is missing", a_plan()),
    Case("UNIT_PARTY_DATA_MISSING", "no importer", with_account(importerOfRecord=None), BLOCKING),
    Case(
        "UNIT_PARTY_DATA_MISSING",
        "a social security number",
        with_account(importerOfRecord={"number": "123-45-6789"}),
        BLOCKING,
    ),
    Case(
        "UNIT_PARTY_DATA_MISSING",
        "an EIN one digit short",
        with_account(importerOfRecord={"number": "12-345678"}),
        BLOCKING,
    ),
    Case(
        "UNIT_PARTY_DATA_MISSING",
        "an EIN with its suffix",
        with_account(importerOfRecord={"number": "12-345678900"}),
    ),
    Case(
        "UNIT_PARTY_DATA_MISSING",
        "a number that CBP assigned",
        with_account(importerOfRecord={"number": "261234-12345"}),
    ),
    Case("UNIT_PARTY_DATA_MISSING", "no seller", with_account(exporter=None), BLOCKING),
    Case(
        "UNIT_PARTY_DATA_MISSING", "no employee", with_account(responsibleEmployee=None), BLOCKING
    ),
    Case("UNIT_PARTY_DATA_MISSING", "no warehouse address", with_warehouse(address=None), BLOCKING),
    Case("SUBMISSION_NOT_POSSIBLE", "a broker without e-mail", with_broker(email=None), BLOCKING),
    Case("SUBMISSION_NOT_POSSIBLE", "a broker with e-mail", with_broker()),
    Case("WAREHOUSE_NOT_NOTIFIED", "a warehouse without e-mail", with_warehouse(email=None), INFO),
    Case("WAREHOUSE_NOT_NOTIFIED", "a warehouse with e-mail", with_warehouse()),
    Case("SHIPMENT_DATA_MISSING", "no port", with_shipment(portOfEntry=None), WARNING),
    Case("SHIPMENT_DATA_MISSING", "no carrier", with_shipment(carrier=None), WARNING),
    Case("SHIPMENT_DATA_MISSING", "no ETA", with_shipment(eta=None), WARNING),
    Case("SHIPMENT_DATA_MISSING", "a truck without PAPS", with_shipment(paps=None), WARNING),
    *[
        Case("SHIPMENT_DATA_MISSING", f"{mode} without its bill", travelling(mode), WARNING)
        for mode in ("AIR", "OCEAN", "RAIL")
    ],
    *[
        Case("SHIPMENT_DATA_MISSING", f"{mode} with {kind}", travelling(mode, bill(kind)))
        for mode, kind in (
            ("AIR", "AWB"),
            ("OCEAN", "OCEAN_BILL"),
            ("RAIL", "RAIL_BILL"),
            ("TRUCK", "PAPS"),
        )
    ],
    Case(
        "SHIPMENT_DATA_MISSING",
        "air with a ship's bill",
        travelling("AIR", bill("OCEAN_BILL")),
        WARNING,
    ),
    Case("ORDERS_ON_NO_BILL", "one of two", two_orders(bill("AWB", "ord_1")), WARNING),
    Case("ORDERS_ON_NO_BILL", "each", two_orders(bill("AWB", "ord_1"), bill("AWB", "ord_2"))),
    Case("ORDERS_ON_NO_BILL", "a bill for the rest", two_orders(bill("AWB", "ord_1"), bill("AWB"))),
    Case("ORDERS_ON_NO_BILL", "no bills", two_orders()),
    Case("NET_WEIGHT_ABOVE_GROSS", "a gram less than net", weighed(399), WARNING),
    Case("NET_WEIGHT_ABOVE_GROSS", "net to the gram", weighed(400)),
    Case("NET_WEIGHT_ABOVE_GROSS", "0 is not given", weighed(0)),
    Case("NET_WEIGHT_ABOVE_GROSS", "one kind not weighed", weighed(399, None)),
    Case("NET_WEIGHT_ABOVE_GROSS", "two kinds together", weighed(199, 200), WARNING),
    Case(
        "NET_WEIGHT_ABOVE_GROSS",
        "one order's packages, lighter than it",
        replace(
            two_orders(),
            shipment=world.SHIPMENT
            | {
                "packages": [
                    {"kind": "BOX", "count": 1, "grossWeightGrams": 300, "orderIds": ["ord_1"]},
                    {"kind": "BOX", "count": 1, "grossWeightGrams": 900, "orderIds": ["ord_2"]},
                ]
            },
        ),
        WARNING,
    ),
    Case(
        "SHIPMENT_DATE_DOUBTFUL",
        "arrival in 2001",
        with_shipment(eta="2001-01-01T00:00:00.000Z"),
        WARNING,
    ),
    Case(
        "SHIPMENT_DATE_DOUBTFUL", "export in 1999", with_shipment(exportDate="1999-01-01"), WARNING
    ),
    Case(
        "SHIPMENT_DATE_DOUBTFUL",
        "export after arrival",
        with_shipment(exportDate="2026-11-26"),
        WARNING,
    ),
    Case(
        "SHIPMENT_DATE_DOUBTFUL",
        "export a month before arrival",
        with_shipment(exportDate="2026-10-20"),
    ),
    Case(
        "SHIPMENT_DATE_DOUBTFUL", "arrival in years", with_shipment(eta="2030-01-01T00:00:00.000Z")
    ),
    Case("SHIPMENT_DATE_DOUBTFUL", "no dates", with_shipment(eta=None, exportDate=None)),
    Case("INCOTERM_UNKNOWN", "ZZZ", with_shipment(incoterm="ZZZ"), WARNING),
    Case("INCOTERM_UNKNOWN", "an order's", with_order(incoterm="XXX"), WARNING),
    *[
        Case("INCOTERM_UNKNOWN", str(code), with_shipment(incoterm=code))
        for code in ("DAP", "DDU", None)
    ],
    Case("SHIPMENT_DATA_MISSING", "all of it", with_shipment()),
    Case("PACKAGES_ASSUMED", "no packages", with_shipment(packages=None), INFO),
    Case("PACKAGES_ASSUMED", "packages", with_shipment()),
    Case(
        "GROSS_WEIGHT_ASSUMED",
        "packages without weight",
        with_shipment(packages=[{"kind": "CARTON", "count": 2}]),
        INFO,
    ),
    Case("GROSS_WEIGHT_ASSUMED", "packages that weigh nothing", weighed(0), INFO),
    Case("GROSS_WEIGHT_ASSUMED", "partly weighed", weighed(500, None), INFO),
    Case("GROSS_WEIGHT_ASSUMED", "no packages", with_shipment(packages=None), INFO),
    Case("GROSS_WEIGHT_ASSUMED", "packages with weight", with_shipment()),
]

CASES = [*UNIT, *BATCH]
