"""Each rule: what fires it, what does not, and the boundary between. The ids are the claims."""

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import pytest

from planner.domain.decide import decide
from planner.domain.facts import PlanningInput
from planner.domain.rules import RULES
from support.planning import (
    MAKER,
    ORDER,
    TARIFF,
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

B, W, I = "BLOCKING", "WARNING", "INFO"  # noqa: E741  # as the domain reference writes them
CHINESE: dict[str, Any] = {**MAKER, "name": "Guangzhou Mill", "city": "Guangzhou", "country": "CN"}
COTTON = [{"name": "cotton", "percentHundredths": 10_000}]
SHIRT: dict[str, Any] = {"htsCode": "6109.10.0012", "materials": COTTON}


class Case(NamedTuple):
    code: str
    claim: str
    given: PlanningInput
    severity: str | None = None  # None: the rule stays silent


def value_of(cents: int) -> PlanningInput:
    return with_order(line(unit_value_cents=cents), consignee={})


def no_bond(plan: PlanningInput) -> PlanningInput:
    return with_account(plan, importerOfRecord={"bond": None})


def usmca(cents: int, **more: str) -> PlanningInput:
    mexican = product(countryOfOrigin="MX", usmca={"claim": True, **more})
    return a_plan({ORDER: order(line(unit_value_cents=cents))}, {"prod_book": mexican})


DESTINATION = [
    Case("DESTINATION_NOT_US", "Canada is not the US", with_order(destinationCountry="CA"), B),
    Case("DESTINATION_NOT_US", "lower case us is the US", with_order(destinationCountry="us")),
    Case("DESTINATION_NOT_US", "country PR is the US", with_order(destinationCountry="PR")),
    Case("DESTINATION_NOT_US", "Guam is said by R03 alone", with_order(destinationCountry="GU")),
    Case(
        "DESTINATION_NOT_US", "the Marianas are not the US", with_order(destinationCountry="MP"), B
    ),
    Case(
        "DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
        "Guam by country",
        with_order(destinationCountry="GU"),
        B,
    ),
    Case(
        "DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
        "Guam by region",
        with_order(destinationRegion="GU"),
        B,
    ),
    Case(
        "DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
        "the Marianas by region rest on no source, so they warn",
        with_order(destinationRegion="MP"),
        W,
    ),
    Case(
        "DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY",
        "Puerto Rico is inside",
        with_order(destinationRegion="PR"),
    ),
    Case("DESTINATION_REGION_INVALID", "no region", with_order(destinationRegion=None), W),
    Case("DESTINATION_REGION_INVALID", "Ontario", with_order(destinationRegion="ON"), W),
    Case("DESTINATION_REGION_INVALID", "military mail", with_order(destinationRegion="AE"), W),
    Case("DESTINATION_REGION_INVALID", "DC", with_order(destinationRegion="DC")),
    Case(
        "DESTINATION_REGION_INVALID",
        "country PR needs no region",
        with_order(destinationCountry="PR", destinationRegion=None),
    ),
    Case("DESTINATION_POSTAL_CODE_INVALID", "none", with_order(destinationPostalCode=None), W),
    Case("DESTINATION_POSTAL_CODE_INVALID", "4", with_order(destinationPostalCode="1420"), W),
    Case(
        "DESTINATION_POSTAL_CODE_INVALID", "5+3", with_order(destinationPostalCode="14201-123"), W
    ),
    Case(
        "DESTINATION_POSTAL_CODE_INVALID", "5x4", with_order(destinationPostalCode="14201x1234"), W
    ),
    Case("DESTINATION_POSTAL_CODE_INVALID", "5", with_order(destinationPostalCode="14201")),
    Case("DESTINATION_POSTAL_CODE_INVALID", "5+4", with_order(destinationPostalCode="14201-1234")),
]

PARTIES_OF_ORDER = [
    Case("CONSIGNEE_IDENTITY_MISSING", "nobody is named", with_order(consignee=None), W),
    Case(
        "CONSIGNEE_IDENTITY_MISSING",
        "a name without a street",
        with_order(consignee={"addressLines": []}),
        W,
    ),
    Case("CONSIGNEE_IDENTITY_MISSING", "name and street", with_order()),
    Case("ORDER_ALREADY_EXPORTED", "it has gone", a_plan(exported=frozenset({ORDER})), B),
    Case("ORDER_ALREADY_EXPORTED", "another has gone", a_plan(exported=frozenset({"ord_2"}))),
]

VALUE = [
    Case("UNIT_VALUE_INVALID", "zero", value_of(0), B),
    Case("UNIT_VALUE_INVALID", "one cent is a value", value_of(1)),
    Case("UNIT_VALUE_SUSPECT", "a cent under the floor", value_of(99), W),
    Case(
        "UNIT_VALUE_SUSPECT",
        "the floor itself, without a reference value",
        a_plan(
            {ORDER: order(line(unit_value_cents=100))},
            {"prod_book": product(unitValueCents=None)},
        ),
    ),
    Case("UNIT_VALUE_SUSPECT", "a cent under half the reference value", value_of(999), W),
    Case("UNIT_VALUE_SUSPECT", "half the reference value", value_of(1_000)),
    Case("UNIT_VALUE_SUSPECT", "zero is said by R10 alone", value_of(0)),
]

CLASSIFICATION = [
    Case("HTS_MISSING", "none", with_product(htsCode=None), B),
    Case("HTS_MISSING", "blank", with_product(htsCode="  "), B),
    Case("HTS_MISSING", "a wrong one is not missing", with_product(htsCode="49")),
    Case("HTS_INVALID", "letters", with_product(htsCode="4901.99.00AB"), B),
    Case("HTS_INVALID", "seven digits", with_product(htsCode="4901990"), B),
    Case("HTS_INVALID", "nine digits", with_product(htsCode="490199009"), B),
    Case("HTS_INVALID", "eleven digits", with_product(htsCode="49019900931"), B),
    Case("HTS_INVALID", "chapter 00", with_product(htsCode="0001.99.0093"), B),
    Case("HTS_INVALID", "the reserved chapter 77", with_product(htsCode="7701.99.0093"), B),
    Case("HTS_INVALID", "a heading of 00", with_product(htsCode="4900.99.0093"), B),
    Case("HTS_INVALID", "digits of another script", with_product(htsCode="٤٩٠١٩٩"), B),
    Case("HTS_INVALID", "dots, blanks and hyphens are fine", with_product(htsCode="4901-99 00.93")),
    Case("HTS_INVALID", "six digits have the form", with_product(htsCode="490199")),
    Case("HTS_INVALID", "absent is not invalid", with_product(htsCode=None)),
    Case("HTS_NOT_TEN_DIGITS", "six", with_product(htsCode="490199"), B),
    Case("HTS_NOT_TEN_DIGITS", "eight", with_product(htsCode="49019900"), B),
    Case("HTS_NOT_TEN_DIGITS", "ten", with_product(htsCode="4901990093")),
    Case(
        "HTS_NOT_TEN_DIGITS",
        "eight, and the broker completes it",
        with_broker(with_product(htsCode="49019900"), completesClassification=True),
        W,
    ),
    Case("HTS_SPECIAL_CHAPTER_ONLY", "98", with_product(htsCode="9801.00.1012"), B),
    Case("HTS_SPECIAL_CHAPTER_ONLY", "99", with_product(htsCode="9903.88.0100"), B),
    Case("HTS_SPECIAL_CHAPTER_ONLY", "97", with_product(htsCode="9701.21.0000")),
    Case("HTS_NOT_FOUND", "not in the table", with_product(htsCode="4901.99.0099"), W),
    Case("HTS_NOT_FOUND", "in the table", with_product()),
    Case("HTS_NOT_FOUND", "eight digits are not looked up", with_product(htsCode="49019900")),
    Case("HTS_NOT_FOUND", "no table", replace(with_product(htsCode="4901990099"), tariff=None)),
    Case("HTS_NOT_CHECKED", "no table is loaded", a_plan(tariff=None), I),
    Case("HTS_NOT_CHECKED", "a table is loaded", a_plan(tariff=TARIFF)),
]

ORIGIN = [
    Case("ORIGIN_MISSING", "none", with_product(countryOfOrigin=None), B),
    Case("ORIGIN_MISSING", "a wrong one is not missing", with_product(countryOfOrigin="China")),
    Case("ORIGIN_INVALID", "UK", with_product(countryOfOrigin="UK"), B),
    Case("ORIGIN_INVALID", "EU", with_product(countryOfOrigin="EU"), B),
    Case("ORIGIN_INVALID", "China", with_product(countryOfOrigin="China"), B),
    Case("ORIGIN_INVALID", "lower case", with_product(countryOfOrigin="gb"), B),
    Case("ORIGIN_INVALID", "GB", with_product(countryOfOrigin="GB")),
    Case("ORIGIN_INVALID", "XK only warns", with_product(countryOfOrigin="XK")),
    Case("ORIGIN_EMBARGOED", "Cuba", with_product(countryOfOrigin="CU"), B),
    Case("ORIGIN_EMBARGOED", "Iran", with_product(countryOfOrigin="IR"), B),
    Case("ORIGIN_EMBARGOED", "North Korea", with_product(countryOfOrigin="KP"), B),
    Case("ORIGIN_EMBARGOED", "South Korea", with_product(countryOfOrigin="KR")),
    Case(
        "RUSSIA_IMPORT_BAN",
        "Russian vodka",
        with_product(countryOfOrigin="RU", htsCode="2208.60.2000"),
        B,
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
    Case("ORIGIN_SANCTIONS_REVIEW", "a Russian book", with_product(countryOfOrigin="RU"), W),
    Case("ORIGIN_SANCTIONS_REVIEW", "Ukraine", with_product(countryOfOrigin="UA"), W),
    Case("ORIGIN_SANCTIONS_REVIEW", "Belarus", with_product(countryOfOrigin="BY"), W),
    Case("ORIGIN_SANCTIONS_REVIEW", "Syria", with_product(countryOfOrigin="SY"), W),
    Case("ORIGIN_SANCTIONS_REVIEW", "Poland", with_product(countryOfOrigin="PL")),
    Case(
        "ORIGIN_SANCTIONS_REVIEW",
        "banned Russian goods are said by R19 alone",
        with_product(countryOfOrigin="RU", htsCode="2208.60.2000"),
    ),
    Case("ORIGIN_DOUBTFUL", "Hong Kong", with_product(countryOfOrigin="HK"), W),
    Case("ORIGIN_DOUBTFUL", "Kosovo's XK", with_product(countryOfOrigin="XK"), W),
    Case("ORIGIN_DOUBTFUL", "China itself is no doubt", with_product(countryOfOrigin="CN")),
]

DESCRIPTION = [
    Case("DESCRIPTION_MISSING", "none; a title does not count", with_product(description=None), B),
    Case("DESCRIPTION_MISSING", "vague is not missing", with_product(description="gift")),
    Case("DESCRIPTION_VAGUE", "a word of the list", with_product(description="Accessories"), W),
    Case("DESCRIPTION_VAGUE", "a phrase", with_product(description="Daily necessities!"), W),
    Case(
        "DESCRIPTION_VAGUE",
        "nothing but general words",
        with_product(description="Assorted spare parts and accessories for the household goods"),
        W,
    ),
    Case("DESCRIPTION_VAGUE", "seven letters", with_product(description="Pencils"), W),
    Case("DESCRIPTION_VAGUE", "eight letters", with_product(description="Notebook")),
    Case(
        "DESCRIPTION_VAGUE",
        "the SKU",
        with_product(description="notebooks", sku="NOTEBOOKS"),
        W,
    ),
    Case("DESCRIPTION_VAGUE", "mostly digits", with_product(description="notebook 123456789"), W),
    Case("DESCRIPTION_VAGUE", "half digits", with_product(description="notebook 12345678")),
    Case(
        "DESCRIPTION_VAGUE",
        "a general word beside one that tells",
        with_product(description="Spare parts for bicycles"),
    ),
]

MANUFACTURER = [
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "a shirt without a maker",
        with_product(**SHIRT, manufacturer=None),
        B,
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "a maker without a street",
        with_product(**SHIRT, manufacturer={"addressLines": None}),
        B,
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "a MID is enough",
        with_product(**SHIRT, manufacturer={"addressLines": None, "mid": "GBPRIHOU4LEE"}),
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "chapter 50 is the first",
        with_product(htsCode="5007.20.0015", manufacturer=None),
        B,
    ),
    Case(
        "TEXTILE_MANUFACTURER_MISSING",
        "chapter 64 is none",
        with_product(htsCode="6403.99.6030", materials=COTTON, manufacturer=None),
    ),
    Case("MANUFACTURER_MISSING", "a book", with_product(manufacturer=None), I),
    Case(
        "MANUFACTURER_MISSING",
        "goods that the FDA is likely to regulate",
        with_product(htsCode="3304.99.5000", manufacturer=None),
        W,
    ),
    Case(
        "MANUFACTURER_MISSING",
        "goods of an AD/CVD case",
        with_product(adcvdCase="A-570-900", manufacturer=None),
        W,
    ),
    Case("MANUFACTURER_MISSING", "a textile is R23's", with_product(**SHIRT, manufacturer=None)),
    Case("MANUFACTURER_MISSING", "a maker is named", with_product()),
    Case(
        "CN_MANUFACTURER_POSTAL_CODE_MISSING",
        "a Chinese shirt without one",
        with_product(**SHIRT, manufacturer={**CHINESE, "postalCode": None}),
        B,
    ),
    Case(
        "CN_MANUFACTURER_POSTAL_CODE_MISSING",
        "a Chinese book without one",
        with_product(manufacturer={**CHINESE, "postalCode": None}),
        W,
    ),
    Case(
        "CN_MANUFACTURER_POSTAL_CODE_MISSING",
        "five digits",
        with_product(manufacturer={**CHINESE, "postalCode": "51000"}),
        W,
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
        B,
    ),
    Case(
        "UFLPA_XINJIANG_ADDRESS",
        "the last code of Xinjiang",
        with_product(manufacturer={**CHINESE, "postalCode": "849999"}),
        B,
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
    Case(
        "UFLPA_XINJIANG_ADDRESS",
        "the same digits in Germany",
        with_product(manufacturer={"country": "DE", "postalCode": "830000"}),
    ),
]

CLASS_DATA = [
    Case("CLASS_DATA_MISSING", "a shirt's fibres", with_product(htsCode="6109.10.0012"), W),
    Case("CLASS_DATA_MISSING", "they are given", with_product(**SHIRT)),
    Case("CLASS_DATA_MISSING", "a chemical's CAS", with_product(htsCode="2905.11.2000"), W),
    Case(
        "CLASS_DATA_MISSING",
        "it is given",
        with_product(htsCode="2905.11.2000", casNumber="67-56-1"),
    ),
    Case("CLASS_DATA_MISSING", "a dye, by its longer prefix", with_product(htsCode="320411"), W),
    Case("CLASS_DATA_MISSING", "a paint, beside it", with_product(htsCode="3208.10.0000")),
    Case(
        "CLASS_DATA_MISSING",
        "copper, by its metal content",
        with_product(
            htsCode="7418.20.1000", metal={"kind": "copper", "weightPercentHundredths": 9_800}
        ),
    ),
    Case("CLASS_DATA_MISSING", "a book", with_product()),
    Case("WEIGHT_MISSING", "none", with_product(weightGrams=None), W),
    Case("WEIGHT_MISSING", "zero", with_product(weightGrams=0), W),
    Case("WEIGHT_MISSING", "one gram", with_product(weightGrams=1)),
]

GOODS = [
    Case("PROHIBITED_BY_POLICY", "a live animal", with_product(htsCode="0106.19.9195"), B),
    Case("PROHIBITED_BY_POLICY", "fireworks", with_product(htsCode="3604.10.9000"), B),
    Case("PROHIBITED_BY_POLICY", "matches", with_product(htsCode="3605.00.0060")),
    Case("PROHIBITED_BY_POLICY", "a rifle", with_product(htsCode="9303.30.8030"), B),
    Case(
        "PROHIBITED_BY_POLICY",
        "what the account denies",
        with_account(deniedHtsPrefixes=["4901"]),
        B,
    ),
    Case("PROHIBITED_BY_POLICY", "beside it", with_account(deniedHtsPrefixes=["4902"])),
    Case("FDA_PRIOR_NOTICE_NEEDED", "cheese", with_product(htsCode="0406.90.9900"), W),
    Case(
        "FDA_PRIOR_NOTICE_NEEDED",
        "cheese of a registered dairy",
        with_product(htsCode="0406.90.9900", pga={"FDA": {"facilityRegistration": "1234"}}),
    ),
    Case("FDA_PRIOR_NOTICE_NEEDED", "feathers, no food", with_product(htsCode="0505.10.0050")),
    Case("FDA_PRIOR_NOTICE_NEEDED", "pet food", with_product(htsCode="2309.10.0090"), W),
    Case("FDA_PRIOR_NOTICE_NEEDED", "tobacco", with_product(htsCode="2402.10.3000")),
    Case("CPSC_CERTIFICATE_MISSING", "a toy", with_product(htsCode="9503.00.0073"), W),
    Case("CPSC_CERTIFICATE_MISSING", "a children's book", with_product(childrens=True), W),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "a toy with its certificate",
        with_product(htsCode="9503.00.0073", pga={"cpsc": {"reference": "REG-1"}}),
    ),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "the day before e-filing",
        with_product(htsCode="9503.00.0073", as_of=date(2026, 7, 7)),
    ),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "the day of e-filing",
        with_product(htsCode="9503.00.0073", as_of=date(2026, 7, 8)),
        W,
    ),
    Case("CPSC_CERTIFICATE_MISSING", "a lamp, only possible", with_product(htsCode="9405110000")),
    Case(
        "UFLPA_SECTOR_REVIEW",
        "a Chinese shirt",
        with_product(**SHIRT, countryOfOrigin="CN"),
        W,
    ),
    Case(
        "UFLPA_SECTOR_REVIEW",
        "a shirt of a Chinese maker",
        with_product(**SHIRT, manufacturer={**CHINESE, "postalCode": "510000"}),
        W,
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
        W,
    ),
]

