"""The OpenAPI document is the contract: whole, described, and the one that is committed."""

from typing import Any

import orjson
import pytest

from contract.core import references
from contract.openapi import document as made
from contract.openapi import examples
from gateway.app import create_app
from gateway.bodies import parse_json, shaped
from gateway.operations import OPERATIONS, Operation
from gateway.schemas.responses import Error
from gateway.settings import Settings
from shared.contracts.errors import ErrorCode

# What no operation can answer: there is no route, or no such method on it.
ROUTING = {ErrorCode.ROUTE_NOT_FOUND, ErrorCode.METHOD_NOT_ALLOWED}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return made(create_app(Settings()))


def test_every_route_is_documented() -> None:
    base = create_app(Settings()).openapi()["paths"]
    routes = {(method, path) for path, methods in base.items() for method in methods}

    assert {route for route in routes if route[1].startswith("/api")} == set(OPERATIONS)


def test_every_property_has_a_description(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, about in schema.get("properties", {}).items()
        if not about.get("description")
    ]

    assert bare == []


def test_every_error_belongs_to_an_operation() -> None:
    told = {code for operation in OPERATIONS.values() for code in operation.all_errors}

    assert told == set(ErrorCode) - ROUTING


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert {name for name in references(document) if name not in schemas} == set()
    assert set(schemas) - set(references(document)) == set()


def test_the_four_calls_of_the_core_loop_stand_apart(document: dict[str, Any]) -> None:
    core = [
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
        if operation["tags"] == ["Core loop"]
    ]

    assert core == ["syncOrders", "planExport", "executeExport", "inspectExport"]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.id)
def test_the_examples_are_of_the_documented_shape(operation: Operation) -> None:
    recorded = examples()
    answer = recorded.get(f"{operation.id}.200")
    request = recorded.get(f"{operation.id}.request")

    if not isinstance(operation.answer, tuple) and answer is not None:
        operation.answer.model_validate(answer)
    if operation.body is not None and request is not None:
        shaped(operation.body, parse_json(orjson.dumps(request)))
    for code in operation.all_errors:
        if code in recorded:
            Error.model_validate(recorded[code])
