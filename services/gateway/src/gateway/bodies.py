"""Reading a request body strictly: limits while reading, JSON without ambiguity, then its shape."""

from email.message import Message
from typing import Any, Final, NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from shared import strict_json
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.heavy import apart
from shared.validation import Found, refused_by

_PLAIN_JSON: Final = "application/json"
MAX_BYTES: Final = 10 * 1024 * 1024
# What is read and dropped beyond that: who closes on a caller that still sends is not heard.
MAX_DRAINED: Final = 10 * 1024 * 1024

Body = TypeVar("Body", bound=BaseModel)


async def read_body(request: Request, model: type[Body]) -> tuple[Body, int]:
    """The body as `model`, and its size: 413 and 415 first, then 400 for JSON and for its shape."""
    raw = await _read_bytes(request)
    if not _is_plain_json(request):
        raise Refused(ErrorCode.UNSUPPORTED_MEDIA_TYPE)
    return await apart(len(raw), lambda: shaped(model, parse_json(raw))), len(raw)


def _is_plain_json(request: Request) -> bool:
    content_type = request.headers.get("content-type", "")
    if content_type == _PLAIN_JSON and "content-encoding" not in request.headers:
        return True  # as nearly all say it
    said = Message()
    said["content-type"] = content_type
    return (
        said.get_content_type() in {"application/json", "text/json"}
        and said.get_content_charset("utf-8") in {"utf-8", "utf8"}
        and request.headers.get("content-encoding", "").strip().lower() in {"", "identity"}
    )


def declared_bytes(request: Request) -> int:
    """How many bytes of it may come to be held; who does not say is taken to send the most."""
    declared = request.headers.get("content-length", "")
    return min(int(declared[:20]), MAX_BYTES) if declared.isdecimal() else MAX_BYTES


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
        raise Refused(ErrorCode.INVALID_REQUEST, details={"reason": str(error)}) from error


def shaped(model: type[Body], value: Any) -> Body:  # noqa: ANN401  # any JSON value
    try:
        return model.model_validate(value, context=Found())
    except ValidationError as error:
        raise refused_by(error) from None
