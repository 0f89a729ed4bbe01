"""The OpenAPI 3.1 document: FastAPI's routes, and what operations.py says of each."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from fastapi import FastAPI

from contract.openapi_schemas import REF, ref, schemas
from gateway.operations import OPERATIONS, TAGS, Operation
from shared.contracts.errors import ErrorCode

Json = dict[str, Any]

_HTTP_CODES: Final = {
    200: "Done.",
    202: "Accepted: it runs on, and will finish; look at `Location`.",
    304: "Unchanged since the `ETag` in `If-None-Match`.",
    400: "The request is wrong.",
    401: "No API key, or a wrong one.",
    403: "Outside of what the key may touch.",
    404: "Unknown to this account.",
    409: "Not possible in the present state.",
    413: "More than 10 MiB.",
    415: "Not JSON in UTF-8.",
    422: "Cannot be done as asked.",
    429: "Too many requests with this key.",
    500: "Something is wrong on our side.",
    503: "Out of reach, or no answer in time; nothing is lost.",
}
_ABOUT: Final = """\
EntryGo turns orders into what a US customs broker needs: sync orders, plan an export (a decision
without side effects), execute the plan (side effects, exactly once), inspect the result (the
truth). The four calls of the core loop carry the tag "Core loop".

Branch on the HTTP status, then on `errorCode`; do what `details.next_action` says. Words in open
lists (codes, event types, `submission_type`, `channel`, next actions) may gain values: take one
you do not know as information. Fields ending in `Usd` or `_usd` are US dollars with at most two
decimals; weights are grams. `HEAD` is possible wherever `GET` is.

