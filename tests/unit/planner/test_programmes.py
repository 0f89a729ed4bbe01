"""Duty programmes: which are due on goods of a number, origin and day, and what they say."""

from datetime import date, timedelta
from typing import Any

import pytest

from planner.domain.decide import decide
from planner.domain.flags import TRADE_REMEDY
from shared.contracts.decision import Flag
from support.planning import with_broker, with_product

TODAY, ONE_DAY = date(2026, 11, 25), timedelta(days=1)
SOLAR, MINIMUM_PRICE = date(2026, 12, 4), "Section 232 polysilicon minimum import price"


def due(hts: str, origin: str, day: date = TODAY, **more: Any) -> dict[str, Flag]:
    plan = with_broker(
        with_product(as_of=day, htsCode=hts, countryOfOrigin=origin, **more),
        completesClassification=True,
    )
    flags = decide(plan)["decision"]["flags"]
    return {flag["programme"]: flag for flag in flags if flag["code"] == TRADE_REMEDY.code}


# Number and origin, then what is due: programme, and what its flag says of rate and heading.
DUE = [
    ("6109.10.0012", "BD", {"Section 301 forced labour": "10 % under 9903.05.26"}),
    ("6109.10.0012", "HT", {}),
    ("6109.10.0012", "KE", {}),
    ("6109.10.0012", "UA", {}),
    ("6109.10.0012", "NP", {}),
    ("3304.99.5000", "JP", {"Section 301 forced labour": "12.5 % together with column 1"}),
    ("6911.10.3710", "DE", {"Section 301 forced labour": "9903.05.38 or 9903.05.39"}),
    ("8512.20.2040", "TW", {"Section 232 car parts": "9903.94.66 or 9903.94.67",
                            "Section 232 truck parts": "25 % under 9903.74.08",
                            "Section 301 forced labour": "10 % together with column 1"}),
    ("9018.90.8000", "GB", {}),
    ("9018.90.8000", "DE", {"Section 301 forced labour": "9903.05.38 or 9903.05.39"}),
    ("4901.99.0093", "GB", {}),
    ("4901.99.0093", "CN", {"Section 301 China": "7.5 % (list 4A) under 9903.88.15"}),
    ("4901.99.0040", "CN", {}),
    ("0901.21.0045", "CO", {}),
    ("9503.00.0073", "CN", {"Section 301 forced labour": "12.5 % under 9903.05.31"}),
    ("4202.92.9100", "CN", {"Section 301 China": "25 % (list 3) under 9903.88.03",
                            "Section 301 forced labour": "12.5 %"}),
    ("8541.10.0060", "CN", {"Section 301 China four-year review": "50 %"}),
    ("8507.60.0010", "CN", {"Section 232 car parts": "25 %",
                            "Section 301 China four-year review": "25 %",
                            "Section 301 forced labour": "12.5 %"}),
    ("7615.10.7125", "CN", {"Section 232 aluminium": "25 % of the full customs value"}),
    ("7323.93.0045", "IN", {"Section 232 steel": "25 % of the full customs value"}),
    ("7318.15.8066", "CN", {"Section 232 steel": "50 % of the full customs value",
                            "Section 301 China": "25 %"}),
    ("7418.10.0021", "TR", {"Section 232 copper": "50 % of the full customs value"}),
    ("8302.10.6090", "TW", {"Section 232 aluminium": "25 %", "Section 232 steel": "25 %"}),
    ("8415.90.8010", "MX", {"Section 232 aluminium": "15 % together with column 1",
                            "Section 232 steel": "15 % together with column 1"}),
    ("8429.52.1010", "JP", {"Section 232 steel": "15 % together with column 1 on mobile"}),
    ("8429.52.1010", "CN", {"Section 232 steel": "25 % of the full customs value on mobile",
                            "Section 301 China": "25 %"}),
    ("9025.19.8010", "DE", {"Section 301 forced labour": "10 %"}),
    ("6601.91.0000", "TH", {"Section 301 forced labour": "12.5 %"}),
    ("8507.60.0010", "KR", {"Section 232 car parts": "9903.94.62 or 9903.94.63",
                            "Section 301 forced labour": "12.5 % together with column 1"}),
    ("8415.20.0000", "TH", {"Section 232 car parts": "25 %", "Section 232 truck parts": "25 %",
                            "Section 301 forced labour": "12.5 %"}),
    ("8703.23.0110", "DE", {"Section 232 cars": "9903.94.50 or 9903.94.51"}),
    ("8703.23.0110", "TH", {"Section 232 cars": "25 % under 9903.94.01"}),
    ("8702.10.3100", "SE", {"Section 232 buses": "10 %"}),
    ("4407.12.0002", "SE", {"Section 232 softwood": "10 %"}),
    ("9401.61.4011", "VN", {"Section 232 upholstered wood seats": "25 % under 9903.76.02"}),
    ("9401.61.4011", "JP", {"Section 232 upholstered wood seats": "15 % in place of column 1"}),
    ("8473.30.1180", "TW", {"Section 232 semiconductors": "25 %"}),
    ("2918.99.3000", "IN", {"Section 232 patented pharmaceuticals": "100 % together with column 1",
                            "Section 301 forced labour": "10 %"}),
    ("2918.99.3000", "CH", {"Section 232 patented pharmaceuticals": "9903.04.62",
                            "Section 301 forced labour": "12.5 %"}),
    ("8806.22.0000", "VN", {"Section 232 drones": "25 %; 100 % under 9903.08.21",
                            "Section 301 forced labour": "12.5 %"}),
    ("1905.90.1041", "CA", {"Section 301 forced labour": "10 % under 9903.05.29"}),
    ("0402.10.5000", "CA", {"Section 338 Canada": "50 % under 9903.03.13",
                            "Section 301 forced labour": "10 %"}),
    ("9403.20.0082", "CA", {"Section 232 steel": "25 %", "Section 338 Canada": "9903.03.14"}),
    ("6810.99.0020", "IN", {"Section 201 quartz": "25 % within the quarter's quota",
                            "Section 301 forced labour": "10 %"}),
    ("6810.99.0080", "IN", {"Section 301 forced labour": "10 %"}),
    ("6810.99.0020", "VN", {"Section 201 quartz": "9903.45.30 or 9903.45.31",
                            "Section 301 forced labour": "12.5 %"}),
    ("7020.00.6000", "KR", {"Section 301 forced labour": "12.5 %"}),
    ("4823.90.8600", "BY", {"Column 2 rates": "column 2 in place of column 1"}),
    ("6109.10.0012", "US", {}),
    ("6302.60.0020", "BR", {"Section 301 Brazil": "25 % under 9903.05.01",
                            "Section 301 forced labour": "12.5 % under 9903.05.27"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("hts", "origin", "expected"), DUE, ids=[f"{hts} {origin}" for hts, origin, _ in DUE]
)
def test_what_is_due_says_its_rate_and_heading(
    hts: str, origin: str, expected: dict[str, str]
) -> None:
    found = due(hts, origin)

    assert found.keys() == expected.keys()
    for programme, said in expected.items():
        assert said in found[programme]["reason"]


# The first day of a programme for a number and origin; the day before it is not due.
BEGINS = [
    ("Section 122 surcharge", date(2026, 2, 24), "6109.10.0012", "BD"),
    ("Section 301 forced labour", date(2026, 7, 24), "6109.10.0012", "BD"),
    ("Section 301 Brazil", date(2026, 7, 22), "6302.60.0020", "BR"),
    ("Section 301 Nicaragua", date(2027, 1, 1), "6109.10.0012", "NI"),
    ("Section 301 China ships action", date(2026, 11, 10), "8426.19.0000", "CN"),
    ("Section 338 Canada", date(2026, 8, 22), "9503.00.0073", "CA"),
    ("Section 338 Canada", date(2026, 8, 22), "2204.21.5040", "CA"),
    ("Section 338 Canada", date(2026, 9, 15), "0406.90.9500", "CA"),
    ("Section 338 Canada", date(2026, 9, 15), "9403.20.0082", "CA"),  # a line of Section 232
    ("Section 232 aluminium", date(2025, 3, 12), "7615.10.7125", "CN"),
    ("Section 232 aluminium", date(2026, 6, 8), "3701.30.0000", "DE"),
    ("Section 232 steel", date(2026, 6, 8), "9403.20.0082", "CN"),
    ("Section 232 copper", date(2025, 8, 1), "7418.10.0021", "TR"),
    ("Section 232 cars", date(2025, 4, 3), "8703.23.0110", "DE"),
    ("Section 232 car parts", date(2025, 5, 3), "8507.60.0010", "KR"),
    ("Section 232 trucks", date(2025, 11, 1), "8701.21.0015", "SE"),
    ("Section 232 buses", date(2025, 11, 1), "8702.10.3100", "SE"),
    ("Section 232 truck parts", date(2025, 11, 1), "8415.20.0000", "TH"),
    ("Section 232 softwood", date(2025, 10, 14), "4407.12.0002", "SE"),
    ("Section 232 upholstered wood seats", date(2025, 10, 14), "9401.61.4011", "VN"),
    ("Section 232 kitchen cabinets and vanities", date(2025, 10, 14), "9403.40.9060", "VN"),
    ("Section 232 semiconductors", date(2026, 1, 15), "8471.80.4000", "TW"),
    ("Section 232 patented pharmaceuticals", date(2026, 7, 31), "3004.90.9276", "IN"),
    ("Section 232 patented pharmaceuticals", date(2026, 9, 29), "3004.90.9226", "IN"),
    ("Section 232 drones", date(2026, 9, 3), "8806.22.0000", "CN"),
    ("Section 232 polysilicon", date(2026, 12, 4), "8541.43.0010", "VN"),
    ("Section 232 polysilicon minimum import price", date(2026, 12, 4), "2804.61.0000", "DE"),
    ("Section 201 quartz", date(2026, 8, 15), "6810.99.0040", "VN"),
]  # fmt: skip
ENDS = [  # the last day, and the day after it is not due
    ("Section 122 surcharge", date(2026, 7, 23), "6109.10.0012", "BD"),
    ("Section 301 China exclusions", date(2026, 11, 9), "8413.91.9096", "CN"),
    ("Section 338 Canada", date(2026, 9, 14), "2501.00.0000", "CA"),
    ("Section 338 Canada", date(2026, 9, 14), "4818.90.0010", "CA"),
    ("Section 232 metal derivatives", date(2026, 4, 5), "9025.19.8010", "DE"),
    ("Section 232 patented pharmaceuticals", date(2026, 9, 28), "3004.20.0083", "IN"),
    ("Section 201 quartz", date(2030, 8, 14), "6810.99.0040", "VN"),
]  # fmt: skip


@pytest.mark.parametrize(("programme", "first", "hts", "origin"), BEGINS)
def test_a_programme_begins_on_its_day(programme: str, first: date, hts: str, origin: str) -> None:
    assert programme not in due(hts, origin, first - ONE_DAY)
    assert programme in due(hts, origin, first)


@pytest.mark.parametrize(("programme", "last", "hts", "origin"), ENDS)
def test_a_programme_ends_with_its_day(programme: str, last: date, hts: str, origin: str) -> None:
    assert programme in due(hts, origin, last)
    assert programme not in due(hts, origin, last + ONE_DAY)


@pytest.mark.parametrize(
    ("hts", "origin", "day", "programme", "said"),
    [
        ("8415.90.8010", "MX", date(2026, 6, 7), "Section 232 aluminium", "25 %"),
        ("8415.90.8010", "MX", date(2026, 6, 8), "Section 232 aluminium", "15 % together"),
        ("8427.20.4000", "CN", date(2026, 6, 7), "Section 232 steel", "under 9903.82.09."),
        ("8427.20.4000", "CN", date(2026, 6, 8), "Section 232 steel", "9903.82.09 or 9903.82.20"),
        ("7615.10.7125", "CN", date(2026, 6, 7), "Section 232 aluminium", "95 % of US metal"),
        ("7615.10.7125", "CN", date(2026, 6, 8), "Section 232 aluminium", "85 % of US metal"),
        ("9401.61.4011", "VN", date(2026, 12, 31), "Section 232 upholstered wood seats", "25 %"),
        ("9401.61.4011", "VN", date(2027, 1, 1), "Section 232 upholstered wood seats", "30 %"),
        ("6109.10.0012", "NI", date(2028, 1, 1), "Section 301 Nicaragua", "15 % under 9903.89.01"),
        ("6810.99.0020", "VN", date(2027, 8, 15), "Section 201 quartz", "23 %"),
        ("8541.43.0010", "VN", SOLAR, "Section 232 polysilicon", "15 % under 9903.45.30"),
        ("8541.43.0010", "KR", SOLAR, "Section 232 polysilicon", "9903.45.31"),
        ("8541.43.0010", "GB", SOLAR, "Section 232 polysilicon", "10 % under 9903.45.32"),
        ("8541.43.0010", "VN", SOLAR, MINIMUM_PRICE, "USD 0.38 a watt"),
        ("2204.21.5040", "CA", date(2026, 9, 28), "Section 338 Canada", "50 % under 9903.03.12"),
    ],
)  # fmt: skip
def test_the_rate_is_the_one_of_the_day(
    hts: str, origin: str, day: date, programme: str, said: str
) -> None:
    assert said in due(hts, origin, day)[programme]["reason"]


MEXICAN_GRILLE = ("8708.29.5160", "MX")
USMCA: dict[str, Any] = {"usmca": {"claim": True, "certification": "C-1"}}


def test_a_usmca_claim_takes_goods_out_of_what_it_exempts() -> None:
    assert due("6302.60.0020", "CA").keys() == {"Section 301 forced labour"}
    assert due("6302.60.0020", "CA", **USMCA) == {}
    assert due("6302.60.0020", "CA", preference={"programme": "usmca", "claim": True}) == {}
    assert "Section 122 surcharge" not in due("6302.60.0020", "MX", date(2026, 5, 1), **USMCA)
    assert "Section 232 car parts" in due(*MEXICAN_GRILLE)
    assert "Section 232 car parts" not in due(*MEXICAN_GRILLE, **USMCA)


def test_a_usmca_claim_changes_nothing_where_the_law_does_not_ask_for_it() -> None:
    assert due("9503.00.0073", "CA", **USMCA).keys() == {"Section 338 Canada"}
    assert due("7318.15.8066", "MX", **USMCA).keys() == {"Section 232 steel"}
    assert due("6109.10.0012", "BD", **USMCA).keys() == {"Section 301 forced labour"}


def test_light_metal_in_other_goods_is_out_of_section_232_and_pays_the_other_duties() -> None:
    light: dict[str, Any] = {"metal": {"kind": "steel", "weightPercentHundredths": 1_499}}
    heavy: dict[str, Any] = {"metal": {"kind": "steel", "weightPercentHundredths": 1_500}}

    assert due("8211.92.2000", "JP", **heavy).keys() == {"Section 232 steel"}
    assert due("8211.92.2000", "JP", **light).keys() == {"Section 301 forced labour"}
    assert due("7323.93.0045", "IN", **light).keys() == {"Section 232 steel"}


def test_section_338_left_out_the_lines_of_section_232_until_it_was_widened() -> None:
    steel_table = ("9403.20.0082", "CA")

    assert due(*steel_table, date(2026, 9, 14)).keys() == {"Section 232 steel"}
    assert due(*steel_table, date(2026, 9, 15)).keys() == {
        "Section 232 steel",
        "Section 338 Canada",
    }


def test_a_row_that_nobody_read_asks_the_broker_to_confirm() -> None:
    read = due("6109.10.0012", "BD")["Section 301 forced labour"]
    unread = due("8426.19.0000", "CN")["Section 301 China ships action"]

    assert read["reason"].startswith("Section 301 forced labour: 10 % under")
    assert unread["reason"].startswith("Section 301 China ships action (broker to confirm): 100 %")
    assert (read["source"]["verified"], unread["source"]["verified"]) == (True, False)


def test_six_digits_meet_what_they_may_turn_out_to_be_beside_what_they_may_not() -> None:
    pans = due("7615.10", "IN")

    assert pans.keys() == {"Section 232 aluminium", "Section 301 forced labour"}
    assert (
        "25 % of the full customs value, if the whole number is listed, under 9903.82.09"
        in (pans["Section 232 aluminium"]["reason"])
    )
    assert due("9025.19", "IN").keys() == {"Section 301 forced labour"}
    assert "Section 338 Canada" in due("2204.21", "CA")
