"""The store's filters over dictionaries: the operators that the gateway uses."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.records import Document


def matches(document: Document, query: Mapping[str, Any]) -> bool:
    return all(_holds(document, name, wanted) for name, wanted in query.items())


def _holds(document: Document, name: str, wanted: Any) -> bool:  # any value
    if name == "$and":
        return all(matches(document, part) for part in wanted)
    if name == "$or":
        return any(matches(document, part) for part in wanted)
    value: Any = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if not isinstance(wanted, Mapping):
        return bool(value == wanted)
    tests: dict[str, Callable[[Any, Any], bool]] = {
        "$lt": lambda have, want: have < want,
        "$gt": lambda have, want: have > want,
        "$gte": lambda have, want: have >= want,
        "$in": lambda have, want: have in want,
        "$ne": lambda have, want: have != want,
    }
    return all(tests[operator](value, want) for operator, want in wanted.items())
