"""What the OpenAPI document says beside what its routes say of themselves."""

from typing import Any, Final

from gateway.routes.words import ACCOUNT, CATALOGUE, CORE, EXPORTS, PACKAGES

Json = dict[str, Any]

MEANINGS: Final = {
    200: "Done.",
    202: "Accepted: it runs on, and will finish; look at `Location`.",
    304: "Unchanged since the `ETag` in `If-None-Match`.",
    400: "The request is wrong.",
    401: "No API key, or a wrong one.",
    403: "Outside of what the key may touch.",
    404: "Unknown to this account.",
    409: "Not possible in the present state.",
    413: "More than 10 MiB.",
    414: "The URL is too long.",
    431: "The headers are too many or too long.",
    415: "Not JSON in UTF-8.",
    422: "Cannot be done as asked.",
    429: "Too many requests with this key.",
    500: "Something is wrong on our side.",
    503: "Out of reach, or no answer in time; nothing is lost.",
}
ABOUT: Final = """\
EntryGo turns orders into what a US customs broker needs: sync orders, plan an export (a decision
without side effects), execute the plan (side effects, exactly once), inspect the result (the
truth). The four calls of the core loop carry the tag "Core loop".

Branch on the HTTP status, then on `errorCode`; do what `details.next_action` says. Words in open
lists (codes, event types, `submission_type`, `channel`, next actions) may gain values: take one
you do not know as information. Fields ending in `Usd` or `_usd` are US dollars with at most two
decimals; weights are grams. Texts are made canonical: Unicode NFC, trimmed, codes in upper case;
what is empty then is absent. `HEAD` is possible wherever `GET` is.

Each gateway process limits the requests of a key by itself (429). A revoked key works for one more
second at most. A test account (`shpbndl_test_...`) gets documents that say TEST - NOT FOR ENTRY,
and its mail goes to the sandbox the operator has set, never to the real server."""


def _text(description: str) -> Json:
    return {"description": description, "schema": {"type": "string", "maxLength": 1_000}}


TAGS: Final = {
    CORE: "Sync, plan, execute, inspect: the four calls that a client needs.",
    CATALOGUE: "Products, and what was synced.",
    EXPORTS: "More about exports: the list, snapshots, earlier plans.",
    PACKAGES: "Customs packages and their documents.",
    ACCOUNT: "The caller's account, and the service's health.",
}
_INSPECT: Final = {
    "operationId": "inspectExport",
    "parameters": {"export_id": "$response.body#/exportId"},
    "description": "Inspect this export.",
}
_AFTER_PLAN: Final = {
    "execute": {
        "operationId": "executeExport",
        "requestBody": {"batchId": "$response.body#/exportId"},
        "description": "Execute this plan.",
    },
    "inspect": _INSPECT,
}
_AFTER_EXECUTE: Final = {
    "inspect": _INSPECT,
    "package": {
        "operationId": "getCustomsPackage",
        "parameters": {"package_id": "$response.body#/customs_package_id"},
        "description": "Fetch the package.",
    },
}
LINKS: Final = {"planExport": _AFTER_PLAN, "executeExport": _AFTER_EXECUTE}
HEADERS: Final = {
    "X-Request-Id": _text("The request's id."),
    "EntryGo-Protocol": _text("The protocol's name."),
    "ETag": _text("Names this answer."),
    "Idempotent-Replayed": _text("`true` on an answer that was given before."),
    "Location": _text("Where to inspect the export."),
    "Retry-After": _text("Seconds to wait, where a repeat may help."),
}
