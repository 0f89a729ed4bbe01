"""The messages of the AsyncAPI document: contracts as schemas, headers, properties, examples."""

from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.contracts.errors import Refusal
from shared.messaging import topology
from shared.messaging.settlement import ATTEMPT, DIED_AT, FAULTS, FIRST_SEEN, ORIGIN, REASON

Json = dict[str, Any]

_SCHEMA: Final = "#/components/schemas/{model}"


def examples() -> dict[str, Json]:
    """One body of each contract, by its name."""
    return _data("examples/messages")


def descriptions() -> dict[str, str]:
    """What each field means, with its unit."""
    return _data("descriptions")


def _data(name: str) -> Json:
    found: Json = orjson.loads((Path(__file__).parent / f"{name}.json").read_bytes())
    return found


def messages() -> Json:
    found = {model.__name__: _message(model) for model in contracts()}
    for route in topology.ROUTES:
        found[route.contract.__name__] |= {
            "correlationId": {
                "description": "Of the whole request, through all services.",
                "location": "$message.payload#/request_id",
            },
            "x-amqp-properties": {
                "message_id": "the body's `command_id`",
                "content_type": "application/json",
                "delivery_mode": 2,
                "type": route.contract.__name__,
                "reply_to": "your reply queue, where you want the answer",
                "correlation_id": "yours, where you want the answer",
            },
        }
    dead_headers = {
        REASON: "Why it died; for a refusal its status and error envelope.",
        ORIGIN: "The work queue it came from; a replay goes back there.",
        DIED_AT: "When it died.",
        FIRST_SEEN: "When it was first put off.",
    }
    found["DeadLetter"] = {
        "name": "DeadLetter",
        "summary": "A message as it was published, and why it could not be handled.",
        "contentType": "application/json",
        "headers": _headers(_COMMON_HEADERS | dead_headers),
        "payload": {"description": "The body as it was published; it may be no JSON at all."},
    }
    return found


_COMMON_HEADERS: Final = {"x-request-id": "The request's id, in every log line about it."}
_RETRY_HEADERS: Final = {
    ATTEMPT: "How often it was put off; EntryGo's own.",
    FAULTS: "How often that was its own fault; EntryGo's own.",
}


def _message(model: type[BaseModel]) -> Json:
    asked = any(model is route.contract for route in topology.ROUTES)
    return {
        "name": model.__name__,
        "title": model.__name__,
        "summary": (model.__doc__ or model.__name__).strip().splitlines()[0],
        "contentType": "application/json",
        "headers": _headers(_COMMON_HEADERS | (_RETRY_HEADERS if asked else {})),
        "payload": {"$ref": _SCHEMA.format(model=model.__name__)},
        "examples": [{"name": "example", "payload": examples()[model.__name__]}],
    }


def _headers(described: dict[str, str]) -> Json:
    numbers = {ATTEMPT, FAULTS}
    return {
        "type": "object",
        "properties": {
            name: {"type": "integer" if name in numbers else "string", "description": text}
            for name, text in described.items()
        },
    }


def contracts() -> list[type[BaseModel]]:
    """Every contract that travels, each once."""
    found: list[type[BaseModel]] = []
    for route in topology.ROUTES:
        found += [route.contract, *([route.answer] if route.answer else [])]
    found += [event.contract for event in topology.EVENTS]
    return list(dict.fromkeys([*found, Refusal]))


def schemas() -> Json:
    _, made = models_json_schema(
        [(model, "validation") for model in contracts()], ref_template=_SCHEMA
    )
    defined: Json = made["$defs"]
    meanings = descriptions()
    for schema in defined.values():
        for name, field in schema.get("properties", {}).items():
            field.setdefault("description", meanings.get(name, ""))
            field.pop("title", None)  # the name once more, in capitals
    return defined
