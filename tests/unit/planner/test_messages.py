"""How many messages a plan is told in: one for what a product lacks, one for its low values."""

from typing import Any

from planner.domain.decide import decide
from planner.domain.facts import PlanningInput
from planner.domain.view import view_of
from shared.canonical import canonical_json
from shared.contracts.decision import Finding
from support.planning import BOOK, ORDER, a_plan, line, order, product, with_account, with_product

BARE: dict[str, Any] = {
    "htsCode": None,
    "countryOfOrigin": None,
    "weightGrams": None,
    "manufacturer": None,
}


def told(plan: PlanningInput) -> list[Finding]:
    return view_of(decide(plan), "", "", "")["validationMessages"]


def about(plan: PlanningInput, product_id: str = BOOK) -> list[Finding]:
    return [message for message in told(plan) if message.get("product_id") == product_id]


def test_an_order_that_has_gone_is_told_with_its_export_in_the_answer_alone() -> None:
    snapshot = decide(a_plan(exported=frozenset({ORDER})))
    view = view_of(snapshot, "", "", "", {ORDER: "batch_1"})

    told = [found for found in view["validationMessages"] if "export_id" in found]
    assert [(found["code"], found["export_id"]) for found in told] == [
        ("ORDER_ALREADY_EXPORTED", "batch_1")
    ]
    assert b"batch_1" not in canonical_json(snapshot)


def test_a_bare_product_is_one_message_with_all_its_codes() -> None:
    (message,) = about(with_product(**BARE))

    assert (message["code"], message["severity"]) == ("HTS_MISSING", "BLOCKING")
    assert message["codes"] == [
        "HTS_MISSING",
        "ORIGIN_MISSING",
        "MANUFACTURER_MISSING",
        "WEIGHT_MISSING",
    ]
    for said in ("No HTS code.", "Country of origin", "maker's name", "net weight"):
        assert said in message["message"]
    assert "htsCode" in message["remedy"]
    assert "weightGrams" in message["remedy"]


def test_what_a_bare_product_lacks_is_missing_data_and_what_excludes_its_orders() -> None:
    decision = decide(with_product(**BARE))["decision"]

    assert [datum["path"] for datum in decision["missing_data"]] == [
        f"products[{BOOK}].{name}"
        for name in ("countryOfOrigin", "htsCode", "manufacturer", "weightGrams")
    ]
    assert decision["excluded_orders"][0]["codes"] == ["HTS_MISSING", "ORIGIN_MISSING"]


def test_one_thing_that_is_missing_is_told_as_ever() -> None:
    (message,) = about(with_product(countryOfOrigin=None))

    assert message["code"] == "ORIGIN_MISSING"
    assert "codes" not in message


def test_what_is_wrong_with_a_product_stays_apart_from_what_it_lacks() -> None:
    codes = [message["code"] for message in about(with_product(**BARE, description="gift"))]

    assert codes == ["HTS_MISSING", "DESCRIPTION_VAGUE"]


def test_messages_come_by_severity_code_and_field() -> None:
    products = {BOOK: product(**BARE), "prod_mute": product(description=None, weightGrams=None)}
    messages = told(a_plan({"ord_1": order(line(BOOK), line("prod_mute"))}, products))

    places = [(m["severity"], m["code"]) for m in messages if "product_id" in m]
    assert places == [("BLOCKING", "DESCRIPTION_MISSING"), ("BLOCKING", "HTS_MISSING")]


def test_low_values_of_a_product_are_one_message_with_their_count_and_the_lowest() -> None:
    orders = {
        f"ord_{n}": order(line(unit_value_cents=21 + n), line(unit_value_cents=85))
        for n in range(3)
    }
    plan = a_plan(orders, {BOOK: product(unitValueCents=None)})

    (message,) = about(plan)

    assert (message["code"], message["severity"]) == ("UNIT_VALUE_SUSPECT", "WARNING")
    assert (message["order_count"], message["line_count"]) == (3, 6)
    assert message["lowest_value_cents"] == 21
    assert message["message"].endswith("Lines: 6, the lowest at USD 0.21.")


def test_small_orders_are_one_message_however_many_entries_there_are() -> None:
    orders = {f"ord_{n}": order(line(unit_value_cents=80_000 + n // 4)) for n in range(5)}
    plan = a_plan(orders)

    (message,) = [each for each in told(plan) if each["code"] == "DE_MINIMIS_SUSPENDED"]

    assert message["message"].startswith("There are orders at or under USD 800.00")


def test_postage_without_a_number_is_told_once_as_a_charge_and_misses_a_description() -> None:
    plan = with_product(**BARE, title="DOTCOM POSTAGE", description=None)

    (message,) = about(plan)
    decision = decide(plan)["decision"]

    assert message["code"] == "NOT_GOODS"
    assert "charges" in message["remedy"]
    assert [each["path"] for each in decision["missing_data"]] == [f"products[{BOOK}].description"]
    assert decision["excluded_orders"][0]["codes"] == ["NOT_GOODS"]


def test_what_several_units_say_of_one_field_is_told_once() -> None:
    orders = {
        "ord_1": order(line("book", unit_value_cents=300_000)),
        "ord_2": order(line("steel", unit_value_cents=300_000)),
    }
    goods = {"book": product(), "steel": product(htsCode="7326.90.8688", countryOfOrigin="DE")}
    plan = with_account(a_plan(orders, goods), importerOfRecord={"bond": None})

    (message,) = [m for m in told(plan) if m["code"] == "FORMAL_ENTRY_REQUIREMENTS_MISSING"]

    assert "unit_id" not in message
    assert len(decide(plan)["decision"]["excluded_orders"]) == 2
