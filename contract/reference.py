"""The reference: the OpenAPI document in words, with examples, as two pages of Markdown."""

import re
from collections.abc import Iterator
from typing import Any, Final

from contract.markdown import table
from contract.recorded import recorded, shown
from contract.rendering import anchor
from shared.contracts.errors import ErrorCode
from shared.links import error_page

Json = dict[str, Any]

_SHAPES: Final = "/docs/api/shapes"
_OPERATIONS_ABOUT: Final = """\
# Operations

Every operation of the HTTP contract, made of the [OpenAPI document](/docs/api/openapi); the fields
of what goes in and comes out are [the shapes](/docs/api/shapes). Each operation needs
`Authorization: Bearer <api-key>` and answers [errors](/docs/errors) in the shape
[Error](/docs/api/shapes#error). The examples were recorded: real requests, and what came.
"""
_SHAPES_ABOUT: Final = """\
# Shapes

Every request and answer of [the operations](/docs/api/reference), field by field. A name that ends
in `Input` is what you send. Fields may be added to answers: read what you know.
"""
_BOUNDS: Final = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "maxLength": "at most {} characters",
    "maxItems": "at most {} entries",
    "format": "{}",
    "default": "default `{}`",
}
_REFUSED: Final = 400  # the least status of a refusal
_ANY_INTEGER: Final = 2**53 - 1  # JSON's own bound, which says nothing of a field


class Reference:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._recorded = dict(sorted(recorded().items()))

    def operations(self) -> str:
        """An index, then the operations by tag."""
        return "\n".join([_OPERATIONS_ABOUT, *self._index(), *self._operations()])

    def shapes(self) -> str:
        """An index, then the shapes by name."""
        schemas = sorted(self._document["components"]["schemas"].items())
        index = ", ".join(_shape_link(name) for name, _ in schemas)
        told = (line for name, schema in schemas for line in _shape(name, schema))
        return "\n".join([_SHAPES_ABOUT, f"{index}.\n", *told])

    def _tagged(self, tag: str) -> Iterator[tuple[str, Json]]:
        """What each operation of a tag is headed with, and the operation."""
        for path, methods in self._document["paths"].items():
            for method, operation in methods.items():
                if tag in operation["tags"]:
                    yield f"{method.upper()} {path}", operation

    def _index(self) -> Iterator[str]:
        for tag in self._document["tags"]:
            yield f"**{tag['name']}**\n"
            for call, operation in self._tagged(tag["name"]):
                yield f"* [{call}](#{anchor(call)}): {operation['summary']}"
            yield ""

    def _operations(self) -> Iterator[str]:
        for tag in self._document["tags"]:
            yield f"## {tag['name']}\n"
            yield f"{tag['description']}\n"
            for call, operation in self._tagged(tag["name"]):
                yield f"### {call}\n"
                yield from self._operation(operation)

    def _operation(self, operation: Json) -> Iterator[str]:
        deprecated = " (deprecated)" if operation.get("deprecated") else ""
        yield f"**{operation['summary']}**{deprecated}, `{operation['operationId']}`.\n"
        yield f"{operation['description']}\n"
        parameters = [self._resolved(each) for each in operation.get("parameters", ())]
        if parameters:
            rows = [
                (f"`{each['name']}`", each["in"], _type(each["schema"]), _meaning(each))
                for each in parameters
            ]
            yield table(("Parameter", "In", "Type", "Meaning"), rows)
        if body := operation.get("requestBody"):
            media = self._resolved(body)["content"]["application/json"]
            yield f"Body: {_type(media['schema'])}\n"
        answers = {
            status: self._resolved(answer)
            for status, answer in sorted(operation["responses"].items())
        }
        found = [
            (status, " or ".join(_content(answer)), answer["description"])
            for status, answer in answers.items()
            if int(status) < _REFUSED
        ]
        yield table(("Status", "Body", "Meaning"), found)
        refused = (
            f"{status} {_error_links(answer['description'])}"
            for status, answer in answers.items()
            if int(status) >= _REFUSED
        )
        yield f"Refused with {', '.join(refused)}.\n"
        name = operation["operationId"]
        for key, exchange in self._recorded.items():
            if key.partition(".")[0] == name:
                content = answers[str(exchange["status"])].get("content", {})
                schema = content.get("application/json", {}).get("schema")
                yield shown(exchange, _name(schema) if schema else None)

    def _resolved(self, value: Json) -> Json:
        """What a reference leads to, and everything else as it is."""
        if "$ref" not in value:
            return value
        place: Json = self._document
        for name in value["$ref"].removeprefix("#/").split("/"):
            place = place[name]
        return place


def _name(reference: Json) -> str:
    return str(reference["$ref"].rsplit("/", 1)[1])


def _shape_link(name: str) -> str:
    return f"[{name}]({_SHAPES}#{anchor(name)})"


def _error_links(text: str) -> str:
    """Each error code that the text names, leading to what is said of it."""
    codes = re.findall(f"`({'|'.join(ErrorCode)})`", text)
    return " or ".join(f"[{code}]({error_page(code)})" for code in codes)


def _content(answer: Json) -> Iterator[str]:
    for media_type, content in answer.get("content", {}).items():
        schema = content.get("schema", {})
        yield _type(schema) if media_type == "application/json" and schema else f"`{media_type}`"


def _shape(name: str, schema: Json) -> Iterator[str]:
    yield f"## {name}\n"
    if description := schema.get("description"):
        yield f"{description}\n"
    if rows := list(_fields(schema)):
        yield table(("Field", "Type", "Always", "Meaning"), rows)
    else:
        yield f"{_type(schema).capitalize()}.\n"


def _fields(schema: Json, prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Each field, those of an object inside by their path: `charges[].name`."""
    required = schema.get("required", ())
    for field, about in schema.get("properties", {}).items():
        name = f"{prefix}{field}"
        yield f"`{name}`", _type(about), "yes" if field in required else "", _meaning(about)
        yield from _fields(about, f"{name}.")
        yield from _fields(about.get("items", {}), f"{name}[].")


def _meaning(about: Json) -> str:
    """The field's meaning and its bounds; a parameter has these in its schema."""
    given = about | about.get("schema", {})
    told = [
        words.format(given[name])
        for name, words in _BOUNDS.items()
        if given.get(name) not in {None, _ANY_INTEGER, -_ANY_INTEGER}
    ]
    described: str = about.get("description", "")
    bounds = ", ".join(told)
    return f"{described} {bounds[0].upper()}{bounds[1:]}." if told else described


def _type(schema: Json) -> str:
    if "$ref" in schema:
        return _shape_link(_name(schema))
    if parts := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " or ".join(dict.fromkeys(_type(part) for part in parts))
    if values := schema.get("enum"):
        words = ("null" if value is None else f"`{value}`" for value in values)
        return f"one of {', '.join(words)}"
    kinds = schema.get("type", "any")
    told = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(_kind(kind, schema) for kind in told)


def _kind(kind: str, schema: Json) -> str:
    of = schema.get("additionalProperties")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return f"object of {_type(of)}" if kind == "object" and isinstance(of, dict) and of else kind