REMEDIES = [
    Case(
        "ADCVD_REVIEW",
        "Chinese plywood without a word",
        with_product(htsCode="4412330640", countryOfOrigin="CN"),
        W,
    ),
    Case(
        "ADCVD_REVIEW",
        "`none` is a word",
        with_product(htsCode="4412330640", countryOfOrigin="CN", adcvdCase="none"),
    ),
    Case(
        "ADCVD_REVIEW",
        "Finnish plywood",
        with_product(htsCode="4412330640", countryOfOrigin="FI"),
    ),
    Case(
        "ADCVD_REVIEW",
        "the heading beside it",
        with_product(htsCode="4413000000", countryOfOrigin="CN"),
    ),
    Case("USMCA_CLAIM_INVALID", "for a British book", with_product(usmca={"claim": True}), W),
    Case(
        "USMCA_CLAIM_INVALID",
        "for a Mexican book",
        with_product(usmca={"claim": True}, countryOfOrigin="MX"),
    ),
    Case("USMCA_CLAIM_INVALID", "no claim", with_product(usmca={"claim": False})),
    Case("USMCA_CERTIFICATION_MISSING", "over 2,500.00", usmca(250_001), W),
    Case("USMCA_CERTIFICATION_MISSING", "2,500.00 to the cent", usmca(250_000)),
    Case("USMCA_CERTIFICATION_MISSING", "certified", usmca(250_001, certification="C-1")),
]

