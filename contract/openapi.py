"""The OpenAPI 3.1 document, made of the routes: what each says of itself, once.

What many operations share stands in `components`: error answers, headers, examples. One error
answer of each operation, the 401, is whole in its place, for readers that follow no reference.
"""

from typing import Any, Final, get_args, get_type_hints

from fastapi import FastAPI
from fastapi.routing import APIRoute

from contract.openapi_schemas import REF, ref, schemas
from contract.openapi_words import ABOUT, HEADERS, LINKS, MEANINGS, TAGS
from contract.recorded import example_bodies
from gateway.app import API
from gateway.schemas.requests import WriteBody
from shared.contracts.errors import ErrorCode

Json = dict[str, Any]

_SAME_ANSWER: Final = {"optimizeExport": "planExport", "getPlan": "planExport"}
_SHOWN: Final = 1  # entries of each list in the example of an answer; the reference shows all
_RETRIED: Final = (202, 409, 429, 503)


def document(app: FastAPI) -> Json:
    """The whole document, equal on every run."""
    base = app.openapi()["paths"]
    routes = [route for router in API for route in router.routes if isinstance(route, APIRoute)]
    bodies = [body for route in routes if (body := _body(route))]
    answers = [route.response_model for route in routes if route.response_model]
    made = _Document(example_bodies())
    paths: Json = {}
    for tag in TAGS:
        for route in (each for each in routes if each.tags == [tag]):
            method = min(route.methods or ()).lower()
            path = f"/api{route.path_format}"
            parameters = base[path][method].get("parameters", [])
            operation = made.operation(route, [_parameter(each) for each in parameters])
            paths.setdefault(path, {})[method] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "EntryGo Export Protocol",
            "version": "1.0.0",
            "summary": "Orders in, a customs package at the broker, exactly once.",
            "description": ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This gateway."}],
        "security": [{"apiKey": []}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas(bodies, answers),
            "responses": made.responses,
            "examples": made.examples,
            "headers": HEADERS,
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`shpbndl_live_...` or `shpbndl_test_...`, from the operator.",
                }
            },
        },
    }


def _body(route: APIRoute) -> Any:  # noqa: ANN401  # a class of pydantic, if any
    """The body that the route takes, as its arguments say."""
    hints = get_type_hints(route.endpoint).values()
    named = [each for hint in hints for each in (hint, *get_args(hint)) if isinstance(each, type)]
    return next((each for each in named if issubclass(each, WriteBody)), None)


def _parameter(found: Json) -> Json:
    schema = {key: part for key, part in found["schema"].items() if key not in ("title", "default")}
    for option in schema.pop("anyOf", []):  # a parameter is absent, never null
        schema |= option if option.get("type") != "null" else {}
    kept = {"name": found["name"], "in": found["in"], "required": found["required"]}
    return kept | {"description": found["description"], "schema": schema}


class _Document:
    """What operations share, gathered while they are described."""

    def __init__(self, recorded: Json) -> None:
        self._recorded = recorded
        self.examples: Json = {}
        self.responses: Json = {}

    def operation(self, route: APIRoute, parameters: list[Json]) -> Json:
        name = str(route.operation_id)
        recorded = _SAME_ANSWER.get(name, name)
        found: Json = {
            "operationId": name,
            "tags": route.tags,
            "summary": route.summary,
            "description": " ".join(route.description.split()),
            "parameters": parameters,
        }
        if body := _body(route):
            media = {"schema": ref(body)} | self._example(f"{recorded}.request")
            found["requestBody"] = {"required": True, "content": {"application/json": media}}
        if route.deprecated:
            found["deprecated"] = True
        tagged = any(each["name"] == "If-None-Match" for each in parameters)
        found["responses"] = self._responses(route, recorded, tagged=tagged)
        return found

    def _responses(self, route: APIRoute, recorded: str, *, tagged: bool) -> Json:
        said: Any = route.responses
        found: Json = {}
        for status in sorted({200, *said}):
            own = said.get(status, {})
            if "x-codes" in own:
                found[str(status)] = self._failure(int(status), own["x-codes"])
                continue
            content = own.get("content") or {
                "application/json": {"schema": ref(route.response_model)}
            }
            if "application/json" in content:
                content["application/json"] = content["application/json"] | self._example(
                    f"{recorded}.{status}"
                )
            headers = ["X-Request-Id", "EntryGo-Protocol", *(["ETag"] if tagged else [])]
            headers += ["Idempotent-Replayed"] if status == 200 and _body(route) else []  # noqa: PLR2004  # the status itself
            headers += ["Location", "Retry-After"] if status == 202 else []  # noqa: PLR2004  # as above
            found[str(status)] = _answer(int(status), headers, content)
        if links := LINKS.get(str(route.operation_id)):
            found["200"]["links"] = links
        if tagged:
            found["304"] = {"description": MEANINGS[304], "headers": _referring(["ETag"])}
        return dict(sorted(found.items()))

    def _failure(self, status: int, codes: list[ErrorCode]) -> Json:
        words = ", ".join(f"`{code}`" for code in codes)
        media: Json = {"schema": {"$ref": f"{REF}Error"}}
        if status == ErrorCode.INVALID_API_KEY.status:
            return {
                "description": f"{MEANINGS[status]} {words}",
                "content": {"application/json": media},
            }
        shown = {code.value: self._shared(code) for code in codes if code in self._recorded}
        headers = [
            "X-Request-Id",
            "EntryGo-Protocol",
            *(["Retry-After"] if status in _RETRIED else []),
        ]
        answer = _answer(
            status, headers, {"application/json": media | ({"examples": shown} if shown else {})}
        )
        answer["description"] += f" {words}"
        name = next((n for n, one in self.responses.items() if one == answer), None)
        if name is None:
            name = f"E{status}-{sum(known.startswith(f'E{status}') for known in self.responses)}"
            self.responses[name] = answer
        return {"$ref": f"#/components/responses/{name}"}

    def _example(self, name: str) -> Json:
        return {"examples": {"example": self._shared(name)}} if name in self._recorded else {}

    def _shared(self, name: str) -> Json:
        place = name.replace(".", "-")
        whole = self._recorded[name]
        brief = whole if name.endswith(".request") else _brief(whole)
        said = {} if brief == whole else {"summary": "Lists are cut to one entry."}
        self.examples[place] = said | {"value": brief}
        return {"$ref": f"#/components/examples/{place}"}


def _brief(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        return {key: _brief(part) for key, part in value.items()}
    return [_brief(part) for part in value[:_SHOWN]] if isinstance(value, list) else value


def _answer(status: int, headers: list[str], content: Json) -> Json:
    return {"description": MEANINGS[status], "headers": _referring(headers), "content": content}


def _referring(headers: list[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
