"""The client on a transport made of functions: what is sent, repeated and raised."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from shpbndl import SHPBNDL, SHPBNDLError

AWAY = {
    "errorCode": "SERVICE_UNAVAILABLE",
    "message": "The planner did not answer in time.",
    "details": {"retryable": True, "next_action": "RETRY_WITH_SAME_KEY", "request_id": "r"},
}
STALE = {
    "errorCode": "PLAN_STALE",
    "message": "Products changed.",
    "field": "batchId",
    "details": {"retryable": False, "next_action": "REPLAN", "request_id": "r"},
}
PLAN: dict[str, Any] = {
    "accountId": "acc_1",
    "warehouseId": "wh_1",
    "brokerId": "br_1",
    "orderIds": ["ord_1"],
}


class Api:
    """Answers with what it was given, one a request, and keeps what was asked."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self._answers: Iterator[httpx2.Response | Exception] = iter(answers)
        self.asked: list[httpx2.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, patience: float = 60.0) -> SHPBNDL:
        return SHPBNDL(
            "shpbndl_test_x",
            patience=patience,
            transport=httpx2.MockTransport(self),
            sleep=self.slept.append,
            clock=lambda: sum(self.slept),
        )

    @property
    def keys(self) -> list[str]:
        return [request.headers.get("Idempotency-Key", "") for request in self.asked]


def ok(body: object = None, status: int = 200, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json=body or {}, headers=headers)


def test_every_request_carries_the_key_and_goes_to_the_published_address() -> None:
    api = Api(ok())

    with api.client() as client:
        client.inspect("batch_1")

    assert str(api.asked[0].url) == "http://localhost:3000/api/exports/batch_1"
    assert api.asked[0].headers["Authorization"] == "Bearer shpbndl_test_x"


def test_a_plan_sends_what_was_given_and_nothing_else() -> None:
    api = Api(ok(), ok())

    with api.client() as client:
        client.plan(**PLAN, destinationCountry="US", idempotencyKey="k-1")
        client.exports.plan(**PLAN, dryRun=True)

    assert json.loads(api.asked[0].content) == {**PLAN, "destinationCountry": "US"}
    assert api.keys[0] == "k-1"
    assert json.loads(api.asked[1].content) == {**PLAN, "dryRun": True}


def test_optimize_is_plan_under_its_older_name() -> None:
    api = Api(ok())

    with api.client() as client:
        client.exports.optimize(**PLAN)

    assert api.asked[0].url.path == "/api/exports/optimize"
    assert json.loads(api.asked[0].content) == PLAN


def test_each_write_without_a_key_gets_one_of_its_own() -> None:
    api = Api(ok(), ok())

    with api.client() as client:
        client.orders.sync("acc_1", [{"externalId": "A-1"}])
        client.products.sync("acc_1", [{"externalId": "P-1"}])

    first, second = api.keys
    assert first != second
    assert [request.url.path for request in api.asked] == ["/api/orders/sync", "/api/products/sync"]


@pytest.mark.parametrize("absent", [httpx2.ConnectError("refused"), httpx2.ConnectTimeout("")])
def test_a_gateway_that_was_never_there_is_told_at_once(absent: httpx2.TransportError) -> None:
    api = Api(absent)

    with api.client() as client, pytest.raises(SHPBNDLError, match="localhost:3000") as raised:
        client.orders.sync("acc_1", [])

    assert (raised.value.status, raised.value.error_code) == (0, "GATEWAY_UNREACHABLE")
    assert api.slept == []
    assert api.asked[0].extensions["timeout"]["connect"] < 2


def test_a_gateway_that_restarts_is_waited_for() -> None:
    api = Api(ok(), *[httpx2.ConnectError("refused")] * 3, ok({"data": []}))

    with api.client() as client:
        client.account()
        assert client.orders.sync("acc_1", [])["data"] == []

    assert api.slept == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_work_that_may_have_begun_is_followed_to_its_end(method: str) -> None:
    """What dropped the first connection may have taken a write; a read had nothing to begin."""
    api = Api(httpx2.RemoteProtocolError("closed"), ok({"data": []}))

    with api.client() as client:
        if method == "POST":
            client.orders.sync("acc_1", [])
        else:
            with pytest.raises(SHPBNDLError, match="NO_ANSWER"):
                client.account()

    assert len(api.slept) == (method == "POST")


