"""The schemas of the OpenAPI document, of the bodies that routes take and of what they answer.

Meanings are the fields' own docstrings. Money is renamed as its values are (`value_cents` is
`value_usd`); what may be null says so in its list of types, since tools read that alike.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, TypeAdapter

from contract.core import reached
from gateway.schemas import requests, synced
from gateway.schemas.errors import Error
from gateway.schemas.exports import Execution, Export, Outcome, Plan
from planner.domain.flags import FLAG_RULES
from planner.domain.rules import RULES
from shared.contracts.decision import Totals, UnitTotals
from shared.contracts.errors import NextAction
from shared.contracts.lifecycle import EventType
from shared.contracts.plans import PlanView
from shared.money import outer, outer_name

Json = dict[str, Any]

REF: Final = "#/components/schemas/"
_INSIDE: Final = re.compile(r" \([a-z ]+ inside\)")  # the unit in messages and the store
_NULL: Final = {"type": "null"}
_NEXT_ACTIONS: Final = ("next_action", "next_recommended_action")
# What is made of what, the made first where it is a base itself.
_BASES: Final[dict[Any, tuple[Any, ...]]] = {
    UnitTotals: (Totals,),
    PlanView: (Plan, Export),
    Outcome: (Execution, Export),
}
_MEANT: Final = ConfigDict(use_attribute_docstrings=True)


def ref(shape: type) -> Json:
    return {"$ref": f"{REF}{_name(shape.__name__)}"}


def _name(shape: str) -> str:
    return f"{shape.removesuffix('Body')}Input" if shape.endswith("Body") else shape


def schemas(bodies: Iterable[type[BaseModel]], answers: Iterable[type]) -> Json:
    """Every shape by its name."""
    taken = sorted(set(bodies), key=lambda body: body.__name__)
    shapes = {*answers, Error}
    given = sorted(shapes | set(_BASES), key=lambda answer: answer.__name__)
    adapters: list[Any] = [(body, "validation", TypeAdapter(body)) for body in taken]
    # As a list, since a TypedDict takes its settings from what holds it.
    adapters += [(each, "serialization", TypeAdapter(list[each], config=_MEANT)) for each in given]  # type: ignore[valid-type]  # a shape at run time
    _, made = TypeAdapter.json_schemas(adapters, ref_template=f"{REF}{{model}}")
    text = orjson.dumps(made["$defs"]).decode()
    definitions: Json = orjson.loads(re.sub(rf'("{REF}|")(\w+)Body(?=")', r"\1\2Input", text))
    _say_meanings(definitions)
    for name, schema in definitions.items():
        _shape(name, schema)
    _open_lists(definitions)
    for schema in definitions.values():
        _without_unions(schema, definitions)
    roots = [ref(shape) for shape in (*taken, *shapes)]
    used: Json = reached(roots, {"schemas": definitions})["schemas"]
    return dict(sorted(used.items()))


def _say_meanings(definitions: Json) -> None:
    for body in (*vars(requests).values(), *vars(synced).values()):
        if isinstance(body, type) and (schema := definitions.get(_name(body.__name__))):
            _inherit(body, schema)
    for base, heirs in _BASES.items():
        for heir in heirs:
            _inherit_meanings(definitions[heir.__name__], definitions[base.__name__])
    for schema in definitions.values():
        for about in schema.get("properties", {}).values():
            if "$ref" in about:  # pydantic leaves the meaning of a shape's field to the shape
                target = definitions[about["$ref"].removeprefix(REF)]
                about.setdefault("description", target.get("description", ""))


def _inherit(body: Any, schema: Json) -> None:  # noqa: ANN401  # a class of pydantic
    """A body is a contract's class, made strict: what it does not say again, that class says."""
    contracts = [each for each in body.__mro__[1:] if issubclass(each, BaseModel)]
    schema.setdefault("description", next((each.__doc__ for each in contracts if each.__doc__), ""))
    for name, field in body.model_fields.items():
        said = [
            each.model_fields[name].description for each in contracts if name in each.model_fields
        ]
        about = schema["properties"][field.alias or name]
        about.setdefault("description", next(filter(None, said), ""))


def _inherit_meanings(heir: Json, base: Json) -> None:
    """Pydantic reads a TypedDict's meanings from its own lines alone."""
    for name, about in base["properties"].items():
        if "description" in about:
            heir["properties"][name].setdefault("description", about["description"])


def _shape(name: str, schema: Json) -> None:
    schema.pop("title", None)
    schema["description"] = schema.get("description", name).split("\n")[0]
    answered = not name.endswith("Input")
    properties = schema.get("properties", {})
    for about in properties.values():
        about.pop("title", None)
        about.pop("default", None)  # absent is not null, and what has a default may be left out
        if "description" in about:
            about["description"] = _INSIDE.sub("", about["description"])
        if answered:  # what is answered is canonical, and says so once, in the introduction
            _without_pattern(about)
    renamed = {field: outer_name(field) or field for field in properties}
    if properties and renamed != dict(zip(properties, properties, strict=True)):
        schema["properties"] = {renamed[field]: about for field, about in properties.items()}
        schema["required"] = [renamed[field] for field in schema.get("required", ())]
        for field in properties:
            if found := outer(field):
                _decimal(properties[field], found[1], minor=field.lower().endswith("minor"))


def _without_pattern(about: Json) -> None:
    for part in (about, about.get("items", {}), *about.get("anyOf", ())):
        if str(part.get("pattern", "")).startswith("^[^"):
            del part["pattern"]


def _decimal(about: Json, places: int, *, minor: bool) -> None:
    """Bounds of minor units stay: how many a unit has, only its currency says."""
    for part in (about, *about.get("anyOf", ())):
        if part.get("type") == "integer":
            part["type"] = "number"
            if not minor:
                part["maximum"] //= 10**places
            if part["minimum"]:
                part["exclusiveMinimum"] = 0
                del part["minimum"]


def _open_lists(definitions: Json) -> None:
    """Words that may gain values are text with the values of today beside it."""
    found = {
        ("Finding", "code"): sorted({rule.code for rule in RULES}),
        ("Flag", "code"): sorted({rule.code for rule in FLAG_RULES}),
        ("Event", "type"): sorted(EventType),
    }
    for (name, field), words in found.items():
        definitions[name]["properties"][field]["x-extensible-enum"] = words
    definitions["NextAction"] = {
        "description": "What to do next; an open list: take a word you do not know as information.",
        "type": "string",
        "maxLength": 64,
        "pattern": "^[A-Z][A-Z0-9_]*$",
        "x-extensible-enum": sorted(NextAction),
    }
    for schema in definitions.values():
        for field in _NEXT_ACTIONS:
            if about := schema.get("properties", {}).get(field):
                text = about["description"]
                about.clear()
                about |= {"$ref": f"{REF}NextAction", "description": text}


def _without_unions(value: Any, definitions: Json) -> None:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        options = value.get("anyOf", [])
        if _NULL in options:
            value.pop("anyOf")
            (option,) = [each for each in options if each != _NULL]
            if "$ref" in option:
                option = definitions[option["$ref"].removeprefix(REF)]
            value |= {key: part for key, part in option.items() if key not in value}
            value["type"] = [value["type"], "null"]
            if "enum" in value:
                value["enum"] = [*value["enum"], None]
        for part in value.values():
            _without_unions(part, definitions)
    elif isinstance(value, list):
        for part in value:
            _without_unions(part, definitions)
