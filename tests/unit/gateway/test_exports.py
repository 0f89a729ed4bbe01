"""Exports over HTTP: what is shown of the stored records, to whom, and when."""

import asyncio
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.money import dump, to_http
from shared.canonical import sha256_hex
from support.documented import shape
from support.export_records import (
    BYTES,
    VIEW,
    current_plan,
    executed,
    get,
    put_export,
)
from support.gateways import KEY, WAREHOUSE_KEY, GatewayUnderTest


@pytest.fixture
def gateway() -> GatewayUnderTest:
    under_test = GatewayUnderTest()
    put_export(under_test)
    return under_test


@pytest.mark.parametrize(
    ("changes", "status", "action", "package"),
    [
        ({}, "PLANNED", "EXECUTE", None),
        ({"state": "EXECUTING"}, "EXECUTING", "INSPECT", None),
        (executed("PENDING"), "SUBMITTING", "INSPECT", "GENERATED"),
        (executed("SENDING"), "SUBMITTING", "INSPECT", "GENERATED"),
        (executed("SENT"), "COMPLETED", "NONE", "SUBMITTED"),
        (executed("FAILED"), "DELIVERY_FAILED", "RESUBMIT", "GENERATED"),
        (executed("UNKNOWN"), "DELIVERY_UNKNOWN", "CONTACT_OPERATOR", "GENERATED"),
        (executed("SENT") | {"state": "VOIDED"}, "VOIDED", "NONE", "VOIDED"),
    ],
)
async def test_inspect_tells_where_an_export_stands(
    gateway: GatewayUnderTest,
    changes: dict[str, Any],
    status: str,
    action: str,
    package: str | None,
) -> None:
    put_export(gateway, **changes)

    body = (await get(gateway, "/api/exports/batch_1")).json()

    shape("Export").validate(body)
    assert (body["status"], body["next_recommended_action"]) == (status, action)
    assert (body["customs_package"] or {}).get("state") == package
    assert body["totals"]["value_usd"] == 25.07
    assert [event["sequence"] for event in body["events"]] == [1]
    assert [each["docs"] for each in body["validationMessages"]] == ["/docs/rules#r28"]
    assert body["events"][0]["occurred_at"] == "2026-11-24T00:00:00.000Z"


async def test_each_partner_has_one_notification(gateway: GatewayUnderTest) -> None:
    put_export(gateway, **executed("SENT"))

    body = (await get(gateway, "/api/exports/batch_1")).json()

    assert [(n["recipient_type"], n["status"]) for n in body["notifications"]] == [
        ("BROKER", "SENT"),
        ("WAREHOUSE", "FAILED"),
    ]
    assert body["broker_submission"]["sent_at"] == "2026-11-24T00:00:00.000Z"
    assert body["status"] == "COMPLETED"  # a failed warehouse notice changes nothing


async def test_a_damaged_plan_is_500_and_not_retryable(gateway: GatewayUnderTest) -> None:
    gateway.store.collection("blobs").clear()

    answer = await get(gateway, "/api/exports/batch_1")

    assert (answer.status_code, answer.json()["details"]["retryable"]) == (500, False)


@given(st.integers(0, 10**13))
def test_money_leaves_as_it_was_stored(cents: int) -> None:
    shown = dump(
        to_http({"value_cents": cents, "unitValueCents": cents, "metadata": {"a_cents": 1}})
    )

    text = f"{cents // 100}.{cents % 100:02d}"
    assert shown == (
        f'{{"value_usd":{text},"unitValueUsd":{text},"metadata":{{"a_cents":1}}}}'.encode()
    )


# -- a key of one warehouse


