"""Units, parties and the shipment."""

from dataclasses import replace
from datetime import date

from planner.domain.facts import PlanningInput
from support.planning import (
    a_plan,
    line,
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
    Case(
        "SHIPMENT_DATA_MISSING",
        "a ship without PAPS",
        with_shipment(paps=None, transportMode="OCEAN"),
    ),
    Case("SHIPMENT_DATA_MISSING", "all of it", with_shipment()),
    Case("PACKAGES_ASSUMED", "no packages", with_shipment(packages=None), INFO),
    Case("PACKAGES_ASSUMED", "packages", with_shipment()),
    Case(
        "GROSS_WEIGHT_ASSUMED",
        "packages without weight",
        with_shipment(packages=[{"kind": "CARTON", "count": 2}]),
        INFO,
    ),
    Case("GROSS_WEIGHT_ASSUMED", "no packages", with_shipment(packages=None), INFO),
    Case("GROSS_WEIGHT_ASSUMED", "packages with weight", with_shipment()),
]

CASES = [*UNIT, *BATCH]
