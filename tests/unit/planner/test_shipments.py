"""What travels on one bill is one shipment (19 CFR 101.1): its value decides its entries."""

from dataclasses import replace
from typing import Any, cast

import pytest
from pydantic import ValidationError

from planner.domain.decide import decide
from planner.domain.facts import PlanningInput
from planner.repository import Repository
from planner.use_cases.decision import decided as decided_on
from shared.contracts.decision import Decision
from shared.contracts.exports import PlanRequest
from shared.contracts.shipments import Shipment
from shared.errors import Refused
from support.planning import TODAY, a_plan, line, order, product, with_account

PRODUCTS = {
    "clean": product(countryOfOrigin="US"),
    "steel": product(htsCode="7326.90.8688", countryOfOrigin="DE"),
    "cream": product(htsCode="3304.99.5000", countryOfOrigin="FR"),
}
LANES = {f"ord_{name}": name for name in PRODUCTS}


def three_lanes(*bills: dict[str, Any], cents: int = 200_000) -> PlanningInput:
    orders = {id_: order(line(name, unit_value_cents=cents)) for id_, name in LANES.items()}
    plan = a_plan(orders, PRODUCTS)
    return replace(plan, shipment={**plan.shipment, **({"bills": list(bills)} if bills else {})})


def bill(number: str, *order_ids: str) -> dict[str, Any]:
    named = {"orderIds": list(order_ids)} if order_ids else {}
    return {"kind": "PAPS", "number": number, **named}


def decided(plan: PlanningInput) -> Decision:
    return decide(plan)["decision"]


def entries(plan: PlanningInput) -> dict[str, str]:
    return {unit["order_ids"][0]: unit["entry_type"] for unit in decided(plan)["units"]}


def test_three_lanes_of_2000_on_one_truck_are_formal() -> None:
    decision = decided(three_lanes())

    assert entries(three_lanes()) == dict.fromkeys(LANES, "01")
    reasons = [f["message"] for f in decision["findings"] if f["code"] == "ENTRY_TYPE_FORMAL"]
    assert all("a shipment of USD 6000.00 on one bill" in reason for reason in reasons)
    assert "shipment.bills" in decision["strategy_hint"]["alternative"]


def test_the_limit_is_the_shipments_to_the_cent() -> None:
    assert entries(three_lanes(cents=83_333)) == dict.fromkeys(LANES, "11")
    assert entries(three_lanes(cents=83_334)) == dict.fromkeys(LANES, "01")


def test_with_a_bill_for_each_the_units_stand_alone() -> None:
    plan = three_lanes(*(bill(id_.upper(), id_) for id_ in LANES))

    assert entries(plan) == dict.fromkeys(LANES, "11")
    keys = [unit["grouping_key"]["bill"] for unit in decided(plan)["units"]]
    assert sorted(keys) == ["PAPS ORD_CLEAN", "PAPS ORD_CREAM", "PAPS ORD_STEEL"]


def test_two_lanes_on_one_bill_are_one_shipment_beside_the_other() -> None:
    plan = three_lanes(bill("A", "ord_clean", "ord_steel"), bill("B", "ord_cream"))

    assert entries(plan) == {"ord_clean": "01", "ord_steel": "01", "ord_cream": "11"}


def test_orders_that_no_bill_names_are_one_shipment() -> None:
    plan = three_lanes(bill("A", "ord_clean"), bill("B"))

    assert entries(plan) == {"ord_clean": "11", "ord_steel": "01", "ord_cream": "01"}


def test_bills_that_name_no_orders_leave_one_shipment() -> None:
    assert entries(three_lanes(bill("A"), bill("B"))) == dict.fromkeys(LANES, "01")


def test_one_lane_on_two_bills_is_two_units() -> None:
    orders = {f"ord_{n}": order(line("clean", unit_value_cents=200_000)) for n in range(2)}
    plan = a_plan(orders, PRODUCTS)
    shipment = {**plan.shipment, "bills": [bill("A", "ord_0"), bill("B", "ord_1")]}

    assert entries(replace(plan, shipment=shipment)) == {"ord_0": "11", "ord_1": "11"}


def test_a_unit_that_must_stay_for_want_of_a_bond_does_not_count() -> None:
    orders = {
        "ord_clean": order(line("clean", unit_value_cents=200_000)),
        "ord_cream": order(line("cream", unit_value_cents=300_000)),
    }
    plan = with_account(a_plan(orders, PRODUCTS), importerOfRecord={"bond": None})

    assert entries(plan) == {"ord_clean": "11"}


def test_an_order_on_two_bills_is_refused() -> None:
    twice = {"bills": [bill("A", "ord_1", "ord_2"), bill("B", "ord_2")]}

    with pytest.raises(ValidationError, match="each order on one bill; ord_2 is on 2"):
        Shipment.model_validate(twice)


def test_the_orders_of_a_bill_are_a_set() -> None:
    shipment = Shipment.model_validate({"bills": [bill("A", "ord_2", "ord_1", "ord_2")]})

    assert shipment.bills is not None
    assert shipment.bills[0].order_ids == ("ord_1", "ord_2")


@pytest.mark.parametrize("part", ["bills", "packages"])
async def test_an_order_that_is_not_planned_is_refused_by_its_place(part: str) -> None:
    held = {
        "bills": {"kind": "AWB", "number": "1", "orderIds": ["ord_1", "ord_9"]},
        "packages": {"kind": "BOX", "count": 1, "orderIds": ["ord_9"]},
    }
    request = PlanRequest(
        warehouse_id="wh_1",
        broker_id="br_1",
        order_ids=("ord_1",),
        shipment=Shipment.model_validate({part: [held[part]]}),
    )

    with pytest.raises(Refused, match="ord_9") as refused:
        await decided_on("acc_1", request, TODAY, cast("Repository", None))

    assert refused.value.refusal.field == f"shipment.{part}.0.orderIds"


SAME: dict[str, Any] = {"name": "Kim Lee", "addressLines": ["1 Elm St"], "city": "Buffalo"}


@pytest.mark.parametrize(
    ("other", "units"),
    [
        ({"consignee": SAME}, 1),
        ({"consignee": {**SAME, "name": "KIM  LEE", "addressLines": ["1 elm st"]}}, 1),
        ({"consignee": SAME, "destinationPostalCode": "14201-1234"}, 1),
        ({"consignee": {**SAME, "addressLines": ["2 Elm St"]}}, 2),
        ({"consignee": SAME, "destinationPostalCode": "14202"}, 2),
    ],
    ids=["the same", "the same in capitals", "ZIP + 4", "another street", "another ZIP code"],
)
def test_one_person_is_a_name_at_an_address(other: dict[str, Any], units: int) -> None:
    orders = {"ord_1": order(consignee=SAME), "ord_2": order(**other)}

    decision = decided(with_account(a_plan(orders), grouping="PER_CONSIGNEE"))

    assert len(decision["units"]) == units


@pytest.mark.parametrize("without", ["destinationPostalCode", "street"])
def test_a_name_alone_is_no_person(without: str) -> None:
    person = {**SAME, "addressLines": []} if without == "street" else SAME
    place = {} if without == "street" else {without: None}
    orders = {id_: order(consignee=person, **place) for id_ in ("ord_1", "ord_2")}

    decision = decided(with_account(a_plan(orders), grouping="PER_CONSIGNEE"))

    assert [unit["order_ids"] for unit in decision["units"]] == [["ord_1"], ["ord_2"]]
