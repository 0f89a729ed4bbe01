"""The reference page: the OpenAPI document in words, as Markdown."""

from collections.abc import Iterator
from typing import Any, Final

from contract.markdown import table

Json = dict[str, Any]

_ABOUT: Final = """\
# Reference

Every operation and every shape of the HTTP contract, made of the
[OpenAPI document](/docs/api/openapi). Each operation answers errors in the shape
[Error](#error) and needs `Authorization: Bearer <api-key>`.
"""


def markdown(document: Json) -> str:
    """The document's operations by tag, then its schemas by name."""
    lines = [_ABOUT]
    for tag in document["tags"]:
        lines += [f"## {tag['name']}", "", tag["description"], ""]
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if tag["name"] in operation["tags"]:
                    answers = {
                        status: _found(document, answer)
                        for status, answer in operation["responses"].items()
                    }
                    lines += _operation(method, path, operation | {"responses": answers})
    lines += ["## Shapes", ""]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines += _schema(name, schema)
    return "\n".join(lines)


def _found(document: Json, answer: Json) -> Json:
    """The answer itself, where the document refers to one that operations share."""
    name = answer.get("$ref", "").rsplit("/", 1)[-1]
    found: Json = document["components"]["responses"][name] if name else answer
    return found


def _operation(method: str, path: str, operation: Json) -> Iterator[str]:
    yield f"### {operation['operationId']}"
    yield ""
    yield f"`{method.upper()} {path}`"
    yield ""
    yield operation["description"]
    yield ""
    if body := operation.get("requestBody"):
        yield f"Body: {_type(body['content']['application/json']['schema'])}."
        yield ""
    if parameters := operation["parameters"]:
        rows = [
            (f"`{each['name']}`", each["in"], _type(each["schema"]), each.get("description", ""))
            for each in parameters
        ]
        yield table(("Parameter", "In", "Type", "Meaning"), rows)
    answers = [
        (status, " or ".join(_content(answer)), answer["description"])
        for status, answer in sorted(operation["responses"].items())
    ]
    yield table(("Status", "Body", "Meaning"), answers)


def _content(answer: Json) -> Iterator[str]:
    for media_type, content in answer.get("content", {}).items():
        schema = content.get("schema", {})
        yield _type(schema) if media_type == "application/json" and schema else f"`{media_type}`"


def _schema(name: str, schema: Json) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    if description := schema.get("description"):
        yield description
        yield ""
    if values := schema.get("enum"):
        yield f"One of {', '.join(f'`{value}`' for value in values)}."
        yield ""
    required = set(schema.get("required", ()))
    rows = [
        (f"`{field}`", _type(about), "yes" if field in required else "", _meaning(about))
        for field, about in schema.get("properties", {}).items()
    ]
    if rows:
        yield table(("Field", "Type", "Always", "Meaning"), rows)


def _meaning(about: Json) -> str:
    bounds = {"minimum": "at least", "maximum": "at most", "maxLength": "at most this long:"}
    told = [f"{words} {about[name]}" for name, words in bounds.items() if name in about]
    described: str = about.get("description", "")
    return f"{described} ({', '.join(told)})" if told else described


def _type(schema: Json) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if parts := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " or ".join(dict.fromkeys(_type(part) for part in parts))
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
