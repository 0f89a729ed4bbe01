"""What a flag of an agency says, and which goods have none."""

from dataclasses import replace
from datetime import date

import pytest

from planner import rulesets
from planner.domain.decide import decide
from planner.domain.view import view_of
from support.planning import BOOK, with_account, with_product

RULES = rulesets.load(date(2026, 11, 24))
WINE = "2204.21.5040"


@pytest.mark.parametrize(
    ("goods", "hts", "agency"),
    [
        ("a candlestick without electricity", "9405504000", "FDA"),
        ("a candlestick without electricity", "9405504000", "EPA"),
        ("a candlestick without electricity", "9405504000", "CPSC"),
        ("playing cards", "9504400000", "FCC"),
        ("a wall clock", "9105295000", "FWS"),
        ("a textile bag", "4202929100", "FWS"),
        ("a textile shoe", "6404193790", "FWS"),
        ("a plastic article", "3926909985", "EPA"),
        ("incense", "3307410000", "FDA"),
        ("a glass ornament", "7013995080", "FDA"),
        ("seed for sowing", "1209918010", "FDA"),
        ("seed for sowing", "1209918010", "DEA"),
        ("a bicycle tyre", "4011500000", "NHTSA"),
        ("a shirt for men", "6109100012", "CPSC"),
        ("a cushion", "9404902030", "CPSC"),
        ("an aquarium fish", "0301110090", "FDA"),
    ],
)
def test_an_agency_that_has_no_business_with_the_goods_is_not_named(
    goods: str, hts: str, agency: str
) -> None:
    named = [each.name for each in RULES.agencies_for(hts, childrens=None)]

    assert agency not in named, goods


@pytest.mark.parametrize(
    ("goods", "hts", "agency"),
    [
        ("ivory", "9601100000", "FWS"),
        ("peat", "2703000000", "APHIS"),
        ("a bag of crocodile", "4202213000", "FWS"),
        ("an aquarium fish", "0301110090", "FWS"),
        ("a cycle helmet", "6506106045", "CPSC"),
        ("girls' pyjamas", "6208210030", "CPSC"),
        ("a clinical thermometer", "9025198010", "FDA"),
        ("a console", "9504500000", "FCC"),
    ],
)
def test_an_agency_that_regulates_the_goods_is_named(goods: str, hts: str, agency: str) -> None:
    named = [each.name for each in RULES.agencies_for(hts, childrens=None)]

    assert agency in named, goods


def test_goods_that_are_not_for_children_need_no_childrens_certificate() -> None:
    assert [each.name for each in RULES.agencies_for("7117909000", childrens=None)] == ["CPSC"]
    assert RULES.agencies_for("7117909000", childrens=False) == ()


@pytest.mark.parametrize("hts", ["950300", "95030000"])
def test_a_toy_whose_suffix_is_open_is_for_children_unless_it_says_otherwise(hts: str) -> None:
    assert [each.name for each in RULES.agencies_for(hts, childrens=None)] == ["CPSC"]
    assert RULES.agencies_for(hts, childrens=False) == ()


def test_every_likely_flag_says_what_it_needs() -> None:
    for rows in RULES.agencies.values():
        for agency in rows:
            assert agency.likely == (agency.ways != ()), agency


def test_a_flag_of_goods_whose_data_are_given_asks_for_nothing() -> None:
    told = {"ttb": {"permit": "IL-I-1", "cola": "26001001000001"}}

    flags = decide(with_product(htsCode=WINE, pga=told))["decision"]["flags"]

    reasons = {flag["agency"]: flag["reason"] for flag in flags if "agency" in flag}
    assert reasons["TTB"] == "TTB is likely to regulate this good: data given."
    assert "prior notice" in reasons["FDA"]


@pytest.mark.parametrize(
    ("pga", "said"),
    [
        ({}, "FDA may regulate this good: "),
        ({"fda": {"foodContact": "lead report 117"}}, "FDA may regulate this good: data given."),
    ],
)
def test_an_agency_that_names_no_field_is_answered_by_any(
    pga: dict[str, dict[str, str]], said: str
) -> None:
    flags = decide(with_product(htsCode="6912.00.4400", pga=pga))["decision"]["flags"]

    (reason,) = [flag["reason"] for flag in flags if flag.get("agency") == "FDA"]
    assert reason.startswith(said)


def test_the_lacey_act_is_named_on_formal_entries_alone() -> None:
    bowl = with_product(htsCode="4419.90.9100")

    def agencies(formal: bool) -> list[str]:  # noqa: FBT001  # the one thing that differs
        decision = decide(with_account(bowl, formalAlways=formal))["decision"]
        return [flag["agency"] for flag in decision["flags"] if "agency" in flag]

    assert agencies(formal=False) == ["FDA"]
    assert agencies(formal=True) == ["APHIS Lacey", "FDA"]


def test_what_a_product_lacks_for_all_agencies_is_one_message_with_every_field() -> None:
    snapshot = decide(replace(with_product(htsCode=WINE), tariff=None))
    view = view_of(snapshot, "", "", "")

    (message,) = [each for each in view["validationMessages"] if "codes" in each]

    assert message["codes"] == ["FDA_PRIOR_NOTICE_NEEDED", "AGENCY_DATA_MISSING"]
    assert "COLA" in message["message"]
    assert [datum["path"] for datum in view["missing_data"]] == [
        f"products[{BOOK}].pga.{field}"
        for field in (
            "fda.facilityRegistration",
            "fda.productCode",
            "ttb.cola",
            "ttb.permit",
        )
    ]


def test_the_review_of_duty_cases_names_them() -> None:
    findings = decide(with_product(htsCode="3406.00.0000", countryOfOrigin="CN"))["decision"]

    messages = [each["message"] for each in findings["findings"] if each["rule_id"] == "R35"]

    assert len(messages) == 1
    assert "petroleum wax candles, A-570-504" in messages[0]