UNIT = [
    Case("FORMAL_ENTRY_REQUIREMENTS_MISSING", "2,500.01", no_bond(value_of(250_001)), B),
    Case("FORMAL_ENTRY_REQUIREMENTS_MISSING", "2,500.00", no_bond(value_of(250_000))),
    Case("FORMAL_ENTRY_REQUIREMENTS_MISSING", "a bond is on file", value_of(250_001)),
    Case(
        "FORMAL_ENTRY_REQUIREMENTS_MISSING",
        "no power of attorney",
        with_account(value_of(250_001), importerOfRecord={"powerOfAttorney": False}),
        B,
    ),
    Case(
        "FORMAL_ENTRY_REQUIREMENTS_MISSING",
        "an AD/CVD case of any value",
        no_bond(with_product(adcvdCase="A-570-900")),
        B,
    ),
    Case(
        "FORMAL_ENTRY_REQUIREMENTS_MISSING",
        "the case `none`",
        no_bond(with_product(adcvdCase="None")),
    ),
    Case("ENTRY_TYPE_FORMAL", "2,500.01", value_of(250_001), I),
    Case("ENTRY_TYPE_FORMAL", "2,500.00", value_of(250_000)),
    Case("ENTRY_TYPE_FORMAL", "the account's choice", with_account(formalAlways=True), I),
    Case("ENTRY_TYPE_FORMAL", "not while it is blocked", no_bond(value_of(250_001))),
    Case("DE_MINIMIS_SUSPENDED", "800.00", value_of(80_000), I),
    Case("DE_MINIMIS_SUSPENDED", "800.01", value_of(80_001)),
    Case("DE_MINIMIS_SUSPENDED", "the day before", a_plan(as_of=date(2025, 8, 28))),
    Case("DE_MINIMIS_SUSPENDED", "the day of", a_plan(as_of=date(2025, 8, 29)), I),
    Case("INFORMAL_CHAPTER_99_CHECK", "a line of 250.01", value_of(25_001), W),
    Case("INFORMAL_CHAPTER_99_CHECK", "a line of 250.00", value_of(25_000)),
    Case(
        "INFORMAL_CHAPTER_99_CHECK",
        "a formal unit",
        with_account(value_of(25_001), formalAlways=True),
    ),
    Case(
        "INFORMAL_CHAPTER_99_CHECK",
        "US goods, that no programme touches",
        a_plan(
            {ORDER: order(line(unit_value_cents=25_001))},
            {"prod_book": product(countryOfOrigin="US")},
        ),
    ),
]

