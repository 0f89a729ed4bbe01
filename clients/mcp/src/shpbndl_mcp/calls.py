"""Each call asks the API with its caller's own key: from the environment, or from the request."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from mcp.server.mcpserver import Context

from shpbndl import AsyncSHPBNDL, SHPBNDLError

PATIENCE = 20.0
"""Seconds in which what is retryable is repeated: well under what clients grant one tool call."""

TEST_KEY = "shpbndl_test_"
_BEARER = re.compile(r"bearer +([!-~]{1,255})", re.IGNORECASE)


@dataclass(frozen=True)
class Gateway:
    """Where the API is, and whose key is used; over HTTP (`key` is None) each request's own."""

    base_url: str
    key: str | None = None


def key_of(ctx: Context[Gateway, Any]) -> str:
    """The caller's key.

    Raises:
        SHPBNDLError: Over HTTP, the request brought none.
    """
    gateway = ctx.request_context.lifespan_context
    if gateway.key is not None:
        return gateway.key
    given = _BEARER.fullmatch((ctx.headers or {}).get("authorization", "").strip())
    if given is None:
        message = "Missing API key: send `Authorization: Bearer <key>` with each request."
        raise refused("INVALID_API_KEY", message, "FIX_REQUEST")
    return given[1]


def is_test(ctx: Context[Gateway, Any]) -> bool:
    """Whether nothing leaves the sandbox with this key; an account is live or test for good."""
    return key_of(ctx).startswith(TEST_KEY)


@asynccontextmanager
async def api(ctx: Context[Gateway, Any]) -> AsyncIterator[AsyncSHPBNDL]:
    base_url = ctx.request_context.lifespan_context.base_url
    async with AsyncSHPBNDL(key_of(ctx), base_url=base_url, patience=PATIENCE) as client:
        yield client


def refused(code: str, message: str, next_action: str, **more: Any) -> SHPBNDLError:  # noqa: ANN401  # JSON
    """A refusal of this server's own, in the form of the API's."""
    details = {"retryable": False, "next_action": next_action, **more}
    return SHPBNDLError(0, {"errorCode": code, "message": message, "details": details})