def test_a_proxy_without_a_gateway_behind_it_is_told_at_first_and_waited_for_later() -> None:
    between = httpx2.Response(502, text="<html>Bad gateway</html>")
    first, later = Api(between), Api(ok(), between, ok())

    with first.client() as client, pytest.raises(SHPBNDLError):
        client.account()
    with later.client() as client:
        client.account()
        client.account()

    assert (first.slept, later.slept) == ([], [0.5])


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("http://gate:3000", "http://gate:3000/api/account"),
        ("http://gate:3000/", "http://gate:3000/api/account"),
        ("http://gate:3000/api", "http://gate:3000/api/account"),
        ("http://gate:3000/api/", "http://gate:3000/api/account"),
        ("https://gate/entrygo/v1", "https://gate/entrygo/v1/account"),
    ],
)
def test_the_address_may_leave_the_api_out(given: str, asked: str) -> None:
    api = Api(ok())

    SHPBNDL("k", given, transport=httpx2.MockTransport(api)).account()

    assert str(api.asked[0].url) == asked


@pytest.mark.parametrize("given", ["localhost:3000", "gate", "", "ftp://gate/api"])
def test_an_address_that_is_none_is_refused_with_one_that_is(given: str) -> None:
    with pytest.raises(ValueError, match="http://localhost:3000/api"):
        SHPBNDL("k", given)


@pytest.mark.parametrize("key", ["", " ", "a b", "schl\xfcssel"])
def test_a_key_that_cannot_be_one_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="api_key"):
        SHPBNDL(key)


def test_a_key_may_end_as_a_line_of_a_file_does() -> None:
    api = Api(ok())

    SHPBNDL("key\n", transport=httpx2.MockTransport(api)).account()

    assert api.asked[0].headers["Authorization"] == "Bearer key"


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    api = Api(ok(), httpx2.DecodingError("broken gzip"), ok({"data": []}))

    with api.client() as client:
        client.account()
        assert client.orders.sync("acc_1", [])["data"] == []

    assert len(set(api.keys[1:])) == 1


def test_what_cannot_be_sent_is_not_repeated() -> None:
    api = Api(ok(), httpx2.LocalProtocolError("Illegal header value"))

    with api.client() as client:
        client.account()
        with pytest.raises(SHPBNDLError, match="NOT_SENT"):
            client.orders.sync("acc_1", [], idempotencyKey="a\nb")

    assert api.slept == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx2.Response(200, text="<html>"), "NOT_JSON"),
        (httpx2.Response(404, text="Not here"), "HTTP_404"),
        (httpx2.Response(301, headers={"Location": "https://gate/api"}), "https://gate/api"),
    ],
)
def test_what_is_no_gateway_is_told_with_its_address(answer: httpx2.Response, told: str) -> None:
    api = Api(answer)

    with api.client() as client, pytest.raises(SHPBNDLError, match="base_url") as raised:
        client.account()

    assert told in str(raised.value)
    assert raised.value.address == "GET http://localhost:3000/api/account"


def test_an_error_names_the_address_and_the_request() -> None:
    refused = Api(ok(STALE, 409))
    cut = Api(httpx2.ReadTimeout("slow"))

    with refused.client() as client, pytest.raises(SHPBNDLError) as told:
        client.execute("acc_1", "batch_1")
    with cut.client(patience=0) as client, pytest.raises(SHPBNDLError) as untold:
        client.execute("acc_1", "batch_1")

    assert (told.value.address, told.value.request_id) == (
        "POST http://localhost:3000/api/exports/execute", "r",
    )  # fmt: skip
    assert "POST http://localhost:3000/api/exports/execute, request r" in str(told.value)
    assert untold.value.request_id == cut.asked[0].headers["X-Request-Id"]


