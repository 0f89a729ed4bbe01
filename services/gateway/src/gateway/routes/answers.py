"""How reads are answered: JSON or stored bytes, with their ETag and what it spares."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.money import dump
from gateway.record_views import View
from shared.canonical import sha256_hex

NOT_MODIFIED = 304


def json_answer(view: View | bytes) -> Response:
    body = view if isinstance(view, bytes) else dump(view)
    return Response(body, 200, {"cache-control": "no-store"}, "application/json")


def tagged_json(request: Request, view: View) -> Response:
    """JSON whose ETag is the hash of its bytes."""
    body = dump(view)
    return tagged(request, body, sha256_hex(body), "application/json")


def tagged(
    request: Request, body: bytes, tag: str, media_type: str, headers: dict[str, str] | None = None
) -> Response:
    """The bytes, or 304 where the caller has them."""
    stamped = {"etag": f'"{tag}"', "cache-control": "private, no-cache"}
    if matches(request, tag):
        return Response(None, NOT_MODIFIED, stamped)
    return Response(body, 200, stamped | (headers or {}), media_type)


def matches(request: Request, tag: str) -> bool:
    """Whether `If-None-Match` names the tag (RFC 9110: weak comparison, or `*`)."""
    given = request.headers.get("if-none-match", "")
    names = {name.strip().removeprefix("W/").strip('"') for name in given.split(",")}
    return bool(given) and (tag in names or "*" in names)
