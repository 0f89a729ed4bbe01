"""One envelope on every route, method and failure; the checks come in the protocol's order."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest

from gateway.auth import Authenticator, RateLimit
from gateway.settings import Settings
from shared.canonical import sha256_hex
from shared.clock import timestamp
from shared.errors import BlobCorrupt, Refused, StoreFault
from shared.store import Store
from support.gateways import KEY, OTHER_KEY, WAREHOUSE_KEY, GatewayUnderTest

READS = (
    "/api/exports/batch_x",
    "/api/exports/batch_x/snapshot",
    "/api/exports/batch_x/plans/1",
    "/api/customs-packages/cp_x",
    "/api/customs-packages/cp_x/artifacts/manifest.json",
    "/api/customs-packages/cp_x/archive",
    "/api/orders/ord_x",
    "/api/products/prod_x",
)
LISTS = ("/api/exports", "/api/orders", "/api/products")
WRITES = (
    "/api/orders/sync",
    "/api/products/sync",
    "/api/exports/plan",
    "/api/exports/optimize",
    "/api/exports/execute",
)
EVERY = [
    *(("GET", path) for path in (*READS, *LISTS, "/api/account", "/api/system/health")),
    *(("POST", path) for path in WRITES),
]
JSON = {"content-type": "application/json"}
LINE = {"productId": "p", "quantity": 1, "unitValueUsd": 1}
PLAN = {"warehouseId": "wh_1", "brokerId": "br_1", "orderIds": ["o"]}
MINIMAL: dict[str, dict[str, Any]] = {
    "/api/orders/sync": {
        "items": [{"externalId": "A", "destinationCountry": "US", "items": [LINE]}]
    },
    "/api/products/sync": {"items": [{"externalId": "A", "title": "T"}]},
    "/api/exports/plan": PLAN,
    "/api/exports/optimize": PLAN,
    "/api/exports/execute": {"batchId": "batch_x"},
}


def envelope(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/json"
    body: dict[str, Any] = answer.json()
    assert set(body) <= {"errorCode", "message", "field", "details"}
    assert body["details"]["request_id"] == answer.headers["x-request-id"]
    assert isinstance(body["details"]["retryable"], bool)
    assert isinstance(body["details"]["next_action"], str)
    assert body["details"]["docs"] == f"/docs/errors#{body['errorCode'].lower()}"
    assert answer.headers["entrygo-protocol"] == "entrygo-export-protocol/1"
    return body


@pytest.fixture
def gateway() -> GatewayUnderTest:
    return GatewayUnderTest()


@pytest.fixture
async def client(gateway: GatewayUnderTest) -> AsyncIterator[httpx.AsyncClient]:
    async with gateway.client() as client:
        yield client


@pytest.fixture
async def stranger(gateway: GatewayUnderTest) -> AsyncIterator[httpx.AsyncClient]:
    async with gateway.client(key=None) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), EVERY)
async def test_every_route_wants_a_key(stranger: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await stranger.request(method, path)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    body = envelope(answer)
    assert (body["errorCode"], body["message"]) == ("INVALID_API_KEY", "Missing API key.")


@pytest.mark.parametrize(
    "given",
    ["Bearer", "Bearer x", "Basic abc", f"Bearer {KEY}x", "Bearer shpbndl_live_unknown-key"],
)
async def test_a_wrong_key_is_401(stranger: httpx.AsyncClient, given: str) -> None:
    answer = await stranger.get("/api/account", headers={"authorization": given})

    assert (answer.status_code, envelope(answer)["errorCode"]) == (401, "INVALID_API_KEY")


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/exports/", "/x.php"])
async def test_an_unknown_route_is_404_for_anybody(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)

    assert (answer.status_code, envelope(answer)["errorCode"]) == (404, "ROUTE_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        *(("GET", path, "POST") for path in WRITES),
        *(("DELETE", path, "POST") for path in WRITES),
        *(("POST", path, "GET, HEAD") for path in (*READS, *LISTS)),
        ("OPTIONS", "/api/exports/plan", "POST"),
        ("PUT", "/api/account", "GET, HEAD"),
    ],
)
async def test_another_method_is_405_before_the_key(
    stranger: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await stranger.request(method, path)

    assert (answer.status_code, envelope(answer)["errorCode"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    ("path", "code"),
    [
        *zip(
            READS,
            (
                *["EXPORT_NOT_FOUND"] * 3,
                *["CUSTOMS_PACKAGE_NOT_FOUND"] * 3,
                "ORDER_NOT_FOUND",
                "PRODUCT_NOT_FOUND",
            ),
            strict=True,
        )
    ],
)
async def test_an_unknown_id_is_404(client: httpx.AsyncClient, path: str, code: str) -> None:
    answer = await client.get(path)

    assert (answer.status_code, envelope(answer)["errorCode"]) == (404, code)


async def test_head_is_where_get_is(client: httpx.AsyncClient) -> None:
    answer = await client.head("/api/account")

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        pytest.param(JSON, b"x" * (10 * 1024 * 1024 + 1), 413, "PAYLOAD_TOO_LARGE", id="413"),
        pytest.param({}, b"x" * (10 * 1024 * 1024 + 1), 413, "PAYLOAD_TOO_LARGE", id="413 first"),
        pytest.param({"content-type": "text/plain"}, b"{", 415, "UNSUPPORTED_MEDIA_TYPE", id="415"),
        pytest.param({}, b"{}", 415, "UNSUPPORTED_MEDIA_TYPE", id="no type"),
        pytest.param(
            JSON | {"content-encoding": "gzip"}, b"{}", 415, "UNSUPPORTED_MEDIA_TYPE", id="packed"
        ),
        pytest.param(
            {"content-type": "application/json; charset=utf-16"},
            b"{}",
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            id="charset",
        ),
        pytest.param(JSON, b"{", 400, "INVALID_REQUEST", id="not JSON"),
        pytest.param(JSON, b"{}", 400, "VALIDATION_ERROR", id="shape"),
    ],
)
async def test_the_body_is_checked_in_order(
    client: httpx.AsyncClient, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    for path in WRITES:
        answer = await client.post(path, content=body, headers=headers)

        assert (answer.status_code, envelope(answer)["errorCode"]) == (status, code)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json; charset=utf8",
        'Application/JSON;Charset="UTF-8"',
        "text/json",
        "application/json; profile=x",
    ],
)
async def test_json_is_taken_by_any_of_its_names(
    client: httpx.AsyncClient, media_type: str
) -> None:
    headers = {"content-type": media_type, "content-encoding": "identity"}
    answer = await client.post("/api/orders/sync", content=b"{}", headers=headers)

    assert envelope(answer)["errorCode"] == "VALIDATION_ERROR"


async def test_a_compressed_body_is_told_to_be_the_reason(client: httpx.AsyncClient) -> None:
    headers = JSON | {"content-encoding": "gzip"}
    answer = await client.post("/api/orders/sync", content=b"x", headers=headers)

    assert "compressed" in envelope(answer)["message"]


async def test_a_body_without_length_is_limited_while_it_is_read(
    client: httpx.AsyncClient,
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 1024 * 1024

    answer = await client.post("/api/orders/sync", content=endless(), headers=JSON)

    assert answer.status_code == 413
    assert sent < 30


def plan(**changes: str) -> dict[str, Any]:
    return {"accountId": "acc_1"} | PLAN | changes


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"accountId": "acc_2"}, "accountId"),
        ({"accountId": "acc_unknown"}, "accountId"),
        ({"warehouseId": "wh_9"}, "warehouseId"),
        ({"warehouseId": "wh_unknown"}, "warehouseId"),
        ({"brokerId": "br_9"}, "brokerId"),
        ({"brokerId": "br_unknown"}, "brokerId"),
    ],
)
async def test_what_is_not_the_accounts_is_403(
    client: httpx.AsyncClient, changes: dict[str, str], field: str
) -> None:
    answer = await client.post("/api/exports/plan", json=plan(**changes))

    assert (answer.status_code, envelope(answer)["errorCode"]) == (403, "INVALID_ACCOUNT_SCOPE")
    assert answer.json()["field"] == field


async def test_a_key_of_one_warehouse_cannot_plan_for_another(gateway: GatewayUnderTest) -> None:
    async with gateway.client(WAREHOUSE_KEY) as client:
        answer = await client.post("/api/exports/plan", json=plan())

    assert (answer.status_code, answer.json()["field"]) == (403, "warehouseId")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=eyJhIjoxfQ", "cursor"),
        ("updated_since=yesterday", "updated_since"),
    ],
)
async def test_bad_query_parameters_are_400(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    for path in LISTS:
        answer = await client.get(f"{path}?{query}")

        assert (answer.status_code, envelope(answer)["errorCode"]) == (400, "VALIDATION_ERROR")
        assert answer.json()["field"] == field


@pytest.mark.parametrize(("method", "path"), EVERY)
async def test_a_query_that_the_route_does_not_take_is_400(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    body = {"accountId": "acc_1", **MINIMAL[path]} if method == "POST" else None
    answer = await client.request(
        method, f"{path}?external_id=A&external_id=B&limit%20=1", json=body
    )

    assert (answer.status_code, envelope(answer)["errorCode"]) == (400, "VALIDATION_ERROR")
    issues = answer.json()["details"]["issues"]
    assert [(issue["path"], issue["code"]) for issue in issues] == [
        ("external_id", "unrecognized_keys"),
        ("limit ", "unrecognized_keys"),
    ]


async def test_a_single_parameter_given_twice_is_400(client: httpx.AsyncClient) -> None:
    for path in LISTS:
        answer = await client.get(f"{path}?limit=1&limit=1")

        assert envelope(answer)["details"]["issues"] == [
            {"path": "limit", "message": "Given more than once", "code": "invalid_type"}
        ]
    assert (await client.get("/api/orders?externalId=A&externalId=B")).status_code == 200


async def test_a_query_that_is_no_utf8_is_400(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/orders?externalId=%ff")

    assert envelope(answer)["field"] == "externalId"


@pytest.mark.parametrize(("method", "path"), EVERY)
async def test_the_key_is_asked_for_before_the_query(
    stranger: httpx.AsyncClient, method: str, path: str
) -> None:
    assert (await stranger.request(method, f"{path}?x=1")).status_code == 401


async def test_shape_comes_before_scope(client: httpx.AsyncClient) -> None:
    foreign = plan(accountId="acc_2")

    query = await client.post("/api/exports/plan?x=1", json=foreign)
    key = await client.post("/api/exports/plan", json=foreign, headers={"idempotency-key": ""})

    assert (query.status_code, key.status_code) == (400, 400)


async def test_a_gateway_that_waits_for_its_servers_says_so_in_the_envelope(
    gateway: GatewayUnderTest,
) -> None:
    app = gateway.app()
    del app.state.gateway
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://gateway"
    ) as client:
        for method, path in EVERY:
            answer = await client.request(method, path)

            assert (answer.status_code, envelope(answer)["errorCode"]) == (
                503,
                "SERVICE_UNAVAILABLE",
            )
            assert int(answer.headers["retry-after"]) in {1, 2, 3}
            assert answer.json()["details"]["next_action"] == "RETRY"


async def test_an_unknown_status_is_400(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/exports?status=DONE")

    assert envelope(answer)["details"]["issues"][0]["code"] == "invalid_enum_value"


@pytest.mark.parametrize(
    "path", ["/api/orders/%00", "/api/exports/%E2%82%AC", "/api/orders/a%20b", "/api/orders/%ff"]
)
async def test_an_id_of_other_characters_is_400(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert (answer.status_code, envelope(answer)["errorCode"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("given", "echoed"),
    [("a.B-9_", True), ("x" * 128, True), ("x" * 129, False), ("two words", False), ("", False)],
)
async def test_a_request_id_is_echoed_or_minted(
    client: httpx.AsyncClient, given: str, *, echoed: bool
) -> None:
    answer = await client.get("/api/orders/ord_x", headers={"x-request-id": given})

    assert (envelope(answer)["details"]["request_id"] == given) == echoed


@pytest.mark.parametrize(
    ("error", "status", "code", "retryable"),
    [
        (StoreFault("secret address"), 503, "SERVICE_UNAVAILABLE", True),
        (BlobCorrupt("secret"), 500, "INTERNAL_ERROR", False),
        (KeyError("secret"), 500, "INTERNAL_ERROR", True),
    ],
)
async def test_a_failure_tells_nothing_of_the_inside(
    gateway: GatewayUnderTest,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    code: str,
    *,
    retryable: bool,
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(gateway.store, "find", fail)
    async with gateway.client() as client:
        answer = await client.get("/api/exports")

    body = envelope(answer)
    assert (answer.status_code, body["errorCode"]) == (status, code)
    assert body["details"]["retryable"] is retryable
    assert body["details"]["next_action"] == ("RETRY" if retryable else "CONTACT_OPERATOR")
    assert ("retry-after" in answer.headers) is retryable
    assert "secret" not in answer.text


async def test_too_many_requests_are_429(gateway: GatewayUnderTest) -> None:
    gateway.settings = Settings(rate_per_second=0.5, rate_burst=2)
    async with gateway.client() as client:
        answers = [await client.get("/api/orders") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert envelope(answers[2])["errorCode"] == "RATE_LIMITED"
    assert answers[2].headers["retry-after"] == "2"


def test_a_bucket_fills_again() -> None:
    now = 0.0
    limit = RateLimit(1.0, 1, clock=lambda: now)
    limit.take("k")
    with pytest.raises(Refused):
        limit.take("k")

    now = 1.0

    limit.take("k")


async def test_a_revoked_key_stops_when_the_cache_is_over(gateway: GatewayUnderTest) -> None:
    keys = Authenticator(cast("Store", gateway.store), Settings(key_cache=timedelta()))
    assert (await keys.principal(f"Bearer {OTHER_KEY}", "192.0.2.1")).account_id == "acc_2"
    digest = sha256_hex(OTHER_KEY.encode())

    gateway.store.collection("api_keys")[digest]["revoked_at"] = "2026-11-24T15:00:00.000Z"

    with pytest.raises(Refused):
        await keys.principal(f"Bearer {OTHER_KEY}", "192.0.2.1")


async def test_a_key_is_good_until_the_moment_it_expires(gateway: GatewayUnderTest) -> None:
    clock = gateway.store.clock
    keys = Authenticator(cast("Store", gateway.store), Settings(), clock)
    record = gateway.store.collection("api_keys")[sha256_hex(OTHER_KEY.encode())]
    record["expires_at"] = timestamp(clock() + timedelta(hours=1))
    assert (await keys.principal(f"Bearer {OTHER_KEY}", "192.0.2.1")).account_id == "acc_2"

    keys = Authenticator(cast("Store", gateway.store), Settings(), clock)
    record["expires_at"] = timestamp(clock())
    with pytest.raises(Refused, match="expired") as refused:
        await keys.principal(f"Bearer {OTHER_KEY}", "192.0.2.1")

    assert (refused.value.refusal.status, refused.value.refusal.error_code) == (
        401,
        "INVALID_API_KEY",
    )


async def test_a_keys_use_is_noted_once_in_an_hour_however_often_it_is_used(
    gateway: GatewayUnderTest,
) -> None:
    clock, digest = gateway.store.clock, sha256_hex(KEY.encode())
    keys = Authenticator(cast("Store", gateway.store), Settings(key_cache=timedelta()), clock)

    for _ in range(3):
        await keys.principal(f"Bearer {KEY}", "192.0.2.1")
    await keys.stop()

    assert gateway.store.steps.count("gateway.note_key_use") == 1
    assert gateway.store.collection("key_uses")[digest]["last_used_at"] == timestamp(clock())


async def test_who_guesses_keys_is_slowed_down_and_the_store_is_not_asked(
    gateway: GatewayUnderTest,
) -> None:
    limits = Settings(wrong_keys_per_second=0.001, wrong_keys_burst=3, key_cache=timedelta())
    keys = Authenticator(cast("Store", gateway.store), limits)

    async def answered(key: str, address: str) -> str:
        try:
            return (await keys.principal(f"Bearer {key}", address)).account_id
        except Refused as refused:
            return refused.refusal.error_code

    assert await answered(KEY, "192.0.2.1") == "acc_1"
    guesses = [await answered(f"shpbndl_live_{n:08}", "192.0.2.1") for n in range(5)]

    assert guesses == ["INVALID_API_KEY"] * 3 + ["RATE_LIMITED"] * 2
    assert await answered(OTHER_KEY, "192.0.2.1") == "RATE_LIMITED"  # it might be a guess too
    assert await answered(KEY, "192.0.2.1") == "acc_1"  # known already
    assert await answered(OTHER_KEY, "192.0.2.2") == "acc_2"


async def test_browsers_are_let_in_only_where_configured(gateway: GatewayUnderTest) -> None:
    preflight = {"origin": "https://a.example", "access-control-request-method": "POST"}
    async with gateway.client() as client:
        closed = await client.options("/api/exports/plan", headers=preflight)
    gateway.settings = Settings(cors_origins=("https://a.example",))
    async with gateway.client() as client:
        opened = await client.options("/api/exports/plan", headers=preflight)

    assert closed.status_code == 405
    assert opened.headers["access-control-allow-origin"] == "https://a.example"
