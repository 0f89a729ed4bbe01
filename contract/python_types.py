"""The shapes of the OpenAPI document as Python's TypedDicts, for the client.

What the document inlines since it may be null gets its name back, or one of its place.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

Json = dict[str, Any]

_PLAIN: Final = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None",
}  # fmt: skip
# Null for a dry run alone; who makes none need not ask for it.
_LOOSE: Final = {("Plan", "exportId"): "str | Any", ("Plan", "batch_id"): "str | Any"}
_HEAD: Final = '''"""What the API takes and answers, as its OpenAPI document says it.

At run time each is a plain `dict`. A later server may answer fields that are not listed here.
"""
# Made by `make contract`.

from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict
'''


def module(document: Json) -> str:
    """The module's text, as yet unformatted."""
    shapes = _Shapes(document["components"]["schemas"])
    return "\n\n".join([_HEAD, *shapes.written()]) + "\n"


class _Shapes:
    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas
        self._names = {_fields(schema): name for name, schema in schemas.items() if _fields(schema)}
        self._texts: dict[str, str] = {}

    def written(self) -> Iterable[str]:
        """Each shape after those that it is made of."""
        for name in self._schemas:
            self._write(name, self._schemas[name])
        return self._texts.values()

    def _write(self, name: str, schema: Json) -> str:
        if name not in self._texts:
            text = self._shape(name, schema)
            self._texts[name] = text
        return name

    def _shape(self, name: str, schema: Json) -> str:
        if "properties" not in schema:
            return f"{name} = {self._type(name, schema)}"
        lines = [f"class {name}(TypedDict):", f"    {_doc(schema)}", ""]
        for field, about in schema["properties"].items():
            kind = _LOOSE.get((name, field)) or self._type(_place(name, field), about)
            if field not in schema.get("required", ()):
                kind = f"NotRequired[{kind}]"
            lines += [f"    {field}: {kind}", f"    {_doc(about)}"]
        return "\n".join(lines)

    def _type(self, place: str, about: Json) -> str:
        if "$ref" in about:
            name = about["$ref"].rsplit("/", 1)[-1]
            return self._write(name, self._schemas[name])
        if "enum" in about:
            words = [repr(each) for each in about["enum"] if each is not None]
            return f"Literal[{', '.join(words)}]{' | None' if None in about['enum'] else ''}"
        told = about.get("type", [])
        kinds = [told] if isinstance(told, str) else told
        return " | ".join(self._kind(place, each, about) for each in kinds) or "Any"

    def _kind(self, place: str, kind: str, about: Json) -> str:
        if kind == "array":
            return f"list[{self._type(place, about.get('items', {}))}]"
        if kind == "object" and "properties" in about:
            return self._write(self._names.setdefault(_fields(about), place), about)
        if kind == "object":
            parts = about.get("additionalProperties")
            return f"dict[str, {self._type(place, parts) if isinstance(parts, dict) else 'Any'}]"
        taken = place.endswith("Input")
        return "float | Decimal" if taken and kind == "number" else _PLAIN[kind]


def _place(shape: str, field: str) -> str:
    """The name of what a field holds: `ProductMetalInput` for `ProductInput`'s `metal`."""
    words = "".join(word[0].upper() + word[1:] for word in field.split("_"))
    return f"{shape.removesuffix('Input')}{words}{'Input' if shape.endswith('Input') else ''}"


def _fields(schema: Json) -> str:
    """What makes two shapes one: their fields, by name and by what each may hold."""
    properties = schema.get("properties")
    return json.dumps([properties, schema.get("required")], sort_keys=True) if properties else ""


def _doc(about: Json) -> str:
    text = " ".join(about.get("description", "").split()).replace('"""', "'''")
    return f'r"""{text}"""' if "\\" in text else f'"""{text}"""'
