"""What routes are given: the process's parts, who is calling, and the checked body."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar, get_origin

from fastapi import Depends, Header, Path, Query, Request, params
from fastapi.dependencies.utils import get_flat_params
from pydantic import AfterValidator
from pydantic import WithJsonSchema as Documented
from pydantic_core import PydanticCustomError
from starlette.convertors import Convertor, register_url_convertor

from gateway.admission import Admission
from gateway.auth import Authenticator, Principal, RateLimit, check_account
from gateway.bodies import declared_bytes, read_body
from gateway.calls import Call
from gateway.changes import Changes
from gateway.health import Health
from gateway.idempotency import Idempotency
from gateway.listings import Page
from gateway.reads import Reads
from gateway.schemas.requests import WriteBody
from gateway.schemas.values import idempotency_key, rfc3339
from gateway.settings import Settings
from gateway.storage import Storage
from shared.clock import Clock
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.messaging.rabbit import Messages
from shared.store import Store
from shared.validation import MAX_ISSUES, invalid, issue, refused_for

LONGEST_WAIT = 30.0  # seconds that `Prefer: wait=n` may ask for
_WAIT: Final = re.compile(
    r'\s*wait\s*=\s*(?:"(?=\d+"))?(\d{1,9})"?\s*(?:;|$)', re.ASCII | re.IGNORECASE
)


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
    idempotency: Idempotency
    health: Health
    keys: Authenticator
    limit: RateLimit
    admission: Admission
    changes: Changes
    storage: Storage
    now: Clock


# Coroutines, though nothing is awaited: FastAPI hands plain functions to a thread.
async def running(request: Request) -> Gateway:
    gateway: Gateway | None = getattr(request.app.state, "gateway", None)
    if gateway is None:
        raise Refused(ErrorCode.SERVICE_UNAVAILABLE, "The service waits for its servers.")
    return gateway


Running = Annotated[Gateway, Depends(running)]


async def principal(request: Request, gateway: Running) -> Principal:
    address = request.client.host if request.client else ""
    found = await gateway.keys.principal(request.headers.get("authorization"), address)
    gateway.limit.take(found.key_id)
    return found


Caller = Annotated[Principal, Depends(principal)]


Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Makes a repeat safe: the same key and body answer the same, byte for byte.",
    ),
    Documented({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}),
]


def call_of(model: type[Body]) -> Callable[..., Awaitable[Call[Body]]]:
    """What a client sent to a write that takes this body, for the key's own account."""

    async def read(
        request: Request, caller: Caller, gateway: Running, key: Key = None
    ) -> Call[Body]:
        account_id, hold = caller.account_id, gateway.admission.hold
        hold(request.scope, account_id, commands=1, bytes=declared_bytes(request))
        body, size = await read_body(request, model)
        hold(request.scope, account_id, orders=body.orders)
        request.state.keyed = body.idempotency_key is not None
        check_query(request)
        given = body.idempotency_key if key is None else _header_key(request)
        check_account(caller, body.account_id)
        return Call(caller, body, given, gateway.settings.reply_timeout.total_seconds(), size)

    return read


def _header_key(request: Request) -> str:
    try:
        return idempotency_key(", ".join(request.headers.getlist("idempotency-key")))
    except PydanticCustomError as error:
        raise invalid("Idempotency-Key", error.message(), error.type) from error


def check_query(request: Request) -> None:
    """Refuses what the route does not take: a mistyped filter must not show other records."""
    given = request.query_params.multi_items()
    if not given:
        return
    known = {
        field.alias: get_origin(field.field_info.annotation) is list
        for field in get_flat_params(request.scope["route"].dependant)
        if isinstance(field.field_info, params.Query)
    }
    names = Counter(name for name, _ in given)
    unknown = [issue(n, "Unrecognized key", "unrecognized_keys") for n in names if n not in known]
    repeated = [
        issue(name, "Given more than once", "invalid_type")
        for name, count in names.items()
        if count > 1 and not known.get(name, True)
    ]
    damaged = [
        issue(name, "Not valid UTF-8", "invalid_string")
        for name, value in given
        if "\ufffd" in value
    ]
    if found := unknown + repeated + damaged:
        raise refused_for(found[:MAX_ISSUES])


async def known_query(request: Request, caller: Caller) -> None:  # noqa: ARG001  # 401 comes first
    if request.method != "POST":  # a write looks at it once its body is read
        check_query(request)


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
    """Seconds of `Prefer: wait=n`, at most 30; what is none is ignored, as RFC 7240 wants."""
    for preference in ",".join(request.headers.getlist("prefer")).split(","):
        if found := _WAIT.match(preference):
            return min(float(found[1]), LONGEST_WAIT)
    return None


Wait = Annotated[float | None, Depends(preferred_wait)]
