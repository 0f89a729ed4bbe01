"""How findings become blocks, missing data, units, flags and a hint."""

from dataclasses import replace
from typing import Any

import pytest

from planner.domain.decide import decide, plan_hash
from planner.domain.facts import PlanningInput, effective_shipment
from planner.domain.hts import hts_numbers
from planner.domain.view import view_of, warning_codes
from shared.contracts.decision import Decision
from support.planning import (
    BOOK,
    MAKER,
    TARIFF,
    a_plan,
    line,
    order,
    product,
    with_account,
    with_broker,
    with_product,
)

CREAM = product(
    htsCode="3304.99.5000", countryOfOrigin="FR", pga={"fda": {"productCode": "53LC-04"}}
)
US_BOOK = product(countryOfOrigin="US")


def decided(plan: PlanningInput) -> Decision:
    return decide(plan)["decision"]


def test_a_product_is_spoken_of_once_with_the_orders_it_touches() -> None:
    orders = {f"ord_{n}": order(line(), line()) for n in range(3)}

    decision = decided(a_plan(orders, {BOOK: product(htsCode=None)}))

    (finding,) = [each for each in decision["findings"] if each["code"] == "HTS_MISSING"]
    assert (finding["product_id"], finding["order_count"]) == (BOOK, 3)
    assert finding["field"] == "products[prod_book].htsCode"
    assert [each["codes"] for each in decision["excluded_orders"]] == [["HTS_MISSING"]] * 3


def test_one_bad_order_does_not_keep_the_others() -> None:
    decision = decided(a_plan({"ord_1": order(), "ord_2": order(line(unit_value_cents=0))}))

    assert decision["included_order_ids"] == ["ord_1"]
    assert decision["excluded_orders"] == [{"order_id": "ord_2", "codes": ["UNIT_VALUE_INVALID"]}]
    assert decision["readiness"] == "READY_WITH_WARNINGS"


def test_a_block_of_the_batch_keeps_every_order_with_all_its_reasons() -> None:
    plan = with_broker(
        a_plan({"ord_1": order(), "ord_2": order(line(unit_value_cents=0))}), email=None
    )

    decision = decided(plan)

    assert decision["excluded_orders"] == [
        {"order_id": "ord_1", "codes": ["SUBMISSION_NOT_POSSIBLE"]},
        {"order_id": "ord_2", "codes": ["SUBMISSION_NOT_POSSIBLE", "UNIT_VALUE_INVALID"]},
    ]
    assert (decision["readiness"], decision["units"]) == ("BLOCKED", [])
    assert decision["totals"]["value_cents"] == 0


def test_a_block_of_a_unit_keeps_its_orders_and_no_others() -> None:
    orders = {"ord_1": order(line("book")), "ord_2": order(line("cream", unit_value_cents=300_000))}
    plan = with_account(
        a_plan(orders, {"book": product(), "cream": CREAM}), importerOfRecord={"bond": None}
    )

    decision = decided(plan)

    assert decision["included_order_ids"] == ["ord_1"]
    assert decision["excluded_orders"] == [
        {"order_id": "ord_2", "codes": ["FORMAL_ENTRY_REQUIREMENTS_MISSING"]}
    ]


def test_missing_data_says_for_what_it_is_needed_and_who_can_give_it() -> None:
    plan = with_broker(with_product(htsCode=None, weightGrams=None), email=None)

    missing = decided(plan)["missing_data"]

    assert missing == [
        {"path": "broker.email", "required_for": "EXECUTE", "fixable_by": "OPERATOR"},
        {
            "path": "products[prod_book].htsCode",
            "required_for": "EXECUTE",
            "fixable_by": "CLIENT",
            "product_id": BOOK,
        },
        {
            "path": "products[prod_book].weightGrams",
            "required_for": "ENTRY",
            "fixable_by": "CLIENT",
            "product_id": BOOK,
        },
    ]


@pytest.mark.parametrize(
    ("plan", "action"),
    [
        (with_broker(email=None), "CONTACT_OPERATOR"),
        (with_broker(with_product(htsCode=None), email=None), "FIX_DATA_AND_REPLAN"),
        (with_product(htsCode=None), "FIX_DATA_AND_REPLAN"),
        (with_product(weightGrams=None), "REVIEW_AND_EXECUTE"),
        (a_plan(), "EXECUTE"),
    ],
)
def test_the_operator_is_asked_when_nobody_else_can_help(
    plan: PlanningInput,
    action: str,
) -> None:
    assert view_of(decide(plan), "", "", "")["next_recommended_action"] == action


