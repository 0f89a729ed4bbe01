"""The list of tools as a client receives it: its size, its truth, and that the API takes it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp_types import Tool

from shpbndl_mcp.calls import Gateway
from shpbndl_mcp.server import create_server
from support.agents import refused

REPOSITORY = Path(__file__).parents[3]
OPENAPI = REPOSITORY / "services/gateway/src/gateway/published/openapi.json"
NOBODY_THERE = Gateway("http://127.0.0.1:9/api", "shpbndl_test_unit-test-key")
READS = {"get_account", "inspect_export", "find", "get_document"}


@pytest.fixture
async def tools() -> dict[str, Tool]:
    async with Client(create_server(NOBODY_THERE)) as client:
        return {tool.name: tool for tool in (await client.list_tools()).tools}


async def test_the_whole_list_of_tools_takes_a_model_12_kb() -> None:
    async with Client(create_server(NOBODY_THERE)) as client:
        listed = await client.list_tools()

    whole = listed.model_dump_json(by_alias=True, exclude_none=True)
    assert len(listed.tools) == 8
    assert len(whole.encode()) <= 12 * 1024


async def test_annotations_say_what_a_call_does(tools: dict[str, Tool]) -> None:
    said = {
        name: (a.read_only_hint, a.destructive_hint, a.idempotent_hint, a.open_world_hint)
        for name, tool in tools.items()
        if (a := tool.annotations)
    }

    assert {name for name, hints in said.items() if hints[0]} == READS
    assert said["sync_products"] == said["sync_orders"] == (False, True, True, False)
    assert said["plan_export"] == (False, False, False, False)  # it stores an export
    assert said["execute_export"] == (False, True, True, True)
    assert [name for name, hints in said.items() if hints[3]] == ["execute_export"]


async def test_each_tool_and_what_the_server_says_of_it_is_on_its_pages(
    tools: dict[str, Tool],
) -> None:
    pages = (
        REPOSITORY / "clients/mcp/README.md",
        REPOSITORY / "services/gateway/src/gateway/pages/clients/mcp.md",
    )

    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert [name for name in tools if f"`{name}`" not in text] == [], page


@pytest.mark.parametrize(
    ("tool", "argument", "shape"),
    [
        ("sync_products", "items", "ProductInput"),
        ("sync_orders", "items", "OrderInput"),
        ("plan_export", "shipment", "ShipmentInput"),
    ],
)
async def test_what_a_sync_replaces_a_tool_can_say_in_the_same_names_and_types(
    tools: dict[str, Tool], tool: str, argument: str, shape: str
) -> None:
    document = json.loads(OPENAPI.read_bytes())
    api = {*leaves(named(document, shape), document)}
    given = tools[tool].input_schema["properties"][argument]

    ours = {*leaves(given.get("items", given), document)}

    assert ours == api


@pytest.mark.parametrize(
    ("tool", "arguments", "field", "code"),
    [
        ("plan_export", {"dryrun": True}, "dryrun", "unrecognized_keys"),
        ("sync_products", {"items": []}, "items", "too_small"),
        ("sync_products", {"items": [{"externalId": "A", "title": "B", "x": 1}]},
         "items.0.x", "unrecognized_keys"),
        ("sync_orders", {"items": [{"externalId": "A", "destinationCountry": "US", "items": [
            {"quantity": 0, "productId": "p"}]}]}, "items.0.items.0.quantity", "too_small"),
        ("inspect_export", {"exportId": "b", "part": "all"}, "part", "invalid_enum_value"),
        ("inspect_export", {"exportId": "b", "waitSeconds": 26}, "waitSeconds", "too_big"),
        ("execute_export", {"exportId": "b", "planHash": "latest"}, "planHash", "invalid_string"),
        ("execute_export", {"exportId": "b"}, "planHash", "invalid_type"),
        ("find", {"reference": "\ud800"}, "reference", "invalid_string"),
        ("find", {"cursor": "\ud800"}, "cursor", "invalid_string"),
    ],
)  # fmt: skip
async def test_arguments_that_do_not_fit_are_refused_in_the_words_of_the_api(
    tool: str, arguments: dict[str, Any], field: str, code: str
) -> None:
    async with Client(create_server(NOBODY_THERE)) as client:
        told = await refused(client, tool, **arguments)

    assert (told["errorCode"], told["field"]) == ("VALIDATION_ERROR", field)
    assert told["details"]["issues"][0]["code"] == code
    assert told["next"]["action"] == "FIX_REQUEST"


async def test_a_gateway_that_is_not_there_is_told_and_no_traceback() -> None:
    async with Client(create_server(NOBODY_THERE)) as client:
        told = await refused(client, "get_account")

    assert told["errorCode"] == "GATEWAY_UNREACHABLE"
    assert told["next"]["do"]


def named(document: dict[str, Any], shape: str) -> dict[str, Any]:
    shapes = document["components"]["schemas"]
    if shape in shapes:
        found: dict[str, Any] = shapes[shape]
        return found
    part = shape.removesuffix("Input").lower()  # it stands where it is used, once
    inner: dict[str, Any] = shapes["PlanInput"]["properties"][part]
    return inner


def leaves(
    schema: dict[str, Any], document: dict[str, Any], path: str = ""
) -> Iterator[tuple[str, str]]:
    """Each datum of a shape with its type; null beside another type counts as absent."""
    schema = whole(schema, document)
    if "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from leaves(inner, document, f"{path}.{name}")
    elif schema.get("type") == "array":
        yield from leaves(schema["items"], document, f"{path}[]")
    else:
        yield path, str(schema.get("type"))


def whole(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return whole(document["components"]["schemas"][name], document)
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if choices:
        return whole(choices[0], document)
    kind = schema.get("type")
    if isinstance(kind, list):
        return schema | {"type": next(each for each in kind if each != "null")}
    return schema
