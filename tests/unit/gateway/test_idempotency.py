"""One test for each row of protocol.md section 9, and for each guard of the paragraph under it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from gateway.settings import Settings
from shared.contracts.errors import ErrorCode, Refusal, refusal
from shared.contracts.sync import OrdersSynced, SyncedRecord
from shared.errors import QueueUnavailable, Refused
from support.gateways import IMPATIENT, PATIENT, GatewayUnderTest
from support.waiting import until

ITEM = {
    "externalId": "A-1",
    "destinationCountry": "US",
    "items": [{"productId": "prod_1", "quantity": 2, "unitValueUsd": 12.5}],
}
BODY = {"accountId": "acc_1", "items": [ITEM]}
CONTENT = {
    "externalId": "A-1",
    "destinationCountry": "US",
    "items": [{"productId": "prod_1", "quantity": 2, "unitValueCents": 1250}],
}
KEY = {"idempotency-key": "k-1"}


@pytest.fixture
def gateway() -> GatewayUnderTest:
    under_test = GatewayUnderTest()
    under_test.store.put(
        "orders",
        id="ord_1",
        account_id="acc_1",
        external_id="A-1",
        content=CONTENT,
        metadata=None,
        revision=1,
        created_at="2026-11-24T15:00:00.000Z",
        updated_at="2026-11-24T15:00:00.000Z",
    )
    under_test.workers.answers["orders.sync"] = synced
    return under_test


async def synced(command: Any) -> OrdersSynced:  # a command
    record = SyncedRecord(id="ord_1", external_id="A-1", revision=1)
    return OrdersSynced(account_id="acc_1", command_id=command.command_id, records=(record,))


def after(gate: asyncio.Event, answer: Callable[[Any], Awaitable[Any]] = synced) -> Any:
    async def worker(command: Any) -> Any:  # a command, its answer
        await gate.wait()
        return await answer(command)

    return worker


async def refusing(_: Any) -> Any:  # a command, its answer
    raise Refused(ErrorCode.PRODUCT_NOT_FOUND, "No such product.")


async def sync(
    gateway: GatewayUnderTest,
    headers: dict[str, str] | None = None,
    **changes: Any,
) -> httpx.Response:
    async with gateway.client() as client:
        return await client.post("/api/orders/sync", json=BODY | changes, headers=headers)


def records(gateway: GatewayUnderTest) -> list[dict[str, Any]]:
    return list(gateway.store.collection("idempotency_keys").values())


async def test_no_key_runs_each_time(gateway: GatewayUnderTest) -> None:
    first, second = await sync(gateway), await sync(gateway)

    assert (first.status_code, second.status_code) == (200, 200)
    assert len({command.command_id for command in gateway.workers.published}) == 2
    assert records(gateway) == []


async def test_a_new_key_stores_its_2xx_outcome(gateway: GatewayUnderTest) -> None:
    answer = await sync(gateway, KEY)

    assert answer.status_code == 200
    [record] = records(gateway)
    assert record["state"] == "done"
    assert record["outcome"] == {"status": 200, "body": answer.content}
    own = [step for step in gateway.store.steps if step != "gateway.note_key_use"]  # beside it
    assert own == ["gateway.begin_key", "gateway.keep_outcome"]


async def test_the_record_holds_the_whole_command_before_it_is_published(
    gateway: GatewayUnderTest,
) -> None:
    seen: list[dict[str, Any]] = []

    async def worker(command: Any) -> Any:  # a command, its answer
        seen.extend(dict(record) for record in records(gateway))
        return await synced(command)

    gateway.workers.answers["orders.sync"] = worker
    await sync(gateway, KEY)

    assert seen[0]["state"] == "running"
    assert gateway.workers.published[0].command_id == seen[0]["command_id"]
    assert seen[0]["command"] == gateway.workers.bodies[0]
    assert seen[0]["lease_until"] > gateway.clock()


async def test_a_known_key_replays_byte_for_byte(gateway: GatewayUnderTest) -> None:
    first = await sync(gateway, KEY)
    gateway.store.collection("orders")["ord_1"]["revision"] = 2

    again = await sync(gateway, {"idempotency-key": '"k-1"'})

    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len(gateway.workers.published) == 1


async def test_an_outcome_of_some_kilobytes_is_packed_and_replayed_byte_for_byte(
    gateway: GatewayUnderTest,
) -> None:
    gateway.store.collection("orders")["ord_1"]["metadata"] = {"note": "é" * 1_500}

    first, again = await sync(gateway, KEY), await sync(gateway, KEY)

    assert again.content == first.content
    outcome = records(gateway)[0]["outcome"]
    assert set(outcome) == {"status", "packed"}
    assert len(outcome["packed"]) < len(first.content) / 2


async def test_a_large_outcome_is_replayed_from_a_blob(gateway: GatewayUnderTest) -> None:
    gateway.store.collection("orders")["ord_1"]["metadata"] = {"note": "x" * 300_000}

    first, again = await sync(gateway, KEY), await sync(gateway, KEY)

    assert again.content == first.content
    assert set(records(gateway)[0]["outcome"]) == {"status", "blob", "bytes"}


async def test_the_header_wins_over_the_body(gateway: GatewayUnderTest) -> None:
    await sync(gateway, KEY, idempotencyKey="other")

    again = await sync(gateway, KEY)

    assert again.headers["idempotent-replayed"] == "true"


async def test_a_key_in_the_body_counts(gateway: GatewayUnderTest) -> None:
    await sync(gateway, idempotencyKey="k-1")

    assert (await sync(gateway, KEY)).headers["idempotent-replayed"] == "true"


async def test_a_known_key_with_another_body_is_422(gateway: GatewayUnderTest) -> None:
    await sync(gateway, KEY)

    answer = await sync(gateway, KEY, items=[ITEM | {"externalId": "A-2"}])

    assert (answer.status_code, answer.json()["errorCode"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert answer.json()["details"]["next_action"] == "USE_NEW_KEY"


async def test_a_known_key_with_another_body_is_422_while_it_runs(
    gateway: GatewayUnderTest,
) -> None:
    gateway.settings = IMPATIENT
    gate = asyncio.Event()
    gateway.workers.answers["orders.sync"] = after(gate)
    assert (await sync(gateway, KEY)).status_code == 503

    answer = await sync(gateway, KEY, items=[ITEM | {"externalId": "A-2"}])

    assert answer.status_code == 422


async def test_the_same_key_on_another_route_is_another_key(gateway: GatewayUnderTest) -> None:
    await sync(gateway, KEY)

    async with gateway.client() as client:
        product = {"externalId": "A-1", "title": "T"}
        body = {"accountId": "acc_1", "items": [product]}
        gateway.workers.answers["products.sync"] = refusing
        answer = await client.post("/api/products/sync", json=body, headers=KEY)

    assert answer.json()["errorCode"] == "PRODUCT_NOT_FOUND"


async def test_a_held_lease_is_waited_for_then_409(gateway: GatewayUnderTest) -> None:
    gate = asyncio.Event()
    gateway.workers.answers["orders.sync"] = after(gate)
    gateway.settings = Settings(reply_timeout=timedelta(seconds=30), busy_wait=timedelta())

    first = asyncio.create_task(sync(gateway, KEY))
    await until(published_by(gateway))
    second = await sync(gateway, KEY)
    gate.set()

    assert (await first).status_code == 200
    assert (second.status_code, second.json()["errorCode"]) == (409, "IDEMPOTENCY_IN_PROGRESS")
    assert second.headers["retry-after"] == "1"
    assert second.json()["details"]["next_action"] == "RETRY_WITH_SAME_KEY"


def published_by(gateway: GatewayUnderTest) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return bool(gateway.workers.published)

    return look


async def test_concurrent_requests_with_one_key_have_one_outcome(
    gateway: GatewayUnderTest,
) -> None:
    async with gateway.client() as client:
        answers = await asyncio.gather(
            *(client.post("/api/orders/sync", json=BODY, headers=KEY) for _ in range(50))
        )

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(gateway.workers.published) == 1


async def test_a_timeout_ends_the_lease_and_a_retry_finishes_with_the_same_command(
    gateway: GatewayUnderTest,
) -> None:
    gateway.settings = IMPATIENT
    gateway.workers.answers["orders.sync"] = after(asyncio.Event())
    first = await sync(gateway, KEY)
    gateway.settings = PATIENT
    gateway.workers.answers["orders.sync"] = synced

    second = await sync(gateway, KEY)

    assert (first.status_code, first.json()["details"]["retryable"]) == (503, True)
    assert second.status_code == 200
    one, other = gateway.workers.published
    assert one == other


async def test_an_abandoned_lease_is_taken_over(gateway: GatewayUnderTest) -> None:
    gateway.settings = IMPATIENT
    gateway.workers.answers["orders.sync"] = after(asyncio.Event())
    gateway.store.before["gateway.end_lease"] = dying
    assert (await sync(gateway, KEY)).status_code == 500
    gateway.settings = PATIENT
    gateway.workers.answers["orders.sync"] = synced
    gateway.clock.advance(minutes=1)

    answer = await sync(gateway, KEY)

    assert answer.status_code == 200
    assert gateway.workers.published[0] == gateway.workers.published[1]


async def dying() -> None:
    raise RuntimeError("killed")


async def test_what_is_published_is_what_the_record_holds_byte_for_byte(
    gateway: GatewayUnderTest,
) -> None:
    held = []

    async def looking(command: Any) -> Any:  # a command, its answer
        held.append(records(gateway)[0]["command"])
        return await synced(command)

    gateway.workers.answers["orders.sync"] = looking

    await sync(gateway, KEY, items=[ITEM | {"metadata": {"b": 2**62, "a": [1.0, None, "é"]}}])

    assert gateway.workers.bodies == held


async def test_what_the_version_before_left_behind_is_finished_with_its_ids(
    gateway: GatewayUnderTest,
) -> None:
    gateway.settings = IMPATIENT
    gateway.workers.answers["orders.sync"] = after(asyncio.Event())
    gateway.store.before["gateway.end_lease"] = dying
    await sync(gateway, KEY)
    [record] = gateway.store.collection("idempotency_keys").values()
    record["command"] = record["command"].decode()
    del record["command_id"]
    gateway.settings = PATIENT
    gateway.workers.answers["orders.sync"] = synced
    gateway.clock.advance(minutes=1)

    answer = await sync(gateway, KEY)

    assert answer.status_code == 200
    assert gateway.workers.published[0] == gateway.workers.published[1]


@pytest.mark.parametrize("key", ["two words", "k" * 256, "ä", '""', ""])
async def test_a_malformed_key_is_400(gateway: GatewayUnderTest, key: str) -> None:
    async with gateway.client() as client:
        headers = [(b"idempotency-key", key.encode("latin-1"))]
        answer = await client.post("/api/orders/sync", json=BODY, headers=headers)

    assert (answer.status_code, answer.json()["errorCode"]) == (400, "VALIDATION_ERROR")
    assert answer.json()["field"] == "Idempotency-Key"
    assert gateway.workers.published == []


async def test_two_keys_in_one_request_are_400(gateway: GatewayUnderTest) -> None:
    async with gateway.client() as client:
        headers = [("idempotency-key", "k-1"), ("idempotency-key", "k-2")]
        answer = await client.post("/api/orders/sync", json=BODY, headers=headers)

    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


async def test_an_empty_key_in_the_body_is_400(gateway: GatewayUnderTest) -> None:
    answer = await sync(gateway, idempotencyKey="")

    assert (answer.status_code, answer.json()["field"]) == (400, "idempotencyKey")


@pytest.mark.parametrize(
    ("quantity", "value"), [("2.0", "12.50"), ("2e0", "1.25e1"), ("0.2E+1", "12.500")]
)
async def test_a_number_written_otherwise_is_the_same_request(
    gateway: GatewayUnderTest, quantity: str, value: str
) -> None:
    await sync(gateway, KEY)
    text = orjson.dumps(BODY).decode()
    text = text.replace('"quantity":2', f'"quantity":{quantity}').replace("12.5", value)

    async with gateway.client() as client:
        headers = KEY | {"content-type": "application/json"}
        again = await client.post("/api/orders/sync", content=text, headers=headers)

    assert again.headers["idempotent-replayed"] == "true"


async def test_a_refusal_frees_its_key_before_it_is_sent(gateway: GatewayUnderTest) -> None:
    gateway.workers.answers["orders.sync"] = refusing

    refused = await sync(gateway, KEY)

    assert refused.status_code == 422
    assert records(gateway) == []
    gateway.workers.answers["orders.sync"] = synced
    assert (await sync(gateway, KEY, items=[ITEM | {"externalId": "B"}])).status_code == 200


async def test_an_unreachable_queue_leaves_the_record_for_a_retry(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise QueueUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(gateway.workers, "ask", away)
        answer = await sync(gateway, KEY)

    assert (answer.status_code, answer.json()["errorCode"]) == (503, "SERVICE_UNAVAILABLE")
    [record] = records(gateway)
    assert record["lease_until"] <= gateway.clock()
    assert (await sync(gateway, KEY)).status_code == 200


async def test_a_late_reply_completes_the_record_under_its_token(
    gateway: GatewayUnderTest,
) -> None:
    gateway.settings = IMPATIENT
    gate = asyncio.Event()
    gateway.workers.answers["orders.sync"] = after(gate)

    async def outcome_kept() -> bool:
        return bool(records(gateway)[0]["state"] == "done")

    async with gateway.client() as client:
        first = await client.post("/api/orders/sync", json=BODY, headers=KEY)
        gate.set()
        await until(outcome_kept)

        second = await client.post("/api/orders/sync", json=BODY, headers=KEY)

    assert (first.status_code, second.status_code) == (503, 200)
    assert second.headers["idempotent-replayed"] == "true"
    assert len(gateway.workers.published) == 1


async def test_who_lost_the_record_answers_what_it_finds_never_its_own_reply(
    gateway: GatewayUnderTest,
) -> None:
    async def other_gateway_was_first() -> None:
        record = records(gateway)[0]
        record |= {"state": "done", "token": "other", "outcome": {"status": 200, "body": b"{}"}}

    gateway.store.before["gateway.keep_outcome"] = other_gateway_was_first

    answer = await sync(gateway, KEY)

    assert answer.content == b"{}"
    assert answer.headers["idempotent-replayed"] == "true"


async def test_who_cannot_free_the_key_answers_what_it_finds(gateway: GatewayUnderTest) -> None:
    async def taken_over() -> None:
        records(gateway)[0]["token"] = "other"

    gateway.workers.answers["orders.sync"] = refusing
    gateway.store.before["gateway.free_key"] = taken_over

    answer = await sync(gateway, KEY)

    assert (answer.status_code, answer.json()["errorCode"]) == (409, "IDEMPOTENCY_IN_PROGRESS")
    assert len(records(gateway)) == 1


async def test_a_record_that_is_gone_when_the_outcome_comes_is_503(
    gateway: GatewayUnderTest,
) -> None:
    async def freed() -> None:
        gateway.store.collection("idempotency_keys").clear()

    gateway.store.before["gateway.keep_outcome"] = freed

    assert (await sync(gateway, KEY)).status_code == 503


async def test_a_dead_lettered_command_is_500_and_keeps_its_key(gateway: GatewayUnderTest) -> None:
    async def dead(_: Any) -> Any:  # a command, its answer
        raise Refused.again(dead_letter())

    gateway.workers.answers["orders.sync"] = dead

    answer = await sync(gateway, KEY)

    assert (answer.status_code, answer.json()["details"]["retryable"]) == (500, False)
    assert answer.json()["details"]["next_action"] == "CONTACT_OPERATOR"
    assert records(gateway)[0]["state"] == "running"


def dead_letter() -> Refusal:
    return refusal(ErrorCode.INTERNAL_ERROR, "The request could not be completed.")


async def test_a_key_is_forgotten_after_thirty_days(gateway: GatewayUnderTest) -> None:
    await sync(gateway, KEY)
    gateway.clock.advance(days=30, seconds=1)

    answer = await sync(gateway, KEY, items=[ITEM | {"externalId": "B"}])

    assert answer.status_code == 200
    assert "idempotent-replayed" not in answer.headers