EMBARGOED = product(countryOfOrigin="CU", htsCode=None)


@pytest.mark.parametrize(
    ("orders", "goods", "action"),
    [
        (("cuban",), {}, "NONE"),
        (("cuban", "good"), {}, "REVIEW_AND_EXECUTE"),
        (("cuban", "good"), {"good": product(htsCode=None)}, "LEAVE_OUT_AND_REPLAN"),
    ],
)
def test_what_nobody_can_mend_is_left_out_and_never_asked_for(
    orders: tuple[str, ...], goods: dict[str, Any], action: str
) -> None:
    products = {"cuban": EMBARGOED, "good": product(), **goods}
    plan = a_plan({f"ord_{name}": order(line(name)) for name in orders}, products)

    view = view_of(decide(plan), "", "", "")
    [found] = [m for m in view["validationMessages"] if m["code"] == "ORIGIN_EMBARGOED"]

    assert view["next_recommended_action"] == action
    assert (found["fixable_by"], "remedy_command" in found) == ("NOBODY", False)
    assert "products[cuban].countryOfOrigin" not in {d["path"] for d in view["missing_data"]}


def test_warning_codes_are_what_an_execute_acknowledges() -> None:
    plan = with_product(weightGrams=None, htsCode="3304.99.5000", manufacturer=None)
    plan = replace(plan, tariff=None)

    assert warning_codes(decide(plan)) == [
        "AGENCY_DATA_MISSING",
        "MANUFACTURER_MISSING",
        "WEIGHT_MISSING",
    ]


def test_flags_name_products_units_and_orders_and_lower_nothing() -> None:
    orders = {"ord_1": order(line("cream")), "ord_2": order(line("cream"), line("book"))}
    goods = {"cream": CREAM, "book": US_BOOK}

    decision = decided(a_plan(orders, goods, tariff=None))

    (unit,) = decision["units"]
    assert decision["readiness"] == "READY"
    assert [flag.get("agency") or flag.get("programme") for flag in decision["flags"]] == [
        "FDA",
        "Section 301 forced labour",
    ]
    for flag in decision["flags"]:
        assert (flag["order_count"], flag["product_ids"]) == (2, ["cream"])
        assert flag["unit_ids"] == [unit["unit_id"]]


def test_flags_speak_of_what_goes_and_not_of_what_stays() -> None:
    orders = {"ord_1": order(line("book")), "ord_2": order(line("cream", unit_value_cents=0))}

    decision = decided(a_plan(orders, {"cream": CREAM, "book": US_BOOK}))

    assert decision["flags"] == []


def test_units_of_quantity_come_from_the_table_in_use() -> None:
    snapshot = decide(a_plan())

    assert snapshot["hts_units"] == {"4901990093": ["No."]}
    assert snapshot["ruleset_version"].endswith("+tariff.abababababab")
    assert decide(a_plan(tariff=None))["hts_units"] == {}
    assert decide(a_plan(tariff=None))["ruleset_version"].endswith("+tariff.none")


def test_only_ten_digit_numbers_are_looked_up_in_the_table() -> None:
    goods = [product(), product(htsCode="490199"), product(htsCode="x"), product(htsCode=None)]

    assert hts_numbers(goods) == set(TARIFF.units)


def test_the_plans_shipment_wins_over_the_warehouses_defaults() -> None:
    warehouse = {"shipmentDefaults": {"portOfEntry": "0901", "carrier": "Lakes"}}

    assert effective_shipment({"carrier": "Rail"}, warehouse) == {
        "portOfEntry": "0901",
        "carrier": "Rail",
    }
    assert effective_shipment(None, {}) == {}


def test_a_hash_is_named_by_its_algorithm() -> None:
    assert plan_hash(decide(a_plan())).startswith("sha256:")
    assert len(plan_hash(decide(a_plan()))) == len("sha256:") + 64


def test_the_social_security_number_is_not_repeated_in_the_messages() -> None:
    plan = with_account(importerOfRecord={"number": "123-45-6789"})

    assert "123-45-6789" not in str(decided(plan)["findings"])


def test_a_maker_by_mid_alone_is_enough() -> None:
    plan = with_product(manufacturer={**MAKER, "addressLines": None, "mid": "GBPRIHOU4LEE"})

    assert decided(plan)["readiness"] == "READY"