Each gateway process limits the requests of a key by itself (429). A revoked key works for one more
second at most. A test account (`shpbndl_test_...`) gets documents that say TEST - NOT FOR ENTRY,
and its mail goes to the sandbox the operator has set, never to the real server."""

_HEADERS: Final[dict[str, Json]] = {
    "Prefer": {
        "description": "`wait=n`: how many seconds to wait, at most 30 (RFC 7240).",
        "schema": {"type": "string", "pattern": "^wait=[0-9]{1,2}$", "examples": ["wait=10"]},
    },
    "If-None-Match": {
        "description": "An `ETag` that you have; 304 when it is still the current one.",
        "schema": {"type": "string", "examples": ['"3"']},
    },
}


def document(app: FastAPI) -> Json:
    """The whole document, equal on every run."""
    base = app.openapi()
    paths: Json = {}
    for (method, path), operation in OPERATIONS.items():
        found = base["paths"][path][method]
        paths.setdefault(path, {})[method] = _operation(operation, found.get("parameters", []))
    paths["/api/exports/plan"]["post"]["responses"]["200"]["links"] = _AFTER_PLAN
    paths["/api/exports/execute"]["post"]["responses"]["200"]["links"] = _AFTER_EXECUTE
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "EntryGo Export Protocol",
            "version": "1.0.0",
            "summary": "Orders in, a customs package at the broker, exactly once.",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This gateway."}],
        "security": [{"apiKey": []}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`shpbndl_live_...` or `shpbndl_test_...`, from the operator.",
                }
            },
        },
    }


def _operation(operation: Operation, parameters: list[Json]) -> Json:
    found: Json = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [_parameter(each) for each in parameters]
        + [{"name": name, "in": "header", **_HEADERS[name]} for name in operation.headers],
        "responses": _responses(operation),
    }
    if operation.body is not None:
        media: Json = {"schema": ref(operation.body)}
        if example := examples().get(f"{_recorded(operation)}.request"):
            media["examples"] = {"example": {"value": example}}
        found["requestBody"] = {"required": True, "content": {"application/json": media}}
    if operation.deprecated:
        found["deprecated"] = True
    return found


_PARAMETERS: Final = {
    "Idempotency-Key": "Makes a repeat safe: the same key and body answer the same, byte for byte.",
    "limit": "How many rows at most.",
    "cursor": "`next_cursor` of the page before.",
    "updated_since": "Only what changed at this time or later, RFC 3339.",
    "status": "Only exports of this status.",
    "externalId": "Your own references, up to 100.",
    "revision": "The plan's `plan_revision`.",
    "filename": "The document's file name.",
}


def _parameter(found: Json) -> Json:
    name = found["name"]
    schema = {key: value for key, value in found["schema"].items() if key != "title"}
    options = [each for each in schema.pop("anyOf", []) if each.get("type") != "null"]
    for option in options:  # a parameter is absent, never null
        schema |= option
    if name == "status":
        schema = {"$ref": f"{REF}Status"}
    text = _PARAMETERS.get(name, "The record's id.")
    kept = {"name": name, "in": found["in"], "required": found["required"]}
    return kept | {"description": text, "schema": schema}


def _responses(operation: Operation) -> Json:
    found: Json = {"200": _success(operation, 200)}
    if operation.id == "executeExport":
        found["202"] = _success(operation, 202)
    if "If-None-Match" in operation.headers:
        found["304"] = {"description": _HTTP_CODES[304], "headers": _answer_headers(304)}
    by_status: dict[int, list[ErrorCode]] = {}
    for code in operation.all_errors:
        status = 404 if _not_found_on_get(operation, code) else code.status
        by_status.setdefault(status, []).append(code)
    for status, codes in sorted(by_status.items()):
        found[str(status)] = _failure(status, codes)
    return found


def _not_found_on_get(operation: Operation, code: ErrorCode) -> bool:
    return code is ErrorCode.PRODUCT_NOT_FOUND and operation.body is None


def _success(operation: Operation, status: int) -> Json:
    if isinstance(operation.answer, tuple):
        content: Json = {media: {"schema": _bytes(media)} for media in operation.answer}
    else:
        media_type: Json = {"schema": ref(operation.answer)}
        if example := examples().get(f"{_recorded(operation)}.{status}"):
            media_type["examples"] = {"example": {"value": example}}
        content = {"application/json": media_type}
    headers = _answer_headers(status)
    if "If-None-Match" in operation.headers:
        headers["ETag"] = _text("Names this answer.")
    if operation.body is not None and status == 200:  # noqa: PLR2004  # the status itself
        headers["Idempotent-Replayed"] = _text("`true` on an answer that was given before.")
    return {"description": _HTTP_CODES[status], "headers": headers, "content": content}


def _recorded(operation: Operation) -> str:
    return "planExport" if operation.id == "optimizeExport" else operation.id


def _bytes(media: str) -> Json:
    return {} if media == "application/json" else {"type": "string"}


def _failure(status: int, codes: list[ErrorCode]) -> Json:
    names = ", ".join(f"`{code}`" for code in sorted(codes))
    headers = _answer_headers(status)
    if status == ErrorCode.INVALID_API_KEY.status:
        headers["WWW-Authenticate"] = _text("`Bearer`.")
    media: Json = {"schema": {"$ref": f"{REF}Error"}}
    shown = {code.value: {"value": examples()[code]} for code in codes if code in examples()}
    if shown:
        media["examples"] = shown
    return {
        "description": f"{_HTTP_CODES[status]} {names}",
        "headers": headers,
        "content": {"application/json": media},
    }


def _answer_headers(status: int) -> Json:
    headers = {
        "X-Request-Id": _text("The request's id."),
        "EntryGo-Protocol": _text("The protocol's name."),
    }
    if status in {202, 409, 429, 503}:
        headers["Retry-After"] = _text("Seconds to wait, where a repeat may help.")
    if status == 202:  # noqa: PLR2004  # the status itself
        headers["Location"] = _text("Where to inspect the export.")
    return headers


def _text(description: str) -> Json:
    return {"description": description, "schema": {"type": "string"}}


_INSPECT: Final[Json] = {
    "operationId": "inspectExport",
    "parameters": {"export_id": "$response.body#/exportId"},
    "description": "Inspect this export.",
}
_AFTER_PLAN: Final[Json] = {
    "execute": {
        "operationId": "executeExport",
        "requestBody": {"batchId": "$response.body#/exportId"},
        "description": "Execute this plan.",
    },
    "inspect": _INSPECT,
}
_AFTER_EXECUTE: Final[Json] = {
    "inspect": _INSPECT,
    "package": {
        "operationId": "getCustomsPackage",
        "parameters": {"package_id": "$response.body#/customs_package_id"},
        "description": "Fetch the package.",
    },
}


@cache
def examples() -> Json:
    """Real answers, kept by `operationId.status`, `operationId.request` or error code."""
    found: Json = orjson.loads((Path(__file__).parent / "examples" / "http.json").read_bytes())
    return found
