"""The core loop alone: the document's operations of one tag, and the components that they reach."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from gateway.routes.words import CORE

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
    return document | {
        "tags": [tag for tag in document["tags"] if tag["name"] == CORE],
        "paths": paths,
        "components": reached(paths, document["components"]),
    }


def reached(value: Any, components: Json) -> Json:  # noqa: ANN401  # any JSON value
    """Those of the components that the value refers to, or that one of them does."""
    found: set[tuple[str, str]] = set()
    waiting = set(references(value))
    while waiting:
        found |= waiting
        waiting = {each for kind, name in waiting for each in references(components[kind][name])}
        waiting -= found
    return {
        kind: {name: each for name, each in parts.items() if (kind, name) in found}
        if kind != "securitySchemes"
        else parts
        for kind, parts in components.items()
    }


def references(value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # any JSON value
    """The components that it refers to, by kind and name."""
    if isinstance(value, dict):
        if isinstance(target := value.get("$ref"), str):
            kind, name = target.split("/")[-2:]
            yield kind, name
        for entry in value.values():
            yield from references(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from references(entry)
