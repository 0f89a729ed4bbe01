"""What routes are given: the process's parts, who is calling, and the checked body."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Path, Query, Request
from pydantic import AfterValidator
from starlette.convertors import Convertor, register_url_convertor

from gateway.auth import Authenticator, Principal, RateLimit, check_account
from gateway.bodies import read_body
from gateway.idempotency import Writer
from gateway.reads import Page, Reads
from gateway.schemas.requests import WriteBody
from gateway.schemas.values import idempotency_key, rfc3339
from gateway.settings import Settings
from shared.clock import Clock
from shared.messaging.rabbit import Messages
from shared.store import Store
from shared.validation import invalid

LONGEST_WAIT = 30.0  # seconds that `Prefer: wait=n` may ask for


class RecordConvertor(Convertor[str]):
    """An id in a path; the names of the writes are routes of their own, for any method."""

    regex = "(?!(?:sync|plan|optimize|execute)$)[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("record", RecordConvertor())  # paths are compiled when routes are read

Body = TypeVar("Body", bound=WriteBody)


@dataclass(frozen=True)
class Gateway:
    """The parts of a running process."""

    settings: Settings
    store: Store
    messages: Messages
    reads: Reads
    writer: Writer
    keys: Authenticator
    limit: RateLimit
    now: Clock


# Coroutines, though nothing is awaited: FastAPI hands plain functions to a thread.
async def running(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


Running = Annotated[Gateway, Depends(running)]


async def principal(request: Request, gateway: Running) -> Principal:
    found = await gateway.keys.principal(request.headers.get("authorization"))
    gateway.limit.take(found.key_id)
    return found


Caller = Annotated[Principal, Depends(principal)]


def body_of(model: type[Body]) -> Callable[[Request, Principal], Awaitable[Body]]:
    """The request's body as `model`, of the caller's own account."""

    async def read(request: Request, caller: Caller) -> Body:
        body = await read_body(request, model)
        request.state.keyed = body.idempotency_key is not None
        check_account(caller, body.account_id)
        return body

    return read


Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Makes a repeat safe: the same key and body answer the same, byte for byte.",
    ),
    AfterValidator(lambda value: value and idempotency_key(value)),
]


def _moment(value: str | None) -> str | None:
    return None if value is None else rfc3339(value)


RecordId = Annotated[str, Path(pattern=r"^[!-~]{1,255}$", description="The record's id.")]


async def listing(
    limit: Annotated[
        int, Query(ge=1, le=200, description="How many rows at most; 50 where not given.")
    ] = 50,
    cursor: Annotated[
        str | None, Query(max_length=1_000, description="`next_cursor` of the page before.")
    ] = None,
    updated_since: Annotated[
        str | None,
        Query(
            description="Only what changed at this time or later, RFC 3339.",
            json_schema_extra={"format": "date-time"},
            max_length=40,
        ),
        AfterValidator(_moment),
    ] = None,
) -> Page:
    return Page(limit, cursor, updated_since)


Listing = Annotated[Page, Depends(listing)]


async def preferred_wait(request: Request) -> float | None:
    """Seconds of `Prefer: wait=n` (RFC 7240), at most 30; other preferences are ignored."""
    for preference in request.headers.get("prefer", "").split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait":
            seconds = value.strip().strip('"')
            if not (seconds.isascii() and seconds.isdigit()):
                raise invalid("Prefer", "wait takes whole seconds", "invalid_type")
            return min(float(seconds[:6]), LONGEST_WAIT)
    return None


Wait = Annotated[float | None, Depends(preferred_wait)]
