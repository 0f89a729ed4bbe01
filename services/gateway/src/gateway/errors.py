"""The one error envelope, on every route, method and failure (protocol.md section 8).

Raw ASGI, so that streaming and cancellation work as the server means them.
"""

import logging
import re
import time
import uuid
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.errors import ErrorCode, NextAction, Refusal, refusal
from shared.contracts.snapshot import PROTOCOL
from shared.errors import (
    BlobCorrupt,
    BlobTooLarge,
    EntryGoError,
    NoReply,
    Refused,
    StoreFault,
    Transient,
)
from shared.links import error_page
from shared.logs import request_id
from shared.validation import issues_of, refused_for

log = logging.getLogger(__name__)

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_UNAVAILABLE: Final = (Transient, StoreFault, NoReply)


class RequestContext:
    """Gives each request its id and the protocol's headers, HEAD where GET is, and a last resort.

    An error that no handler knows becomes a 500 here, before the server would print it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        own = given.decode() if _REQUEST_ID.fullmatch(given) else f"req_{uuid.uuid4().hex}"
        request_id.set(own)
        head = scope["method"] == "HEAD"
        inner = {**scope, "method": "GET"} if head else scope
        status, began = 0, time.perf_counter()

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", own.encode()),
                    (b"entrygo-protocol", PROTOCOL.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(inner, receive, stamped)
        except ClientDisconnect:
            log.info("client went away")
        except Exception:  # the boundary: a bug is logged whole, the client gets the envelope
            log.exception("unhandled error", extra={"path": scope["path"]})
            if not status:
                await respond_to(_unknown(), keyed=False)(scope, receive, stamped)
        took = round((time.perf_counter() - began) * 1000)
        facts = {"method": scope["method"], "path": scope["path"], "status": status, "ms": took}
        log.info("request", extra=facts)


def respond_to(answer: Refusal, *, keyed: bool) -> Response:
    """The envelope as a response; `keyed` says whether the request had an idempotency key."""
    envelope = answer.envelope()
    details: dict[str, Any] = envelope["details"]
    details |= {"request_id": request_id.get(), "docs": error_page(answer.error_code)}
    if details["next_action"] == NextAction.RETRY_WITH_SAME_KEY and not keyed:
        details["next_action"] = NextAction.RETRY.value
    headers = {"cache-control": "no-store"}
    if details["retryable"]:
        headers["retry-after"] = str(details.get("retry_after_seconds", 1))
    if answer.status == STATUS_UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if answer.status == STATUS_TOO_LARGE:
        headers["connection"] = "close"  # the rest of the body is not read
    return Response(orjson.dumps(envelope), answer.status, headers, "application/json")


STATUS_UNAUTHORIZED: Final = 401
STATUS_NOT_FOUND: Final = 404
STATUS_NOT_ALLOWED: Final = 405
STATUS_TOO_LARGE: Final = 413


def _unknown() -> Refusal:
    return refusal(ErrorCode.INTERNAL_ERROR, details={"retryable": True})


def refusal_of(error: EntryGoError) -> Refusal:
    """What an error of ours means to the caller."""
    if isinstance(error, Refused):
        return error.refusal
    if isinstance(error, _UNAVAILABLE):
        return refusal(ErrorCode.SERVICE_UNAVAILABLE)
    if isinstance(error, BlobCorrupt | BlobTooLarge):
        return refusal(ErrorCode.INTERNAL_ERROR, "A stored document is damaged.")
    return _unknown()


def install(app: FastAPI) -> None:
    """Handlers for all errors that a route, or the routing itself, can raise."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, EntryGoError)  # noqa: S101  # registered for nothing else
        answer = refusal_of(error)
        if not isinstance(error, Refused):
            log.warning("request failed", extra={"why": f"{type(error).__name__}: {error}"[:500]})
        return respond_to(answer, keyed=_keyed(request))

    async def routing(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # registered for nothing else
        return _routing_answer(request, error)

    async def shape(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for nothing else
        # The first part of a place says whether it was the path, the query or a header.
        found = [{**detail, "loc": detail["loc"][1:]} for detail in error.errors()]
        return respond_to(refused_for(issues_of(found)).refusal, keyed=_keyed(request))  # type: ignore[arg-type]  # FastAPI gives pydantic's details untyped

    app.add_exception_handler(EntryGoError, ours)
    app.add_exception_handler(HTTPException, routing)
    app.add_exception_handler(RequestValidationError, shape)


def _routing_answer(request: Request, error: HTTPException) -> Response:
    if error.status_code == STATUS_NOT_FOUND:
        answer = refusal(ErrorCode.ROUTE_NOT_FOUND)
    elif error.status_code == STATUS_NOT_ALLOWED:
        answer = refusal(
            ErrorCode.METHOD_NOT_ALLOWED, f"{request.method} is not possible on this route."
        )
    else:
        answer = refusal(
            ErrorCode.INVALID_REQUEST, "The request cannot be read.", status=error.status_code
        )
    response = respond_to(answer, keyed=_keyed(request))
    if allowed := (error.headers or {}).get("Allow"):
        response.headers["allow"] = "GET, HEAD" if allowed == "GET" else allowed
    return response


def _keyed(request: Request) -> bool:
    return bool(getattr(request.state, "keyed", False) or "idempotency-key" in request.headers)
