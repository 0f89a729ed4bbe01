"""The message contract: asyncapi.yaml, filled from topology.py and the contracts."""

import re
from pathlib import Path
from typing import Any, Final

import orjson
import yaml
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.contracts.errors import Refusal
from shared.contracts.snapshot import PROTOCOL
from shared.messaging import frames, topology
from shared.messaging.arguments import dead_arguments, retry_arguments, work_arguments
from shared.messaging.events import EventRoute
from shared.messaging.rpc import REFUSAL
from shared.messaging.topology import Route
from shared.settings import CommonSettings

Json = dict[str, Any]

_HERE: Final = Path(__file__).parent
_HOLE: Final = re.compile(r"\{(\w+)\}")
_RETRY_DELAYS: Final = CommonSettings.model_fields["retry_delays_ms"].default
_COMMON: Final[Json] = {
    "protocol": PROTOCOL,
    "refusal": REFUSAL,
    "exchange": topology.EXCHANGE,
    "dead_exchange": topology.DEAD_EXCHANGE,
    "delivery_limit": topology.DELIVERY_LIMIT,
    "frame": frames.FRAME,
    "most_parts": frames.MOST_PARTS,
    "most_bytes": frames.MOST_BYTES,
    "delays": ", ".join(f"{delay / 1000:g} s" for delay in _RETRY_DELAYS),
}


def asyncapi_document() -> Json:
    """The whole document; equal on every run."""
    skeleton: Json = yaml.safe_load((_HERE / "asyncapi.yaml").read_text(encoding="utf-8"))
    document: Json = {}

    def add(part: str, values: Json) -> None:
        _merge(document, _filled(skeleton[part], _COMMON | values))

    add("document", {})
    for contract in contracts():
        add("contract", _contract(contract))
    for route in topology.ROUTES:
        add("route", _route(route))
        if route.answer is not None:
            add("answer", {"key": route.key, "answer": route.answer.__name__})
    for event in topology.EVENTS:
        add("event", _event(event))
    for service in topology.SERVICES:
        add("service", _service(service))
    document["components"]["schemas"] = schemas()
    return document


def contracts() -> list[type[BaseModel]]:
    """Every contract that travels, each once."""
    found: list[type[BaseModel]] = []
    for route in topology.ROUTES:
        found += [route.contract, *([route.answer] if route.answer else [])]
    found += [event.contract for event in topology.EVENTS]
    return list(dict.fromkeys([*found, Refusal]))


def examples() -> dict[str, Json]:
    """One body of each contract, by its name."""
    found: Json = orjson.loads((_HERE / "examples" / "messages.json").read_bytes())
    return found


def schemas() -> Json:
    _, made = models_json_schema(
        [(model, "validation") for model in contracts()],
        ref_template="#/components/schemas/{model}",
    )
    defined: Json = made["$defs"]
    for schema in defined.values():
        for field in schema.get("properties", {}).values():
            field.pop("title", None)  # the name once more, in capitals
            if "$ref" in field and len(field) > 1:  # AsyncAPI's dialect ignores what is beside it
                field["allOf"] = [{"$ref": field.pop("$ref")}]
    return defined


def _contract(model: type[BaseModel]) -> Json:
    about = (model.__doc__ or model.__name__).strip().splitlines()[0]
    name = model.__name__
    return {"contract": name, "about": about, "example": examples()[name]}


def _route(route: Route[Any, Any]) -> Json:
    return {
        "key": route.key,
        "queue": route.queue,
        "service": route.service,
        "contract": route.contract.__name__,
        "summary": route.summary,
        "dead_queue": topology.dead_queue(route.service),
        "arguments": work_arguments(route.service),
        "retry_queues": [
            {
                "name": topology.retry_queue(route.queue, delay),
                "delay_ms": delay,
                "arguments": retry_arguments(route.queue, delay),
            }
            for delay in _RETRY_DELAYS
        ],
    }


def _event(event: EventRoute) -> Json:
    return {
        "key": event.key,
        "service": " or ".join(event.told_by),
        "contract": event.contract.__name__,
        "summary": event.summary,
    }


def _service(service: str) -> Json:
    queue, arguments = topology.dead_queue(service), dead_arguments()
    return {"service": service, "queue": queue, "arguments": arguments}


def _filled(part: Any, values: Json) -> Any:  # noqa: ANN401  # any part of the skeleton
    """A text that is a hole and nothing else becomes the value itself."""
    if isinstance(part, dict):
        return {_filled(name, values): _filled(entry, values) for name, entry in part.items()}
    if isinstance(part, list):
        return [_filled(entry, values) for entry in part]
    if not isinstance(part, str):
        return part
    if hole := _HOLE.fullmatch(part):
        return values[hole[1]]
    return _HOLE.sub(lambda hole: str(values[hole[1]]), part)


def _merge(into: Json, part: Json) -> None:
    for name, entry in part.items():
        if isinstance(entry, dict) and isinstance(into.get(name), dict):
            _merge(into[name], entry)
        else:
            into[name] = entry
