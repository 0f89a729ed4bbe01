"""What PLAN_STALE names: the inputs that moved, by the protocol's paths."""

from dataclasses import replace

import pytest

from planner.domain.changes import changes
from planner.domain.decide import decide
from planner.domain.facts import PlanningInput
from shared.contracts.exports import PathChange
from support.planning import (
    BOOK,
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

COTTON = [{"name": "cotton", "percentHundredths": 10_000}]
BLEND = [{"name": "cotton", "percentHundredths": 6_250}, {"name": "wool", "percentHundredths": 3}]


def moved(path: str, planned: object, current: object) -> PathChange:
    return PathChange(path=path, planned=planned, current=current)


def test_an_equal_plan_has_no_changes() -> None:
    assert changes(decide(a_plan()), decide(a_plan())) == []


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (
            with_product(htsCode=None),
            [moved("products[prod_book].htsCode", "4901.99.0093", None)],
        ),
        (
            with_product(unitValueCents=1_950),
            [moved("products[prod_book].unitValueUsd", "20.00", "19.50")],
        ),
        (
            with_product(materials=COTTON),
            [
                moved(
                    "products[prod_book].materials",
                    None,
                    [{"name": "cotton", "percent": "100.00"}],
                )
            ],
        ),
        (
            with_order(line(unit_value_cents=5)),
            [moved("orders[ord_1].items[0].unitValueUsd", "20.00", "0.05")],
        ),
        (
            with_order(line(), line(BOOK, 2)),
            [
                moved(
                    "orders[ord_1].items[1]",
                    None,
                    {"productId": BOOK, "quantity": 2, "unitValueUsd": "20.00"},
                )
            ],
        ),
        (
            with_order(consignee={"name": "Kim Lee"}),
            [moved("orders[ord_1].consignee.name", "Jordan Alvarez", "Kim Lee")],
        ),
        (
            a_plan(exported=frozenset({"ord_1"})),
            [moved("orders[ord_1].exported", False, True)],  # noqa: FBT003  # the values compared
        ),
        (with_broker(email=None), [moved("broker.email", "entries@niagara.example", None)]),
        (
            with_warehouse(name="Dock 2"),
            [moved("warehouse.name", "Toronto fulfilment centre", "Dock 2")],
        ),
        (
            with_account(importerOfRecord={"bond": None}),
            [moved("account.importerOfRecord.bond", "SB-2026-118", None)],
        ),
        (with_shipment(carrier="Rail"), [moved("shipment.carrier", "Northway Freight", "Rail")]),
    ],
)
def test_a_change_is_named_by_its_path(current: PlanningInput, expected: list[PathChange]) -> None:
    assert changes(decide(a_plan()), decide(current)) == expected


def test_a_percent_is_named_as_the_contract_names_it() -> None:
    one, other = with_product(materials=COTTON), with_product(materials=BLEND)

    assert changes(decide(one), decide(other)) == [
        moved("products[prod_book].materials[0].percent", "100.00", "62.50"),
        moved("products[prod_book].materials[1]", None, {"name": "wool", "percent": "0.03"}),
    ]


def test_another_rule_set_or_tariff_is_named_by_its_version() -> None:
    other = replace(TARIFF, sha256="cd" * 32)

    (change,) = changes(decide(a_plan()), decide(a_plan(tariff=other)))

    assert change.path == "ruleset_version"
    assert change.planned.endswith("+tariff.abababababab")
    assert change.current.endswith("+tariff.cdcdcdcdcdcd")


def test_a_decision_that_differs_on_equal_inputs_says_so() -> None:
    planned, current = decide(a_plan()), decide(a_plan())
    current["decision"]["readiness"] = "BLOCKED"

    assert changes(planned, current) == [moved("decision.readiness", "READY", "BLOCKED")]


def test_changes_of_several_records_come_sorted_by_path() -> None:
    plan = a_plan(
        {"ord_1": order(line("a"), line("b"))}, {"a": product(sku="1"), "b": product(sku="2")}
    )
    turned = replace(plan, products={"a": product(sku="3"), "b": product(sku="4")})

    paths = [change.path for change in changes(decide(plan), decide(turned))]

    assert paths == ["products[a].sku", "products[b].sku"]
