"""The schemas of the OpenAPI document: every model, with a description on every property."""

import re
from typing import Any, Final

import orjson
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.operations import OPERATIONS
from gateway.schemas.descriptions import DESCRIPTIONS
from gateway.schemas.responses import Error

Json = dict[str, Any]

REF: Final = "#/components/schemas/"


def ref(model: type[BaseModel]) -> Json:
    return {"$ref": f"{REF}{_name(model.__name__)}"}


def _name(model: str) -> str:
    return f"{model.removesuffix('Body')}Input" if model.endswith("Body") else model


def schemas() -> Json:
    """Every model, with a description on every property."""
    bodies = {each.body for each in OPERATIONS.values() if each.body is not None}
    answers = {each.answer for each in OPERATIONS.values() if not isinstance(each.answer, tuple)}
    wanted = sorted(bodies | answers | {Error}, key=lambda model: model.__name__)
    _, found = models_json_schema(
        [(model, "validation") for model in wanted], ref_template=f"{REF}{{model}}"
    )
    text = orjson.dumps(found["$defs"]).decode()
    renamed = re.sub(rf'("{REF}|")(\w+)Body(?=")', r"\1\2Input", text)
    definitions: Json = orjson.loads(renamed)
    for name, schema in definitions.items():
        _describe(name, schema)
    return dict(sorted(definitions.items()))


def _describe(name: str, schema: Json) -> None:
    schema.pop("title", None)
    required = set(schema.get("required", []))
    for field, about in schema.get("properties", {}).items():
        about.pop("title", None)
        if field not in required and about.get("default", 0) is None:
            del about["default"]  # absent, which is not null
        text = DESCRIPTIONS.get(f"{name}.{field}", DESCRIPTIONS.get(field))
        if text is None:
            raise LookupError(f"{name}.{field} has no description")
        about["description"] = text
    if schema.get("type") == "object":
        schema["description"] = schema.get("description", name).split("\n")[0]
