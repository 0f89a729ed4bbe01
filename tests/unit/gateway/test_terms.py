"""Orders as they are, over HTTP: currencies, units, discounts; taken, refused, given back."""

from typing import Any

import orjson
import pytest

from gateway.bodies import parse_json, shaped
from gateway.money import dump, to_http
from gateway.record_views import order_view
from gateway.schemas.requests import PlanBody, SyncOrdersBody
from shared.records import SyncedDocument
from shared.synced import content_of, dump_content
from unit.gateway.test_bodies import PLAN, orders, refused


def priced(**line: Any) -> dict[str, Any]:
    return {"productId": "prod_1", "quantity": 2} | line


def content(**changes: Any) -> dict[str, Any]:
    return dump_content(shaped(SyncOrdersBody, parse_json(orders(**changes))).items[0])


@pytest.mark.parametrize(
    ("currency", "value", "minor"),
    [("EUR", 12.5, 1_250), ("jpy", 1_250, 1_250), ("KWD", 1.25, 1_250), ("USD", 12.5, 1_250)],
)
def test_a_price_is_kept_in_the_minor_unit_of_its_currency(
    currency: str, value: float, minor: int
) -> None:
    kept = content(currency=currency, items=[priced(unitValue=value)])

    assert kept["currency"] == currency.upper()
    assert kept["items"] == [{"productId": "prod_1", "quantity": 2, "unitValueMinor": minor}]


@pytest.mark.parametrize(
    ("unit", "quantity", "thousandths"),
    [("M", 2.125, 2_125), ("DOZ", 0.25, 250), ("PCS", 3, 3_000)],
)
def test_a_quantity_of_a_unit_is_kept_in_thousandths(
    unit: str, quantity: float, thousandths: int
) -> None:
    kept = content(items=[priced(unit=unit, quantity=quantity, unitValueUsd=1)])

    assert kept["items"][0]["quantityThousandths"] == thousandths
    assert "quantity" not in kept["items"][0]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"currency": "JPY", "items": [priced(unitValue=1.5)]}, "items.0.unitValue", "custom"),
        ({"currency": "KWD", "items": [priced(unitValue=1.0005)]}, "items.0.unitValue", "custom"),
        ({"currency": "EUR", "items": [priced(unitValueUsd=1)]}, "items.0.unitValue", "custom"),
        ({"items": [priced(unitValue=1)]}, "items.0.unitValueUsd", "custom"),
        ({"items": [priced()]}, "items.0.unitValueUsd", "custom"),
        ({"currency": "XYZ"}, "currency", "invalid_enum_value"),
        ({"currency": "euro"}, "currency", "invalid_string"),
        ({"items": [priced(quantity=1.5, unitValueUsd=1)]}, "items.0.quantity", "invalid_type"),
        ({"items": [priced(unit="DOZ", quantity=0.1, unitValueUsd=1)]}, "items.0.quantity",
         "custom"),
        ({"items": [priced(unit="M", quantity=0.0001, unitValueUsd=1)]}, "items.0.quantity",
         "custom"),
        ({"items": [priced(unit="ELL", unitValueUsd=1)]}, "items.0.unit", "invalid_enum_value"),
        ({"discounts": [{"name": "Coupon", "amount": 1.01}]}, "discounts", "custom"),
        ({"discounts": [{"name": "Coupon", "amount": -1}]}, "discounts.0.amount", "too_small"),
        ({"charges": [{"name": "Post", "amount": -1}]}, "charges.0.amount", "too_small"),
        ({"reasonForExport": "LOAN"}, "reasonForExport", "invalid_enum_value"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_place(
    changes: dict[str, Any], field: str, code: str
) -> None:
    _, answer = refused(SyncOrdersBody, orders(**changes))

    [issue] = answer["details"]["issues"]
    assert (issue["path"], issue["code"]) == (f"items.0.{field}", code)


def test_a_rate_has_six_decimals_and_each_currency_one() -> None:
    rate = {"currency": "JPY", "usdPerUnit": 0.006543, "date": "2026-11-27", "source": "ECB"}

    def planned(*rates: dict[str, Any]) -> bytes:
        return orjson.dumps(PLAN | {"shipment": {"exchangeRates": rates}})

    taken = shaped(PlanBody, parse_json(planned(rate))).shipment
    assert taken
    assert taken.exchange_rates
    assert taken.exchange_rates[0].usd_per_unit_millionths == 6_543
    assert refused(PlanBody, planned(rate, rate))[1]["field"] == "shipment.exchangeRates"
    finer = rate | {"usdPerUnit": 0.0065431}
    assert refused(PlanBody, planned(finer))[1]["field"] == "shipment.exchangeRates.0.usdPerUnit"


def test_an_order_is_answered_as_it_was_given() -> None:
    given = {
        "currency": "KWD",
        "items": [priced(unit="M", quantity=2.125, unitValue=4.005)],
        "discounts": [{"name": "Coupon", "amount": 0.5}],
    }
    body = shaped(SyncOrdersBody, parse_json(orders(**given)))
    record = SyncedDocument(
        _id="ord_1", account_id="acc_1", external_id="A-1", metadata=None, hash="", applied="",
        content=content_of("acc_1", body.items[0]), revision=1, created_at="", updated_at="",
    )  # fmt: skip

    answer = orjson.loads(dump(order_view(record)))

    assert {name: answer[name] for name in given} == given
    assert (answer["totalValue"], answer["totalValueUsd"]) == (8.011, None)


def test_a_value_that_is_not_known_leaves_as_null_under_its_name() -> None:
    totals = {"value_cents": None, "currency": "JPY", "value_minor": 900}

    assert dump(to_http(totals)) == b'{"value_usd":null,"currency":"JPY","value":900}'
