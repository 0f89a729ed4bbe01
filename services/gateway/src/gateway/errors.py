"""The one error envelope, on every route, method and failure (protocol.md section 8).

Raw ASGI, so that streaming and cancellation work as the server means them.
"""

import logging
import time
import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.admission import again_after
from gateway.plan_texts import with_pages
from shared import tracing
from shared.contracts.errors import ErrorCode, NextAction, Refusal, refusal
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
from shared.service import begun
from shared.validation import issues_of, refused_for

log = logging.getLogger(__name__)

_AWAY = 2.0  # seconds until a server that is away may be back


class RequestContext:
    """Gives each request its id and the protocol's headers, HEAD where GET is, and a last resort.

    An error that no handler knows becomes a 500 here, before the server would print it.
    """

    def __init__(self, app: ASGIApp, ended: Callable[[Scope], None]) -> None:
        self._app = app
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        headers = begun(given.get(b"x-request-id", b""))
        parent = given.get(b"traceparent", b"").decode("latin-1")
        with tracing.span(scope["method"], kind=tracing.SERVER, parent=parent):
            await self._answer(scope, receive, send, headers)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, headers: list[tuple[bytes, bytes]]
    ) -> None:
        head = scope["method"] == "HEAD"
        inner = {**scope, "method": "GET"} if head else scope
        status, began = 0, time.perf_counter()

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *headers]
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(inner, receive, stamped)
        except ClientDisconnect:
            log.info("client went away")
        except Exception as error:  # noqa: BLE001  # logged whole, and told in the envelope
            answer = _unhandled(error, scope["path"])
            if not status:
                await respond_to(answer, keyed=False)(scope, receive, stamped)
        finally:
            self._ended(inner)
        took = round((time.perf_counter() - began) * 1000)
        facts = {"method": scope["method"], "path": scope["path"], "status": status, "ms": took}
        log.info("request", extra=facts)
        if route := inner.get("route"):
            tracing.named(f"{scope['method']} {route.name}")
        tracing.told(**facts, request_id=request_id.get())


def respond_to(answer: Refusal, *, keyed: bool) -> Response:
    """The envelope as a response; `keyed` says whether the request had an idempotency key."""
    envelope = answer.envelope()
    details: dict[str, Any] = envelope["details"]
    details |= {"request_id": request_id.get(), "docs": error_page(answer.error_code)}
    if found := details.get("validationMessages"):
        details["validationMessages"] = with_pages(found)
    if details["next_action"] == NextAction.RETRY_WITH_SAME_KEY and not keyed:
        details["next_action"] = NextAction.RETRY.value
    headers = {"cache-control": "no-store"}
    if details["retryable"]:
        usual = again_after(_AWAY) if answer.status == HTTPStatus.SERVICE_UNAVAILABLE else 1
        headers["retry-after"] = str(details.get("retry_after_seconds", usual))
    if answer.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        headers["connection"] = "close"  # the rest of the body is not read
    return Response(orjson.dumps(envelope), answer.status, headers, "application/json")


def _unhandled(error: Exception, path: str) -> Refusal:
    if not isinstance(error, MemoryError):
        log.error("unhandled error", exc_info=error, extra={"path": path})
        return _unknown()
    traceback.clear_frames(error.__traceback__)  # they hold what was too much
    log.error("out of memory", extra={"path": path})
    said = "The request takes more than there is room for."
    return refusal(ErrorCode.SERVICE_UNAVAILABLE, said)


def _unknown() -> Refusal:
    return refusal(ErrorCode.INTERNAL_ERROR, details={"retryable": True})


def refusal_of(error: EntryGoError) -> Refusal:
    """What an error of ours means to the caller."""
    match error:
        case Refused():
            return error.refusal
        case Transient() | StoreFault() | NoReply():
            return refusal(ErrorCode.SERVICE_UNAVAILABLE)
        case BlobCorrupt() | BlobTooLarge():
            return refusal(ErrorCode.INTERNAL_ERROR, "A stored document is damaged.")
        case _:
            return _unknown()


def install(app: FastAPI) -> None:
    """Handlers for all errors that a route, or the routing itself, can raise."""

    @app.exception_handler(EntryGoError)
    async def ours(request: Request, error: EntryGoError) -> Response:
        if not isinstance(error, Refused):
            log.warning("request failed", extra={"why": f"{type(error).__name__}: {error}"[:500]})
        return respond_to(refusal_of(error), keyed=_keyed(request))

    @app.exception_handler(RequestValidationError)
    async def shape(request: Request, error: RequestValidationError) -> Response:
        # The first part of a place says whether it was the path, the query or a header.
        found = [{**detail, "loc": detail["loc"][1:]} for detail in error.errors()]
        return respond_to(refused_for(issues_of(found)).refusal, keyed=_keyed(request))  # type: ignore[arg-type]  # FastAPI gives pydantic's details untyped

    @app.exception_handler(HTTPException)
    async def routing(request: Request, error: HTTPException) -> Response:
        code = {
            HTTPStatus.NOT_FOUND: ErrorCode.ROUTE_NOT_FOUND,
            HTTPStatus.METHOD_NOT_ALLOWED: ErrorCode.METHOD_NOT_ALLOWED,
        }.get(HTTPStatus(error.status_code), ErrorCode.INVALID_REQUEST)
        answer = refusal(code, status=error.status_code)
        response = respond_to(answer, keyed=_keyed(request))
        if allowed := (error.headers or {}).get("Allow"):
            response.headers["allow"] = "GET, HEAD" if allowed == "GET" else allowed
        return response


def _keyed(request: Request) -> bool:
    return bool(getattr(request.state, "keyed", False) or "idempotency-key" in request.headers)
