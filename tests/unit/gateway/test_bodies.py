"""Bodies are read strictly: what is ambiguous or out of range never reaches a command."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from gateway.bodies import parse_json, shaped
from gateway.schemas.requests import (
    ExecuteBody,
    PlanBody,
    SyncOrdersBody,
    SyncProductsBody,
)
from shared.contracts.orders import OrderFact
from shared.contracts.sync import SyncOrders
from shared.errors import Refused
from shared.synced import dump_content
from shared.validation import Found

ORDER: dict[str, Any] = {
    "externalId": "A-1",
    "destinationCountry": "US",
    "items": [{"productId": "prod_1", "quantity": 1, "unitValueUsd": 1}],
}
PLAN = {"accountId": "acc_1", "warehouseId": "wh_1", "brokerId": "br_1", "orderIds": ["ord_1"]}
LINE = "items.0.items.0"


def refused(model: Any, raw: bytes) -> tuple[str, dict[str, Any]]:  # a model
    with pytest.raises(Refused) as error:
        shaped(model, parse_json(raw))
    answer = error.value.refusal
    assert answer.status == 400
    return answer.error_code, answer.envelope()


def orders(**changes: Any) -> bytes:  # any JSON value
    return orjson.dumps({"accountId": "acc_1", "items": [ORDER | changes]})


def line(**changes: Any) -> bytes:  # any JSON value
    return orders(items=[ORDER["items"][0] | changes])


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"{'a': 1}", id="single quotes"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbf{}", id="two byte order marks"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"a": "\xff"}', id="not UTF-8"),
        pytest.param(b'{"a": 1, "a": 2}', id="duplicate key"),
        pytest.param(b'{"a": {"b": 1, "b": 1}}', id="duplicate key inside"),
        pytest.param(b'{"a": NaN}', id="NaN"),
        pytest.param(b'{"a": -Infinity}', id="Infinity"),
        pytest.param(b'{"a": 1e9999999999999999999}', id="a number no decimal holds"),
        pytest.param(b"[" * 33 + b"]" * 33, id="nesting 33"),
        pytest.param(b"[" * 100_000, id="nesting without end"),
        pytest.param(b'{"a": "\x01"}', id="raw control character"),
    ],
)
def test_what_is_not_json_is_an_invalid_request(raw: bytes) -> None:
    code, envelope = refused(SyncOrdersBody, raw)

    assert code == "INVALID_REQUEST"
    assert envelope["message"] == "Request body must be valid JSON."


def test_a_byte_order_mark_is_taken_off() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_nesting_of_32_is_read() -> None:
    assert parse_json(b"[" * 32 + b"]" * 32)


@pytest.mark.parametrize(
    ("raw", "path", "code"),
    [
        (b"[]", "", "invalid_type"),
        (b'{"items": []}', "accountId", "invalid_type"),
        (orders(externalid="x"), "items.0.externalid", "unrecognized_keys"),
        (orders(externalId=""), "items.0.externalId", "too_small"),
        (orders(externalId="x" * 256), "items.0.externalId", "too_big"),
        (orders(externalId=7), "items.0.externalId", "invalid_type"),
        (orders(externalId="a\u0000b"), "items.0.externalId", "invalid_string"),
        (orders(destinationCountry="USA"), "items.0.destinationCountry", "invalid_string"),
        (orders(items=[]), "items.0.items", "too_small"),
        (line(quantity=0), f"{LINE}.quantity", "too_small"),
        (line(quantity=1_000_001), f"{LINE}.quantity", "too_big"),
        (line(quantity=1.5), f"{LINE}.quantity", "invalid_type"),
        (line(quantity="1"), f"{LINE}.quantity", "invalid_type"),
        (line(quantity=True), f"{LINE}.quantity", "invalid_type"),
        (line(unitValueUsd=-0.01), f"{LINE}.unitValueUsd", "too_small"),
        (line(unitValueUsd=10_000_000.01), f"{LINE}.unitValueUsd", "too_big"),
        (line(unitValueUsd=0.001), f"{LINE}.unitValueUsd", "custom"),
        (line(unitValueUsd="1.00"), f"{LINE}.unitValueUsd", "invalid_type"),
        (line(productExternalId="P-1"), LINE, "custom"),
        (line(productId=None), LINE, "custom"),
        (orders(metadata={"n": 2**63}), "items.0.metadata", "too_big"),
        (orders(metadata={"a": "\u0007"}), "items.0.metadata", "invalid_string"),
        (orders(metadata={"a": "x" * 16_400}), "items.0.metadata", "too_big"),
        (orders(items=[ORDER["items"][0]] * 2_001), "items.0.items", "too_big"),
    ],
)
def test_a_wrong_order_is_told_where_and_how(raw: bytes, path: str, code: str) -> None:
    error, envelope = refused(SyncOrdersBody, raw)

    assert error == "VALIDATION_ERROR"
    assert envelope.get("field") == (path or None)
    first = envelope["details"]["issues"][0]
    assert (first["path"], first["code"]) == (path, code)


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"destinationCountry": "CA"}, "destinationCountry", "invalid_enum_value"),
        ({"batchId": "ab"}, "batchId", "too_small"),
        ({"orderIds": []}, "orderIds", "too_small"),
        ({"orderIds": ["o"] * 10_001}, "orderIds", "too_big"),
        ({"dryrun": True}, "dryrun", "unrecognized_keys"),
        ({"dryRun": 1}, "dryRun", "invalid_type"),
        ({"idempotencyKey": "two words"}, "idempotencyKey", "invalid_string"),
        ({"idempotencyKey": ""}, "idempotencyKey", "invalid_string"),
        ({"shipment": {"portOfEntry": "901"}}, "shipment.portOfEntry", "invalid_string"),
        ({"shipment": {"transportMode": "SHIP"}}, "shipment.transportMode", "invalid_enum_value"),
        ({"shipment": {"eta": "tomorrow"}}, "shipment.eta", "invalid_string"),
        ({"shipment": {"exportDate": "2026-02-30"}}, "shipment.exportDate", "invalid_string"),
        ({"shipment": {"incoterm": "free"}}, "shipment.incoterm", "invalid_string"),
        (
            {"shipment": {"bills": [{"kind": "CMR", "number": "1"}]}},
            "shipment.bills.0.kind",
            "invalid_enum_value",
        ),
        ({"shipment": {"bills": [{"kind": "AWB"}]}}, "shipment.bills.0.number", "invalid_type"),
        (
            {
                "shipment": {
                    "bills": [{"kind": "AWB", "number": n, "orderIds": ["o"]} for n in "12"]
                }
            },
            "shipment.bills",
            "custom",
        ),
        (
            {"shipment": {"packages": [{"kind": "BOX", "count": 1, "orderIds": []}]}},
            "shipment.packages.0.orderIds",
            "too_small",
        ),
    ],
)
def test_a_wrong_plan_is_told_where_and_how(change: dict[str, Any], path: str, code: str) -> None:
    error, envelope = refused(PlanBody, orjson.dumps(PLAN | change))

    assert (error, envelope["field"]) == ("VALIDATION_ERROR", path)
    assert envelope["details"]["issues"][0]["code"] == code


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (line(quantity=1_000_001), "At most 1000000"),
        (line(quantity=0), "At least 1"),
        (line(unitValueUsd=10_000_000.01), "At most 10000000.00"),
        (line(unitValueUsd=-1), "At least 0.00"),
    ],
)
def test_a_number_out_of_range_is_told_with_its_bound_as_the_caller_writes_it(
    raw: bytes, told: str
) -> None:
    _, envelope = refused(SyncOrdersBody, raw)

    assert envelope["details"]["issues"][0]["message"] == told


def test_lone_surrogates_are_refused_and_never_echoed() -> None:
    code, envelope = refused(PlanBody, b'{"accountId": "\\ud800", "\\udfff": 1}')

    assert code == "VALIDATION_ERROR"
    assert orjson.dumps(envelope)


def test_names_in_snake_case_are_not_the_protocols() -> None:
    code, envelope = refused(ExecuteBody, b'{"account_id": "acc_1", "batch_id": "batch_1"}')

    assert code == "VALIDATION_ERROR"
    codes = {issue["code"] for issue in envelope["details"]["issues"]}
    assert codes == {"invalid_type", "unrecognized_keys"}


@given(st.integers(0, 1_000_000_000), st.integers(0, 4))
def test_money_arrives_to_the_cent(cents: int, zeros: int) -> None:
    text = f"{cents // 100}.{cents % 100:02d}" + "0" * zeros
    raw = line(unitValueUsd=0).replace(b'"unitValueUsd":0', b'"unitValueUsd":' + text.encode())

    body = shaped(SyncOrdersBody, parse_json(raw))

    assert body.items[0].items[0].unit_value_cents == cents


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**7))
def test_a_value_is_taken_exactly_or_refused(value: Decimal) -> None:
    raw = line(unitValueUsd=0).replace(b'"unitValueUsd":0', f'"unitValueUsd":{value}'.encode())

    cents = Fraction(value) * 100
    if cents.denominator == 1:
        body = shaped(SyncOrdersBody, parse_json(raw))
        assert body.items[0].items[0].unit_value_cents == cents
    else:
        assert refused(SyncOrdersBody, raw)[0] == "VALIDATION_ERROR"


def metadata(text: str) -> bytes:
    return orders(metadata={"n": "here"}).replace(b'"here"', text.encode())


@pytest.mark.parametrize(
    "text",
    [
        *map(str, (2**53 - 1, 1 - 2**53, 2**53, -(2**53), 10**17 + 1, -(10**17) - 1)),
        *map(str, (10**18 + 1, -(10**18) - 1, 2**63 - 1, -(2**63), 0)),
        *("0.1", "-1.5e30", "1e-300", "1E22", "45.123456789012345"),
    ],
)
def test_a_number_in_metadata_arrives_as_it_was_sent(text: str) -> None:
    body = shaped(SyncOrdersBody, parse_json(metadata(text)))

    assert body.items[0].metadata == {"n": orjson.loads(text)}
    assert isinstance(body.items[0].metadata["n"], type(orjson.loads(text)))


@pytest.mark.parametrize("text", [str(2**63), str(-(2**63) - 1), "9" * 100, "1e400", "1e-400"])
def test_a_number_that_would_become_another_one_is_refused(text: str) -> None:
    code, envelope = refused(SyncOrdersBody, metadata(text))

    assert (code, envelope["field"]) == ("VALIDATION_ERROR", "items.0.metadata")
    assert envelope["details"]["issues"][0]["code"] == "too_big"


@pytest.mark.parametrize("text", ["0E+100000000", "0E-100000000", "0.0"])
def test_a_zero_is_zero_however_long_its_digits_would_be(text: str) -> None:
    raw = line(unitValueUsd=0).replace(b'"unitValueUsd":0', b'"unitValueUsd":' + text.encode())

    assert shaped(SyncOrdersBody, parse_json(raw)).items[0].items[0].unit_value_cents == 0


def test_a_time_in_another_zone_is_kept_in_utc() -> None:
    body = shaped(PlanBody, PLAN | {"shipment": {"eta": "2026-11-24T17:38:05+02:00"}})

    assert body.shipment is not None
    assert body.shipment.eta == "2026-11-24T15:38:05.000Z"


def test_a_message_carries_the_contracts_names_and_units() -> None:
    body = shaped(SyncOrdersBody, parse_json(orders(metadata={"note": None, "rate": 1.25})))

    command = SyncOrders(
        command_id="cmd_1",
        account_id="acc_1",
        request_id="req_1",
        issued_at="2026-11-24T15:38:05.731Z",
        items=body.items,
    )

    sent = orjson.loads(command.model_dump_json(by_alias=True, exclude_none=True))
    assert sent["items"][0]["items"] == [
        {"productId": "prod_1", "quantity": 1, "unitValueCents": 100}
    ]
    assert sent["items"][0]["metadata"] == {"note": None, "rate": 1.25}
    received = SyncOrders.model_validate(sent).items[0]
    assert isinstance(received, OrderFact)
    assert dump_content(received)["items"] == sent["items"][0]["items"]


def test_percents_are_kept_as_hundredths() -> None:
    product = {"externalId": "P", "title": "T", "materials": [{"name": "wool", "percent": 33.33}]}

    body = shaped(
        SyncProductsBody, parse_json(orjson.dumps({"accountId": "a", "items": [product]}))
    )

    assert body.items[0].materials is not None
    assert body.items[0].materials[0].percent_hundredths == 3333


@pytest.mark.parametrize(
    "order",
    [
        {**ORDER, "items": [{}] * 2_000},
        {**ORDER, "items": [1] * 2_000},
        {**ORDER, **{f"key{number}": 0 for number in range(2_000)}},
        {**ORDER, "items": [{f"key{number}": 0 for number in range(2_000)}] * 5},
    ],
    ids=["empty lines", "no lines", "keys of an order", "keys of a line"],
)
@pytest.mark.parametrize(
    "read",
    [
        lambda sent: SyncOrdersBody.model_validate(sent, context=Found()),
        lambda sent: SyncOrders.model_validate_json(orjson.dumps(sent), strict=True),
    ],
    ids=["over HTTP", "as a message"],
)
def test_the_issues_that_are_made_are_bounded_whatever_is_sent(
    read: Callable[[dict[str, Any]], BaseModel], order: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as error:
        read({"accountId": "acc_1", "items": [order] * 500})

    assert error.value.error_count() < 100 + 2_010  # a hundred, and what one object can hold


def test_what_is_not_looked_at_any_more_is_refused_with_the_rest() -> None:
    orders = [{**ORDER, "externalId": f"A-{place}"} for place in range(300)]
    bad = [{**order, "items": [{}]} for order in orders[:200]]

    code, answer = refused(
        SyncOrdersBody, orjson.dumps({"accountId": "acc_1", "items": bad + orders[200:]})
    )

    assert code == "VALIDATION_ERROR"
    issues = answer["details"]["issues"]
    assert len(issues) == 100
    assert issues[0]["path"] == "items.0.items.0.quantity"


def test_an_object_of_endless_keys_is_refused_before_its_shape_is_looked_at() -> None:
    endless = orjson.dumps({f"key{number}": 0 for number in range(10_001)})

    code, answer = refused(SyncOrdersBody, endless)

    assert code == "INVALID_REQUEST"
    assert answer["details"]["reason"] == "An object is limited to 10000 keys."
