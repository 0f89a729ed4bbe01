"""The OpenAPI document is the contract: whole, described, and true."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from contract import openapi
from contract.core import references
from contract.recorded import example_bodies
from gateway.app import create_app
from gateway.bodies import shaped
from gateway.schemas.requests import PlanBody, SyncOrdersBody, SyncProductsBody
from gateway.settings import Settings
from shared import strict_json
from shared.contracts.errors import ErrorCode, NextAction
from shared.errors import Refused
from support import world
from support.documented import shape

# What no operation can answer: there is no route, or no such method on it.
ROUTING = {ErrorCode.ROUTE_NOT_FOUND, ErrorCode.METHOD_NOT_ALLOWED}
DOCUMENT = openapi.document(create_app(Settings()))
RECORDED: dict[str, Any] = example_bodies()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return DOCUMENT


def operations() -> Iterator[dict[str, Any]]:
    for methods in DOCUMENT["paths"].values():
        yield from methods.values()


def test_every_route_is_documented(document: dict[str, Any]) -> None:
    base = create_app(Settings()).openapi()["paths"]

    assert {path for path in base if path.startswith("/api")} == set(document["paths"])


def test_every_property_has_a_description(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, about in schema.get("properties", {}).items()
        if not about.get("description")
    ]

    assert bare == []


def test_every_error_belongs_to_an_operation(document: dict[str, Any]) -> None:
    told = orjson.dumps(document["components"]["responses"]).decode()
    told += " ".join(each["responses"]["401"]["description"] for each in operations())

    assert {code for code in ErrorCode if f"`{code}`" in told} == set(ErrorCode) - ROUTING


def test_every_reference_leads_somewhere_and_every_component_is_used(
    document: dict[str, Any],
) -> None:
    referred = set(references(document))

    there = {
        (kind, name)
        for kind, parts in document["components"].items()
        if kind != "securitySchemes"
        for name in parts
    }
    assert referred == there


def test_no_schema_asks_a_reader_to_choose_or_to_multiply(document: dict[str, Any]) -> None:
    text = orjson.dumps(document["components"]["schemas"]).decode()

    for word in ("anyOf", "oneOf", "allOf", "multipleOf", "default"):
        assert f'"{word}":' not in text, word


def test_every_next_action_is_in_the_document(document: dict[str, Any]) -> None:
    words = document["components"]["schemas"]["NextAction"]["x-extensible-enum"]

    assert set(words) == set(NextAction)


def test_the_four_calls_of_the_core_loop_stand_apart(document: dict[str, Any]) -> None:
    core = [
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
        if operation["tags"] == ["Core loop"]
    ]

    assert core == ["syncOrders", "planExport", "executeExport", "inspectExport"]


@pytest.mark.parametrize("operation", list(operations()), ids=lambda each: each["operationId"])
def test_the_recorded_answers_are_of_the_documented_shape(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    answer = operation["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
    if (value := RECORDED.get(f"{name}.200")) is not None:
        shape(answer["$ref"].rsplit("/", 1)[1]).validate(value)
    if (value := RECORDED.get(f"{name}.request")) is not None:
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        shape(body["$ref"].rsplit("/", 1)[1]).validate(value)


@pytest.mark.parametrize("code", [code for code in ErrorCode if code in RECORDED])
def test_the_recorded_errors_are_of_the_documented_shape(code: ErrorCode) -> None:
    shape("Error").validate(RECORDED[code])


@pytest.mark.parametrize("cents", [1, 1999, 100, 110, 33, 1_000_000_000])
def test_every_price_that_is_taken_is_of_the_documented_shape(cents: int) -> None:
    line = {"productId": "prod_1", "quantity": 1, "unitValueUsd": cents / 100}
    body = {"items": [{"externalId": "A", "destinationCountry": "US", "items": [line]}]}
    whole = {"accountId": "acc_1"} | body

    shape("SyncOrdersInput").validate(whole)
    taken = shaped(SyncOrdersBody, strict_json.parse(orjson.dumps(whole)))
    assert taken.items[0].items[0].unit_value_cents == cents


PRODUCT = {"externalId": "P", "title": "T"}
ORDER = {"externalId": "A", "destinationCountry": "US"}
LINE = {"quantity": 1, "unitValueUsd": 1}
AGREED = [
    ("SyncProductsInput", SyncProductsBody, {"items": [PRODUCT]}, True),
    ("SyncProductsInput", SyncProductsBody, {"items": [PRODUCT | {"sku": None}]}, True),
    ("SyncProductsInput", SyncProductsBody, {"items": [PRODUCT | {"colour": "red"}]}, False),
    (
        "SyncProductsInput",
        SyncProductsBody,
        {"items": [PRODUCT | {"pga": {"FDA": {"a": 1}}}]},
        False,
    ),
    ("SyncProductsInput", SyncProductsBody, {"items": [{"externalId": "P"}]}, False),
    ("SyncOrdersInput", SyncOrdersBody, {"items": [ORDER | {"items": []}]}, False),
    ("SyncOrdersInput", SyncOrdersBody, {"items": [ORDER | {"items": [LINE]}]}, False),
    (
        "SyncOrdersInput",
        SyncOrdersBody,
        {"items": [ORDER | {"items": [LINE | {"productId": "p"}]}]},
        True,
    ),
    (
        "SyncOrdersInput",
        SyncOrdersBody,
        {"items": [ORDER | {"items": [LINE | {"productId": "p", "productExternalId": "P"}]}]},
        False,
    ),
    ("PlanInput", PlanBody, {"warehouseId": "w", "brokerId": "b", "orderIds": ["o"]}, True),
    (
        "PlanInput",
        PlanBody,
        {"warehouseId": "w", "brokerId": "b", "orderIds": ["o"], "batchId": "x"},
        False,
    ),
]


@pytest.mark.parametrize(("name", "model", "parts", "taken"), AGREED)
def test_the_document_refuses_what_the_server_refuses(
    name: str, model: type[Any], parts: dict[str, Any], *, taken: bool
) -> None:
    body = {"accountId": "acc_1"} | parts

    assert shape(name).is_valid(body) is taken
    if taken:
        shaped(model, strict_json.parse(orjson.dumps(body)))
    else:
        with pytest.raises(Refused):
            shaped(model, strict_json.parse(orjson.dumps(body)))


LINE_OF_BOTH = {"productId": "prod_1", "productExternalId": "", "quantity": 1, "unitValueUsd": 1}
PLAN = {
    "accountId": "acc_1",
    "warehouseId": "wh_1",
    "brokerId": "br_1",
    "orderIds": ["ord_1"],
    "destinationCountry": "US",
    "batchId": "exp_1",
    "shipment": world.http(world.SHIPMENT),
}
ORDERS = {"accountId": "acc_1", "items": [world.http(world.ORDER) | {"items": [LINE_OF_BOTH]}]}
PRODUCTS = {
    "accountId": "acc_1",
    "items": [world.http(product) for product in (world.SWEATER, world.TEE, world.BOOK)],
}


@pytest.mark.parametrize(
    ("name", "model", "body"),
    [
        pytest.param("SyncOrdersInput", SyncOrdersBody, ORDERS, id="orders"),
        pytest.param("SyncProductsInput", SyncProductsBody, PRODUCTS, id="products"),
        pytest.param("PlanInput", PlanBody, PLAN, id="plan"),
    ],
)
def test_the_document_says_of_every_text_whether_it_may_be_empty(
    name: str,
    model: Any,  # a body's class
    body: dict[str, Any],
) -> None:
    documented = shape(name)
    differs = [
        path
        for path, emptied in each_text_emptied(body)
        if documented.is_valid(emptied) != taken(model, emptied)
    ]

    assert taken(model, body)
    # That one of two names is needed is more than a schema without unions can say of empty ones.
    assert set(differs) <= {".items.0.items.0.productId"}


def taken(model: Any, body: Any) -> bool:
    try:
        shaped(model, strict_json.parse(orjson.dumps(body)))
    except Refused:
        return False
    return True


def each_text_emptied(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The body once for each text in it, without that text."""
    if isinstance(value, str):
        yield path, ""
        return
    parts: Any = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else parts:
        for inner, emptied in each_text_emptied(part, f"{path}.{key}"):
            copy = value.copy()
            copy[key] = emptied
            yield inner, copy
