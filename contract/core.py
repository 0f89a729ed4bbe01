"""The core loop alone: the document's operations of one tag, and the schemas that they reach."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from gateway.operations import CORE

Json = dict[str, Any]


def core(document: Json) -> Json:
    paths: Json = {}
    for path, methods in deepcopy(document["paths"]).items():
        if kept := {name: each for name, each in methods.items() if CORE in each["tags"]}:
            paths[path] = kept
    operations = [each for methods in paths.values() for each in methods.values()]
    ids = {each["operationId"] for each in operations}
    for answer in (answer for each in operations for answer in each["responses"].values()):
        if links := answer.get("links"):
            answer["links"] = {n: link for n, link in links.items() if link["operationId"] in ids}
    components = document["components"]
    return document | {
        "tags": [tag for tag in document["tags"] if tag["name"] == CORE],
        "paths": paths,
        "components": components | {"schemas": _reached(paths, components["schemas"])},
    }


def _reached(paths: Json, schemas: Json) -> Json:
    found: set[str] = set()
    waiting = set(references(paths))
    while waiting:
        found |= waiting
        waiting = {name for each in waiting for name in references(schemas[each])} - found
    return {name: schema for name, schema in schemas.items() if name in found}


def references(value: Any) -> Iterator[str]:  # noqa: ANN401  # any JSON value
    """The names of the schemas that it refers to."""
    if isinstance(value, dict):
        if isinstance(target := value.get("$ref"), str):
            yield target.rsplit("/", 1)[1]
        for entry in value.values():
            yield from references(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from references(entry)
