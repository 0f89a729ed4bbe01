"""Words that routes share, in FastAPI's own terms: `contract` makes the document of the routes.

A route says its name, tag, summary, answer and errors in its decorator, and what it does, when to
call it, its side effect and what comes back in its docstring.
"""

from typing import Any, Final

from shared.contracts.errors import ErrorCode

CORE: Final = "Core loop"
CATALOGUE: Final = "Catalogue"
EXPORTS: Final = "Exports"
PACKAGES: Final = "Customs packages"
ACCOUNT: Final = "Account"

_ALWAYS: Final = (
    ErrorCode.VALIDATION_ERROR,
    ErrorCode.INVALID_API_KEY,
    ErrorCode.RATE_LIMITED,
    ErrorCode.INTERNAL_ERROR,
    ErrorCode.SERVICE_UNAVAILABLE,
)
_WRITES: Final = (
    ErrorCode.INVALID_REQUEST,
    ErrorCode.INVALID_ACCOUNT_SCOPE,
    ErrorCode.IDEMPOTENCY_IN_PROGRESS,
    ErrorCode.PAYLOAD_TOO_LARGE,
    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
    ErrorCode.IDEMPOTENCY_KEY_REUSED,
)

Responses = dict[int | str, dict[str, Any]]


def read_errors(*codes: ErrorCode) -> Responses:
    """The errors of a read, by status; what it does not find is 404 whatever the code."""
    return _by_status(dict.fromkeys(codes, 404) | {code: code.status for code in _ALWAYS})


def write_errors(*codes: ErrorCode) -> Responses:
    """The errors of a write, by status."""
    return _by_status({code: code.status for code in (*_ALWAYS, *_WRITES, *codes)})


def _by_status(codes: dict[ErrorCode, int]) -> Responses:
    """With what is refused before any route: a URL and headers that are too long."""
    told = [(status, code) for code, status in codes.items()]
    told += [(status, ErrorCode.PAYLOAD_TOO_LARGE) for status in (414, 431)]
    return {
        status: {"x-codes": sorted(code for its, code in told if its == status)}
        for status in sorted({status for status, _ in told})
    }


def of_bytes(*media_types: str) -> Responses:
    """An answer that is a document."""
    return {200: {"content": {media: {} for media in media_types}}}


_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An `ETag` that you have; 304 when it is still the current one.",
    "schema": {"type": "string", "maxLength": 1_000, "examples": ['"3"']},
}
_PREFER: Final = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`wait=n` (RFC 7240): how many seconds to wait, at most 30.",
    "schema": {"type": "string", "maxLength": 1_000, "examples": ["wait=10"]},
}
TAGGED: Final = {"parameters": [_IF_NONE_MATCH]}
WAITING: Final = {"parameters": [_PREFER]}
TAGGED_AND_WAITING: Final = {"parameters": [_IF_NONE_MATCH, _PREFER]}
