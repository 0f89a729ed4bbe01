"""What callers send over HTTP: whatever it is, it is read, or refused in our own words."""

import asyncio
import base64
import json
import unicodedata
from decimal import Decimal
from typing import Any, cast

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from gateway.auth import Authenticator
from gateway.bodies import parse_json, shaped
from gateway.dependencies import LONGEST_WAIT, preferred_wait
from gateway.listings import place_of
from gateway.routes.answers import matches
from gateway.schemas.requests import ExecuteBody, PlanBody, SyncOrdersBody, SyncProductsBody
from gateway.schemas.values import idempotency_key
from gateway.settings import Settings
from shared import strict_json, tracing
from shared.errors import Refused
from shared.service import begun
from shared.store import Store
from shared.strict_json import NotStrictJson
from shared.validation import MAX_ISSUES
from support.foreign import ANYTHING, attempted, changed, latin, texts_of, tried, utf8
from support.memory import MemoryStore

LINE = {"productId": "prod_1", "quantity": 2, "unitValueUsd": 12.5}
OUTER = {"externalId": "A-1", "destinationCountry": "US", "items": [LINE], "metadata": {"a": 1}}
PLAN = {"accountId": "acc_1", "warehouseId": "wh_1", "brokerId": "br_1", "orderIds": ["ord_1"]}
BODIES: list[tuple[Any, Any]] = [
    (SyncOrdersBody, {"accountId": "acc_1", "items": [OUTER, OUTER | {"externalId": "A-2"}]}),
    (SyncProductsBody, {"accountId": "acc_1", "items": [{"externalId": "P", "title": "Hat"}]}),
    (PlanBody, PLAN | {"shipment": {"portOfEntry": "0901", "transportMode": "TRUCK"}}),
    (ExecuteBody, {"accountId": "acc_1", "batchId": "batch_1", "resubmit": True}),
]


def request_with(**headers: str) -> Request:
    raw = [
        (name.replace("_", "-").encode(), value.encode("latin-1", "replace"))
        for name, value in headers.items()
    ]
    return Request({"type": "http", "headers": raw, "method": "GET", "path": "/"})


@pytest.mark.parametrize(("model", "valid"), BODIES, ids=[each.__name__ for each, _ in BODIES])
@given(st.data())
@tried
def test_fuzz_a_body_is_read_or_refused_with_few_issues_that_name_its_places(
    model: Any, valid: Any, data: st.DataObject
) -> None:
    raw = data.draw(changed(valid))

    read = attempted(lambda: shaped(model, parse_json(raw)), Refused)

    if isinstance(read, Refused):
        answer = read.refusal
        assert answer.status == 400
        issues = answer.envelope()["details"].get("issues", [])
        assert len(issues) <= MAX_ISSUES
        assert orjson.dumps(answer.envelope())
        assert len(orjson.dumps(issues)) < 2_000 + 4 * len(raw)
    else:
        sent = unicodedata.normalize("NFC", json.loads(raw)["accountId"])
        assert set(read.account_id) <= set(sent) | {" "}, "of white space a blank is made"


@given(st.binary(max_size=300) | texts_of('{}[]":,0123456789.eE-+\\ntrufals ').map(utf8))
@tried
def test_fuzz_strict_json_reads_what_json_reads_or_says_why_not(raw: bytes) -> None:
    read = attempted(lambda: strict_json.parse(raw), NotStrictJson)

    if isinstance(read, NotStrictJson):
        assert len(utf8(str(read))) <= 2_000
    else:
        assert read == json.loads(raw.decode("utf-8-sig"), parse_float=Decimal)


@given(ANYTHING)
@tried
def test_fuzz_strict_json_gives_the_value_that_was_written(value: Any) -> None:
    raw = json.dumps(value).encode()

    read = attempted(lambda: strict_json.parse(raw), NotStrictJson)

    if isinstance(read, NotStrictJson):
        assert b"NaN" in raw or b"Infinity" in raw
    else:
        assert json.loads(json.dumps(read, default=float)) == json.loads(raw)


@given(texts_of('"k-1'))
@tried
def test_fuzz_an_idempotency_key_is_what_was_sent_or_refused(value: str) -> None:
    key = attempted(lambda: idempotency_key(value), PydanticCustomError)

    if isinstance(key, str):
        assert key in value
        assert 1 <= len(key) <= 255
        assert all("!" <= character <= "~" for character in key)


@given(texts_of('wait=0123456789;, "respond-async'))
@tried
def test_fuzz_a_preference_is_ignored_or_a_bounded_wait(value: str) -> None:
    wait = asyncio.run(preferred_wait(request_with(prefer=value)))

    assert wait is None or 0 <= wait <= LONGEST_WAIT


@given(texts_of('W/", *abc123'), st.text("abc123", min_size=1, max_size=8))
@tried
def test_fuzz_a_tag_matches_only_where_it_was_named(given_tags: str, tag: str) -> None:
    if matches(request_with(if_none_match=given_tags), tag):
        assert tag in given_tags or "*" in given_tags


@given(texts_of("Bearer shpbndl_live_test_abc-"))
@tried
def test_fuzz_an_authorization_that_is_no_key_is_refused(value: str) -> None:
    keys = Authenticator(cast("Store", MemoryStore()), Settings())

    with pytest.raises(Refused) as refused:
        asyncio.run(keys.principal(value, "203.0.113.1"))

    assert refused.value.refusal.status in {401, 429}


@given(st.text(max_size=200).map(latin) | st.just(b"req-1"))
@tried
def test_fuzz_a_request_id_is_echoed_as_it_is_or_not_at_all(given_id: bytes) -> None:
    [own] = [value for name, value in begun(given_id) if name == b"x-request-id"]

    assert own == given_id or own.startswith(b"req_")
    assert 1 <= len(own) <= 128


@given(texts_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
@tried
def test_fuzz_a_traceparent_is_taken_as_it_is_or_not_at_all(value: str) -> None:
    assert tracing.read({"traceparent": value}) in {None, value}


@given(texts_of("0123456789.:abcdef[], for=;"))
@tried
def test_fuzz_a_forwarded_address_is_one_that_was_named(value: str) -> None:
    seen = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["client"][0] if scope["client"] else "")

    headers = [(b"x-forwarded-for", value.encode("latin-1", "replace"))]
    scope: Any = {"type": "http", "headers": headers, "client": ("10.0.0.1", 1), "scheme": "http"}
    trusting = ProxyHeadersMiddleware(app, trusted_hosts=["10.0.0.1"])
    asyncio.run(trusting(scope, cast("Any", None), cast("Any", None)))

    assert seen[0] in {"10.0.0.1", ""} or seen[0] in headers[0][1].decode("latin-1")


def as_cursor(value: Any) -> str:  # a JSON value
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@given(st.text(max_size=80) | texts_of("eyJbIjIwMjYiLCJvcmQiXQ-_=") | ANYTHING.map(as_cursor))
@tried
def test_fuzz_a_cursor_is_a_place_or_refused(cursor: str) -> None:
    place = attempted(lambda: place_of(cursor), Refused)

    if isinstance(place, Refused):
        assert place.refusal.field == "cursor"
    else:
        assert all("\x00" not in part for part in place)
