"""Reading a request body strictly: limits while reading, JSON without ambiguity, then its shape."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared import strict_json
from shared.contracts.errors import ErrorCode
from shared.errors import Refused

MAX_BYTES: Final = 10 * 1024 * 1024
# What is read and dropped beyond that: who closes on a caller that still sends is not heard.
MAX_DRAINED: Final = 10 * 1024 * 1024
MAX_ISSUES: Final = 100
_IN_A_THREAD_FROM: Final = 256 * 1024

Body = TypeVar("Body", bound=BaseModel)
Issue = dict[str, str]

# pydantic's error types in the words of the protocol; our own validators use these words already.
_CODES: Final = {
    "missing": "invalid_type",
    "extra_forbidden": "unrecognized_keys",
    "too_short": "too_small",
    "string_too_short": "too_small",
    "greater_than_equal": "too_small",
    "greater_than": "too_small",
    "too_long": "too_big",
    "string_too_long": "too_big",
    "less_than_equal": "too_big",
    "less_than": "too_big",
    "string_pattern_mismatch": "invalid_string",
    "string_unicode": "invalid_string",
    "enum": "invalid_enum_value",
    "literal_error": "invalid_enum_value",
    "value_error": "custom",
}
_MESSAGES: Final = {
    "missing": "Required",
    "extra_forbidden": "Unrecognized key",
    "too_short": "At least {min_length} entries",
    "too_long": "At most {max_length} entries",
    "tuple_type": "Expected an array",
    "dict_type": "Expected an object",
    "model_type": "Expected an object",
    "value_error": "Expected {error}",
    "greater_than_equal": "The number is too small",
    "less_than_equal": "The number is too large",
    "string_pattern_mismatch": "Forbidden characters, or not of the form {pattern}",
    "string_unicode": "Not valid Unicode",
}
_OWN: Final = frozenset({"too_small", "too_big", "invalid_string", "invalid_enum_value", "custom"})


async def read_body(request: Request, model: type[Body]) -> Body:
    """The body as `model`: 413 and 415 first, then 400 for JSON, then 400 for its shape."""
    raw = await _read_bytes(request)
    if not _is_plain_json(request):
        raise Refused(
            ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Send application/json, in UTF-8, not compressed."
        )
    if len(raw) < _IN_A_THREAD_FROM:
        return shaped(model, parse_json(raw))
    return await asyncio.to_thread(lambda: shaped(model, parse_json(raw)))


def _is_plain_json(request: Request) -> bool:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    return (
        media_type.strip().lower() == "application/json"
        and charset in {"", "charset=utf-8"}
        and encoding == "identity"
    )


async def _read_bytes(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > MAX_BYTES + MAX_DRAINED:
        _refuse_size()
    received, drained = bytearray(), 0
    async for chunk in request.stream():
        if len(received) + len(chunk) <= MAX_BYTES and not drained:
            received += chunk
        else:
            drained += len(chunk)
        if drained > MAX_DRAINED:
            break
    if drained:
        _refuse_size()
    return bytes(received)


def _refuse_size() -> NoReturn:
    raise Refused(ErrorCode.PAYLOAD_TOO_LARGE, f"The request body is limited to {MAX_BYTES} bytes.")


def parse_json(raw: bytes) -> Any:  # noqa: ANN401  # any JSON value
    """Strict JSON (shared/strict_json.py).

    Raises:
        Refused: INVALID_REQUEST, with what is wrong in `details.reason`.
    """
    try:
        return strict_json.parse(raw)
    except strict_json.NotStrictJson as error:
        raise Refused(
            ErrorCode.INVALID_REQUEST,
            "Request body must be valid JSON.",
            details={"reason": str(error)},
        ) from error


def shaped(model: type[Body], value: Any) -> Body:  # noqa: ANN401  # any JSON value
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(issues_of(error.errors(include_url=False, include_input=False))) from None


def issues_of(found: Sequence[ErrorDetails]) -> list[Issue]:
    """The complaints in the published style, without those that only follow from others.

    A list whose entries are wrong is told as too short as well; that is not the caller's mistake.
    """
    parents = {detail["loc"][:depth] for detail in found for depth in range(len(detail["loc"]))}
    own = [d for d in found if not (d["type"] == "too_short" and d["loc"] in parents)]
    return [_issue(detail) for detail in own[:MAX_ISSUES]]


def _issue(detail: ErrorDetails) -> Issue:
    kind = detail["type"]
    code = kind if kind in _OWN else _CODES.get(kind, "invalid_type")
    message = _MESSAGES.get(kind, detail["msg"]).format(**detail.get("ctx", {}))
    path = ".".join(str(part) for part in detail["loc"])
    return {"path": path.encode("utf-8", "replace").decode(), "message": message, "code": code}


def invalid(issues: list[Issue]) -> Refused:
    """400 VALIDATION_ERROR; `field` is the first path."""
    first = issues[0]
    where = f"{first['path']}: " if first["path"] else ""
    return Refused(
        ErrorCode.VALIDATION_ERROR,
        f"{where}{first['message']}",
        field=first["path"] or None,
        details={"issues": issues},
    )


def invalid_field(path: str, message: str, code: str = "custom") -> Refused:
    return invalid([{"path": path, "message": message, "code": code}])