BATCH = [
    Case("UNIT_PARTY_DATA_MISSING", "nothing is missing", a_plan()),
    Case("UNIT_PARTY_DATA_MISSING", "no importer", with_account(importerOfRecord=None), B),
    Case(
        "UNIT_PARTY_DATA_MISSING",
        "a social security number",
        with_account(importerOfRecord={"number": "123-45-6789"}),
        B,
    ),
    Case(
        "UNIT_PARTY_DATA_MISSING",
        "an EIN one digit short",
        with_account(importerOfRecord={"number": "12-345678"}),
        B,
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
    Case("UNIT_PARTY_DATA_MISSING", "no seller", with_account(exporter=None), B),
    Case("UNIT_PARTY_DATA_MISSING", "no employee", with_account(responsibleEmployee=None), B),
    Case("UNIT_PARTY_DATA_MISSING", "no warehouse address", with_warehouse(address=None), B),
    Case("SUBMISSION_NOT_POSSIBLE", "a broker without e-mail", with_broker(email=None), B),
    Case("SUBMISSION_NOT_POSSIBLE", "a broker with e-mail", with_broker()),
    Case("WAREHOUSE_NOT_NOTIFIED", "a warehouse without e-mail", with_warehouse(email=None), I),
    Case("WAREHOUSE_NOT_NOTIFIED", "a warehouse with e-mail", with_warehouse()),
    Case("SHIPMENT_DATA_MISSING", "no port", with_shipment(portOfEntry=None), W),
    Case("SHIPMENT_DATA_MISSING", "no carrier", with_shipment(carrier=None), W),
    Case("SHIPMENT_DATA_MISSING", "no ETA", with_shipment(eta=None), W),
    Case("SHIPMENT_DATA_MISSING", "a truck without PAPS", with_shipment(paps=None), W),
    Case(
        "SHIPMENT_DATA_MISSING",
        "a ship without PAPS",
        with_shipment(paps=None, transportMode="OCEAN"),
    ),
    Case("SHIPMENT_DATA_MISSING", "all of it", with_shipment()),
    Case("PACKAGES_ASSUMED", "no packages", with_shipment(packages=None), I),
    Case("PACKAGES_ASSUMED", "packages", with_shipment()),
    Case(
        "GROSS_WEIGHT_ASSUMED",
        "packages without weight",
        with_shipment(packages=[{"kind": "CARTON", "count": 2}]),
        I,
    ),
    Case("GROSS_WEIGHT_ASSUMED", "no packages", with_shipment(packages=None), I),
    Case("GROSS_WEIGHT_ASSUMED", "packages with weight", with_shipment()),
]

CASES = [
    *DESTINATION, *PARTIES_OF_ORDER, *VALUE, *CLASSIFICATION, *ORIGIN, *DESCRIPTION,
    *MANUFACTURER, *CLASS_DATA, *GOODS, *REMEDIES, *UNIT, *BATCH,
]  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.code}: {c.claim}") for c in CASES])
def test_a_rule_says_what_it_should(case: Case) -> None:
    findings = decide(case.given)["decision"]["findings"]

    severities = {found["severity"] for found in findings if found["code"] == case.code}

    assert severities == ({case.severity} if case.severity else set())


