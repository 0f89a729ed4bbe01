"""How orders become units: lanes, entry types, strategies, and the hint that explains them."""

from typing import Any

import pytest

from planner.domain.decide import decide
from planner.domain.facts import PlanningInput
from shared.contracts.decision import Decision
from support.planning import (
    BOOK,
    ORDER,
    a_plan,
    line,
    order,
    product,
    with_account,
    with_broker,
    with_product,
)

CREAM = product(htsCode="3304.99.5000", countryOfOrigin="FR")
PLYWOOD = product(htsCode="4412.31.0620", countryOfOrigin="VN", adcvdCase="A-552-825")
STEEL = product(htsCode="7326.90.8688", countryOfOrigin="DE")
CHINESE_STEEL = product(htsCode="7326.90.8688", countryOfOrigin="CN")
US_BOOK = product(countryOfOrigin="US")


def decided(plan: PlanningInput) -> Decision:
    return decide(plan)["decision"]


def three_orders(grouping: str = "CONSOLIDATED_IOR", *cents: int) -> PlanningInput:
    values = cents or (100_000, 100_000, 100_000)
    names = ("Kim Lee", "Jo Alvarez", "kim  lee")
    orders = {
        f"ord_{place}": order(line(unit_value_cents=value), consignee={"name": name})
        for place, (value, name) in enumerate(zip(values, names, strict=False))
    }
    return with_account(a_plan(orders), grouping=grouping)


LANES: list[tuple[str, dict[str, Any]]] = [
    ("CLEAN", US_BOOK), ("TRADE_REMEDY", STEEL), ("PGA", CREAM), ("ADCVD", PLYWOOD),
    ("HOLD", CHINESE_STEEL),
]  # fmt: skip


@pytest.mark.parametrize(("lane", "goods"), LANES, ids=[lane for lane, _ in LANES])
def test_goods_travel_in_their_lane(lane: str, goods: dict[str, Any]) -> None:
    (unit,) = decided(a_plan(products={BOOK: goods}))["units"]

    assert unit["grouping_key"]["lane"] == lane


def test_an_order_travels_in_the_lane_of_its_strictest_line() -> None:
    products = dict(LANES)
    orders = {
        f"ord_{place}": order(*(line(lane) for lane, _ in LANES[: place + 1]))
        for place in range(len(LANES))
    }

    units = decided(a_plan(orders, products))["units"]

    assert [(unit["grouping_key"]["lane"], unit["order_ids"]) for unit in units] == [
        ("HOLD", ["ord_4"]), ("ADCVD", ["ord_3"]), ("PGA", ["ord_2"]),
        ("TRADE_REMEDY", ["ord_1"]), ("CLEAN", ["ord_0"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "entry_type"),
    [
        (a_plan(), "11"),
        (with_account(formalAlways=True), "01"),
        (a_plan({ORDER: order(line(quantity=125))}), "11"),
        (a_plan({ORDER: order(line(quantity=125), line(unit_value_cents=1_00))}), "01"),
        (a_plan(products={BOOK: PLYWOOD}), "03"),
        (with_account(a_plan(products={BOOK: PLYWOOD}), formalAlways=True), "03"),
        (a_plan(products={BOOK: {**PLYWOOD, "adcvdCase": "None"}}), "11"),
        (a_plan(products={BOOK: {**PLYWOOD, "adcvdCase": "n/a"}}), "11"),
        (a_plan(products={BOOK: {**PLYWOOD, "adcvdCase": "-"}}), "11"),
    ],
    ids=[
        "small",
        "by choice",
        "2,500.00",
        "2,501.00",
        "a case",
        "a case by choice",
        "no case",
        "not applicable",
        "a placeholder",
    ],
)
def test_the_entry_type_follows_value_case_and_choice(plan: PlanningInput, entry_type: str) -> None:
    (unit,) = decided(plan)["units"]

    assert unit["entry_type"] == entry_type


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        ("CONSOLIDATED_IOR", [["ord_0", "ord_1", "ord_2"]]),
        ("PER_CONSIGNEE", [["ord_1"], ["ord_0", "ord_2"]]),
        ("PER_ORDER", [["ord_0"], ["ord_1"], ["ord_2"]]),
    ],
)
def test_the_accounts_grouping_decides_what_is_one_unit(
    grouping: str, expected: list[list[str]]
) -> None:
    units = decided(three_orders(grouping))["units"]

    assert [unit["order_ids"] for unit in units] == expected
    assert {unit["grouping_key"]["strategy"] for unit in units} == {grouping}


def test_an_order_without_consignee_is_a_unit_of_its_own_per_consignee() -> None:
    orders = {"ord_1": order(consignee=None), "ord_2": order(consignee=None)}

    units = decided(with_account(a_plan(orders), grouping="PER_CONSIGNEE"))["units"]

    assert [unit["order_ids"] for unit in units] == [["ord_1"], ["ord_2"]]


def test_a_unit_is_named_by_its_key_orders_and_rules() -> None:
    (unit,) = decided(a_plan())["units"]
    (same,) = decided(with_product(weightGrams=500))["units"]
    (other,) = decided(a_plan(tariff=None))["units"]

    assert unit["unit_id"].startswith("unit_")
    assert unit["unit_id"] == same["unit_id"] != other["unit_id"]


@pytest.mark.parametrize(
    ("plan", "code", "message", "alternative"),
    [
        (
            a_plan(),
            "CONSOLIDATED",
            "One importer of record: 1 informal entry, one for each lane",
            None,
        ),
        (
            three_orders("CONSOLIDATED_IOR", 100_000, 120_000, 260_000),
            "SPLIT_KEEPS_INFORMAL",
            "3 orders add up to USD 4800.00 on one bill; apart, 2 of them would stay informal",
            "shipment.bills: 2 informal entries and 1 formal entry in place of 1 formal entry",
        ),
        (
            three_orders("CONSOLIDATED_IOR", 260_000, 260_000, 260_000),
            "CONSOLIDATED",
            "One importer of record: 1 formal entry, one for each lane",
            None,
        ),
        (
            with_account(three_orders(), importerOfRecord={"bond": None}),
            "SPLIT_KEEPS_INFORMAL",
            "3 orders add up to USD 3000.00 on one bill; apart, 3 of them would stay informal",
            "shipment.bills: 3 informal entries in place of 1 formal entry",
        ),
        (
            three_orders("PER_CONSIGNEE", 200_000, 120_000, 200_000),
            "SPLIT_KEEPS_INFORMAL",
            "3 orders add up to USD 5200.00 on one bill; apart, 3 of them would stay informal",
            "shipment.bills: 3 informal entries in place of 2 formal entries",
        ),
        (
            three_orders("PER_ORDER", 70_000, 70_000, 70_000),
            "PER_ORDER",
            "per order",
            "1 entry in place of 3",
        ),
        (with_broker(email=None), "NOTHING_TO_GROUP", "nothing to group", None),
    ],
)
def test_the_hint_says_why_and_what_else_could_be(
    plan: PlanningInput, code: str, message: str, alternative: str | None
) -> None:
    hint = decided(plan)["strategy_hint"]

    assert hint["code"] == code
    assert message in hint["message"]
    assert (alternative or "") in hint.get("alternative", "")
    assert bool(alternative) == ("alternative" in hint)
