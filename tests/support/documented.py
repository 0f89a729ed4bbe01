"""The shapes that the served OpenAPI document promises, to hold real answers against."""

from functools import cache
from typing import Any

import jsonschema_rs
import orjson

from contract.files import PUBLISHED


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((PUBLISHED / "openapi.json").read_bytes())
    return found


@cache
def shape(name: str) -> jsonschema_rs.Draft202012Validator:
    components = {"schemas": document()["components"]["schemas"]}
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