def test_each_try_has_the_same_request_id_and_says_who_asks() -> None:
    api = Api(ok(AWAY, 503), ok())

    with api.client() as client:
        client.account()

    first, second = api.asked
    assert first.headers["X-Request-Id"] == second.headers["X-Request-Id"]
    assert first.headers["User-Agent"].startswith("shpbndl-python/")


def test_an_id_is_one_part_of_the_path_whatever_is_in_it() -> None:
    api = Api(ok())

    with api.client() as client:
        client.orders.get("../account?x=1")

    assert api.asked[0].url.raw_path == b"/api/orders/..%2Faccount%3Fx%3D1"


def test_what_is_retryable_is_repeated_with_the_same_key_after_retry_after() -> None:
    api = Api(
        ok(AWAY, 503, **{"Retry-After": "3"}), httpx2.ConnectError("refused"), ok({"data": []})
    )

    with api.client() as client:
        assert client.orders.sync("acc_1", [])["data"] == []

    assert len(set(api.keys)) == 1
    assert api.slept == [3.0, 1.0]


def test_a_refusal_is_raised_at_once_with_all_that_the_envelope_says() -> None:
    api = Api(ok(STALE, 409))

    with api.client() as client, pytest.raises(SHPBNDLError) as raised:
        client.execute("acc_1", "batch_1")

    error = raised.value
    assert (error.status, error.error_code, error.field) == (409, "PLAN_STALE", "batchId")
    assert error.message == "Products changed."
    assert error.details["next_action"] == "REPLAN"
    assert api.slept == []


def test_repetition_ends_with_the_clients_patience() -> None:
    api = Api(*(ok(AWAY, 503, **{"Retry-After": "4"}) for _ in range(10)))

    with api.client(patience=10) as client, pytest.raises(SHPBNDLError) as raised:
        client.inspect("batch_1")

    assert raised.value.error_code == "SERVICE_UNAVAILABLE"
    assert api.slept == [4.0, 4.0]


def test_no_answer_at_all_is_an_error_of_status_zero() -> None:
    api = Api(*itertools.repeat(httpx2.ReadTimeout("slow"), 9))

    with api.client(patience=0) as client, pytest.raises(SHPBNDLError) as raised:
        client.inspect("batch_1")

    assert (raised.value.status, raised.value.retryable) == (0, True)


def test_an_execute_that_is_under_way_is_asked_again_until_it_is_done() -> None:
    running = {"state": "EXECUTING", "customs_package_id": None}
    api = Api(
        ok(running, 202, **{"Retry-After": "1"}),
        ok(running, 202, **{"Retry-After": "1"}),
        ok({"customs_package_id": "cp_1"}),
    )

    with api.client() as client:
        done = client.execute(accountId="acc_1", batchId="batch_1", wait=5)

    assert done["customs_package_id"] == "cp_1"
    assert len(set(api.keys)) == 1
    assert api.asked[0].headers["Prefer"] == "wait=5"


def test_an_execute_that_stays_under_way_returns_the_current_state() -> None:
    api = Api(*(ok({"state": "EXECUTING"}, 202, **{"Retry-After": "1"}) for _ in range(9)))

    with api.client(patience=3) as client:
        assert client.execute("acc_1", "batch_1")["state"] == "EXECUTING"

    assert api.slept == [1.0, 1.0, 1.0]


def test_an_answer_that_is_no_envelope_is_still_an_error_with_its_status() -> None:
    api = Api(httpx2.Response(502, text="<html>Bad gateway</html>"))

    with api.client() as client, pytest.raises(SHPBNDLError) as raised:
        client.inspect("batch_1")

    assert (raised.value.status, raised.value.error_code) == (502, "HTTP_502")
    assert "html" not in str(raised.value)


def test_lists_pass_their_filters_and_leave_out_what_is_not_given() -> None:
    api = Api(ok(), ok())

    with api.client() as client:
        client.exports.list(status="COMPLETED", limit=10)
        client.orders.list(externalId=["A-1", "A-2"])

    assert api.asked[0].url.query == b"status=COMPLETED&limit=10"
    assert api.asked[1].url.query == b"externalId=A-1&externalId=A-2"
