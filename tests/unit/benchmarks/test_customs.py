"""The shop that the customs benchmark reads: the same at each run, and of a real shop's nature."""

from statistics import mean

from benchmarks.customs.shop import plan

from planner.domain.decide import decide, plan_hash
from planner.domain.view import view_of


def test_the_orders_are_the_same_at_each_run() -> None:
    assert plan_hash(decide(plan(20))) == plan_hash(decide(plan(20)))


def test_the_orders_are_of_a_real_shops_nature() -> None:
    orders = plan(1_000).orders.values()
    lines = [line for order in orders for line in order["items"]]
    charged = sum(any("fee" in line["productId"] for line in order["items"]) for order in orders)

    assert 20 < mean(len(order["items"]) for order in orders) < 30
    assert 80 < charged < 140
    assert min(line["unitValueCents"] for line in lines) < 10
    assert max(line["quantity"] for line in lines) > 300


def test_few_of_the_messages_are_about_values_and_a_bare_product_is_one() -> None:
    for bare in (False, True):
        given = plan(100, bare=bare)
        view = view_of(decide(given), "", "", "2026-11-24")
        messages = view["validationMessages"]
        values = [each for each in messages if each["code"] == "UNIT_VALUE_SUSPECT"]
        lacking = [each for each in messages if each["code"] == "HTS_MISSING"]

        assert len(values) == len({each["product_id"] for each in values}) < len(messages) / 3
        assert len(lacking) == len({each["product_id"] for each in lacking})
        assert bool(lacking) is bare