def test_every_rule_is_seen_both_speaking_and_silent() -> None:
    codes = {rule.code for rule in RULES}

    assert {case.code for case in CASES if case.severity} == codes
    assert {case.code for case in CASES if not case.severity} == codes


def test_a_plan_with_nothing_to_object_to_is_ready() -> None:
    decision = decide(a_plan())["decision"]

    assert decision["readiness"] == "READY"
    assert [found["code"] for found in decision["findings"]] == ["DE_MINIMIS_SUSPENDED"]


def test_what_blocks_was_read_in_a_source_or_is_our_own_policy() -> None:
    """A rule without a source may warn; as a statement of law it never blocks."""
    policy = {"R13", "R17", "R18", "R19", "R26", "R30", "R36", "R39", "R40"}
    blocking = [
        found
        for case in CASES
        for found in decide(case.given)["decision"]["findings"]
        if found["severity"] == "BLOCKING"
    ]

    for found in blocking:
        policy_block = found["rule_id"] in policy and found["source"]["citation"].startswith(
            "EntryGo policy"
        )
        assert found["source"]["verified"] or policy_block, found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_carries_its_remedy_and_source(rule) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001  # Rule[Any]
    assert rule.remedy.endswith(".")
    assert rule.message.endswith(".")
    assert rule.source["citation"]