async def test_a_warehouse_key_does_not_see_other_warehouses_exports(
    gateway: GatewayUnderTest,
) -> None:
    put_export(gateway, **executed())
    put_export(gateway, "batch_2", warehouse_id="wh_2")
    for path in (
        "/api/exports/batch_1",
        "/api/exports/batch_1/snapshot",
        "/api/exports/batch_1/plans/1",
        "/api/customs-packages/cp_1",
        "/api/customs-packages/cp_1/archive",
    ):
        assert (await get(gateway, path, WAREHOUSE_KEY)).status_code == 404

    listed = (await get(gateway, "/api/exports", WAREHOUSE_KEY)).json()["data"]
    assert [row["exportId"] for row in listed] == ["batch_2"]
    account = (await get(gateway, "/api/account", WAREHOUSE_KEY)).json()
    assert [row["id"] for row in account["warehouses"]] == ["wh_2"]


async def test_a_warehouse_key_sees_earlier_plans_of_its_own_warehouse_alone(
    gateway: GatewayUnderTest,
) -> None:
    made_for = ("wh_1", "wh_2", None, "wh_2")  # a plan of 0.1 does not say
    plans = [
        current_plan(orjson.dumps(VIEW), revision=revision)
        | ({"warehouse_id": warehouse} if warehouse else {})
        for revision, warehouse in enumerate(made_for, 1)
    ]
    put_export(gateway, warehouse_id="wh_2", plans=plans, plan=plans[-1], plan_revision=4)

    async def seen(key: str) -> list[int]:
        paths = (f"/api/exports/batch_1/plans/{revision}" for revision in (1, 2, 3, 4))
        return [(await get(gateway, path, key)).status_code for path in paths]

    assert await seen(WAREHOUSE_KEY) == [404, 200, 404, 200]
    assert await seen(KEY) == [200] * 4


async def test_a_warehouse_key_cannot_execute_or_replan_other_warehouses_exports(
    gateway: GatewayUnderTest,
) -> None:
    async with gateway.client(WAREHOUSE_KEY) as client:
        body: dict[str, Any] = {"accountId": "acc_1", "batchId": "batch_1"}
        run = await client.post("/api/exports/execute", json=body)
        body |= {"warehouseId": "wh_2", "brokerId": "br_1", "orderIds": ["ord_1"]}
        replan = await client.post("/api/exports/plan", json=body)

    assert (run.status_code, replan.status_code) == (404, 404)
    assert gateway.workers.published == []


# -- waiting


async def test_inspect_waits_for_a_change(gateway: GatewayUnderTest) -> None:
    headers = {"if-none-match": '"1"', "prefer": "wait=20"}
    waiting = asyncio.create_task(get(gateway, "/api/exports/batch_1", **headers))
    await asyncio.sleep(0.05)
    assert not waiting.done()

    gateway.store.collection("exports")["batch_1"]["revision"] = 2

    answer = await waiting
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')


@pytest.mark.parametrize(
    "prefer",
    ["", "wait=0", "respond-async", "respond-async, wait=0", 'Wait = "0"; x', "wait=0, wait=9"],
)
async def test_inspect_answers_304_when_the_wait_is_over(
    gateway: GatewayUnderTest, prefer: str
) -> None:
    headers = {"if-none-match": 'W/"1", "0"', "prefer": prefer}
    answer = await get(gateway, "/api/exports/batch_1", **headers)

    assert (answer.status_code, answer.content) == (304, b"")
    assert ("preference-applied" in answer.headers) == ("0" in prefer)


@pytest.mark.parametrize(
    "prefer", ["wait=soon", "wait=-1", "wait=1.5", "wait", "waiting=5", "wait=5x"]
)
async def test_a_preference_that_is_none_is_ignored(gateway: GatewayUnderTest, prefer: str) -> None:
    answer = await get(gateway, "/api/exports/batch_1", prefer=prefer)

    assert answer.status_code == 200
    assert "preference-applied" not in answer.headers


# -- packages


async def test_an_artifact_is_sent_with_its_hash_and_name(gateway: GatewayUnderTest) -> None:
    put_export(gateway, **executed())
    path = "/api/customs-packages/cp_1/artifacts/commercial_customs_invoice.html"

    answer = await get(gateway, path)

    assert answer.content == BYTES
    assert answer.headers["etag"] == f'"{sha256_hex(BYTES)}"'
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="commercial_customs_invoice.html"'
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
