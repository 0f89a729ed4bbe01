"""Execute and plan: what is stamped, what the reply means, and what was done anyway."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from shared.canonical import sha256_hex
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import ExportExecuted, ExportPlanned
from shared.contracts.sync import ProductsSynced, SyncedRecord
from shared.errors import QueueUnavailable, Refused, StoreFault
from shared.messaging import topology
from shared.messaging.topology import Route
from support.documented import shape
from support.export_records import (
    NOW,
    PLAN_HASH,
    VIEW,
    current_plan,
    executed,
    get,
    put_export,
)
from support.gateways import IMPATIENT, GatewayUnderTest

AnyRoute = Route[Any, Any]


@pytest.fixture
def gateway() -> GatewayUnderTest:
    under_test = GatewayUnderTest()
    put_export(under_test)
    return under_test


async def execute(
    under_test: GatewayUnderTest, headers: dict[str, str] | None = None, **changes: Any
) -> httpx.Response:
    body = {"accountId": "acc_1", "batchId": "batch_1"} | changes
    async with under_test.client() as client:
        return await client.post("/api/exports/execute", json=body, headers=headers)


async def test_execute_stamps_what_the_gateway_saw(gateway: GatewayUnderTest) -> None:
    async def work(_: Any) -> ExportExecuted:  # a command
        put_export(gateway, **executed())
        return ExportExecuted(export_id="batch_1")

    gateway.workers.answers["exports.execute"] = work

    answer = await execute(gateway, {"idempotency-key": "k"}, planHash=PLAN_HASH, resubmit=True)

    assert answer.status_code == 200
    shape("Execution").validate(answer.json())
    [command] = gateway.workers.published
    assert (command.plan_revision, command.revision, command.plan_hash) == (1, 1, PLAN_HASH)
    assert command.resubmit
    assert command.key_id.startswith("idem_")


@pytest.mark.parametrize("away", [False, True])
async def test_who_is_told_202_while_another_holds_the_key_has_published_the_command(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch, *, away: bool
) -> None:
    """The other had published nothing, and could not say so: RabbitMQ and the store were away."""

    async def failing(*_: Any, **__: Any) -> Any:  # the seam's signature
        raise QueueUnavailable("away")

    async def absent() -> None:
        raise StoreFault("away")

    async def work(_: Any) -> ExportExecuted:  # a command
        return ExportExecuted(export_id="batch_1", running=True)

    gateway.settings = IMPATIENT
    gateway.workers.answers["exports.execute"] = work
    gateway.store.before["gateway.end_lease"] = absent
    with monkeypatch.context() as patched:
        patched.setattr(gateway.workers, "ask", failing)
        assert (await execute(gateway, {"idempotency-key": "k"})).status_code == 503
    if away:
        monkeypatch.setattr(gateway.workers, "ask", failing)

    answer = await execute(gateway, {"idempotency-key": "k"})

    assert (answer.status_code, len(gateway.workers.published)) == ((503, 0) if away else (202, 1))


async def test_execute_that_runs_on_is_202_and_no_outcome(gateway: GatewayUnderTest) -> None:
    async def work(_: Any) -> ExportExecuted:  # a command
        return ExportExecuted(export_id="batch_1", running=True)

    gateway.workers.answers["exports.execute"] = work

    first = await execute(gateway, {"idempotency-key": "k"})
    second = await execute(gateway, {"idempotency-key": "k"})

    for answer in (first, second):
        assert answer.status_code == 202
        assert answer.headers["location"] == "/api/exports/batch_1"
        assert answer.headers["retry-after"] == "1"
        assert "idempotent-replayed" not in answer.headers
    one, other = gateway.workers.published
    assert one == other


async def test_a_busy_key_of_execute_is_202_with_the_current_state(
    gateway: GatewayUnderTest,
) -> None:
    gateway.settings = IMPATIENT
    gate = asyncio.Event()

    async def work(_: Any) -> ExportExecuted:  # a command
        await gate.wait()
        return ExportExecuted(export_id="batch_1")

    gateway.workers.answers["exports.execute"] = work
    first = asyncio.create_task(execute(gateway, {"idempotency-key": "k", "prefer": "wait=20"}))
    while not gateway.workers.published:  # noqa: ASYNC110  # it is published by another task
        await asyncio.sleep(0.01)

    second = await execute(gateway, {"idempotency-key": "k"})
    gate.set()

    assert (second.status_code, second.json()["status"]) == (202, "PLANNED")
    assert (await first).headers["preference-applied"] == "wait=20"


async def test_a_dead_lettered_execute_is_answered_by_what_was_done(
    gateway: GatewayUnderTest,
) -> None:
    async def dead(_: Any) -> Any:  # a command, its answer
        put_export(gateway, **executed())
        raise Refused(ErrorCode.INTERNAL_ERROR, "Kept for an operator.")

    gateway.workers.answers["exports.execute"] = dead

    answer = await execute(gateway, {"idempotency-key": "k"})

    assert (answer.status_code, answer.json()["customs_package_id"]) == (200, "cp_1")


async def test_what_blocks_an_execute_leads_to_its_page(gateway: GatewayUnderTest) -> None:
    async def blocked(_: Any) -> Any:  # a command, its answer
        details = {"validationMessages": [{"code": "HTS_MISSING", "rule_id": "R12"}]}
        raise Refused(ErrorCode.EXPORT_NOT_READY, details=details)

    gateway.workers.answers["exports.execute"] = blocked

    [found] = (await execute(gateway)).json()["details"]["validationMessages"]

    assert found["docs"].endswith("#r12")


async def test_an_unknown_export_is_404_and_leaves_no_key(gateway: GatewayUnderTest) -> None:
    answer = await execute(gateway, {"idempotency-key": "k"}, batchId="batch_unknown")

    assert (answer.status_code, answer.json()["errorCode"]) == (404, "EXPORT_NOT_FOUND")
    assert gateway.store.collection("idempotency_keys") == {}


async def test_what_a_known_key_says_comes_before_what_the_command_is_refused_for(
    gateway: GatewayUnderTest,
) -> None:
    async def work(_: Any) -> ExportExecuted:  # a command
        put_export(gateway, **executed())
        return ExportExecuted(export_id="batch_1")

    gateway.workers.answers["exports.execute"] = work
    assert (await execute(gateway, {"idempotency-key": "k"})).status_code == 200

    other = await execute(gateway, {"idempotency-key": "k"}, batchId="batch_unknown")

    assert other.json()["errorCode"] == ErrorCode.IDEMPOTENCY_KEY_REUSED


# -- plan


async def plan(under_test: GatewayUnderTest, **changes: Any) -> httpx.Response:
    body = {"accountId": "acc_1", "warehouseId": "wh_1", "brokerId": "br_1", "orderIds": ["b", "a"]}
    async with under_test.client() as client:
        headers = {"idempotency-key": "k"}
        return await client.post("/api/exports/plan", json=body | changes, headers=headers)


def planner(
    under_test: GatewayUnderTest, route: AnyRoute = topology.EXPORTS_PLAN, **changes: Any
) -> None:
    async def work(_: Any) -> ExportPlanned:  # a command
        fields = {
            "export_id": "batch_1",
            "plan_revision": 1,
            "plan_hash": PLAN_HASH,
            "planned_at": NOW,
            "view_sha256": sha256_hex(orjson.dumps(VIEW)),
        }
        return ExportPlanned.model_validate(fields | changes)

    under_test.workers.answers[route.key] = work


async def test_a_plan_is_answered_from_its_stored_view(gateway: GatewayUnderTest) -> None:
    planner(gateway)

    answer = await plan(gateway)

    shape("Plan").validate(answer.json())
    assert b'"value_usd":25.07' in answer.content
    earlier = await get(gateway, "/api/exports/batch_1/plans/1")
    assert earlier.content == answer.content


async def test_order_and_repetition_of_orders_change_nothing(gateway: GatewayUnderTest) -> None:
    planner(gateway)

    await plan(gateway)
    again = await plan(gateway, orderIds=["a", "b", "a"])

    assert again.headers["idempotent-replayed"] == "true"
    assert gateway.workers.published[0].request.order_ids == ("a", "b")


async def test_a_plan_of_many_orders_has_a_queue_of_its_own_and_the_keys_of_all_plans(
    gateway: GatewayUnderTest,
) -> None:
    planner(gateway, topology.EXPORTS_PLAN_LARGE)
    many = [f"ord_{number}" for number in range(topology.LARGE_ORDERS + 1)]

    assert (await plan(gateway, orderIds=many)).status_code == 200
    assert gateway.workers.asked == ["exports.plan.large"]
    reused = await plan(gateway, orderIds=many[1:])
    assert reused.json()["errorCode"] == ErrorCode.IDEMPOTENCY_KEY_REUSED


async def test_a_dry_run_belongs_to_no_export_and_keeps_no_key(gateway: GatewayUnderTest) -> None:
    planner(
        gateway,
        export_id=None,
        plan_revision=None,
        view_sha256=None,
        view=orjson.dumps(VIEW).decode(),
    )

    answer = await plan(gateway, dryRun=True)

    assert answer.status_code == 200
    assert [answer.json()[name] for name in ("exportId", "batch_id", "state", "status")] == [
        None
    ] * 4
    assert gateway.store.collection("idempotency_keys") == {}


async def test_a_dead_lettered_plan_is_answered_by_what_was_done(
    gateway: GatewayUnderTest,
) -> None:
    async def dead(command: Any) -> Any:  # a command, its answer
        made = current_plan(orjson.dumps(VIEW), command_id=command.command_id)
        plan = {"account_id": "acc_1", "export_id": "batch_1"}
        gateway.store.put("plans", id=command.command_id, **plan)
        put_export(gateway, plans=[made])
        raise Refused(ErrorCode.INTERNAL_ERROR, "Kept for an operator.")

    gateway.workers.answers["exports.plan"] = dead

    answer = await plan(gateway)

    assert (answer.status_code, answer.json()["exportId"]) == (200, "batch_1")


FOUND = {"code": "HTS_MISSING", "rule_id": "R12", "severity": "BLOCKING"}


@pytest.mark.parametrize("issues", [[FOUND], [], None])
async def test_a_sync_answers_what_was_found_in_each_record_where_the_planner_says_it(
    gateway: GatewayUnderTest, issues: list[dict[str, str]] | None
) -> None:
    async def work(command: Any) -> ProductsSynced:
        record = SyncedRecord(
            id="prod_1", external_id="A", revision=1, created_at=NOW, updated_at=NOW
        )
        told = None if issues is None else orjson.dumps({"prod_1": issues}).decode()
        assert command.items
        return ProductsSynced(records=(record,), issues=told)

    gateway.workers.answers["products.sync"] = work
    body = {"accountId": "acc_1", "items": [{"externalId": "A", "title": "Tee"}]}

    async with gateway.client() as client:
        first = await client.post("/api/products/sync", json=body, headers={"idempotency-key": "k"})
        again = await client.post("/api/products/sync", json=body, headers={"idempotency-key": "k"})

    [row] = first.json()["data"]
    assert row.get("issues") == (issues and [FOUND | {"docs": "/docs/rules#r12"}])
    assert again.content == first.content


async def test_what_a_newer_sync_left_is_answered_in_its_place_and_said_to_be(
    gateway: GatewayUnderTest,
) -> None:
    later: dict[str, Any] = {
        "external_id": "A",
        "revision": 4,
        "created_at": NOW,
        "updated_at": NOW,
    }
    stored = {"account_id": "acc_1", "content": {"externalId": "A", "title": "Newer"}} | later
    gateway.store.put("products", id="prod_1", **stored)

    async def work(_: Any) -> ProductsSynced:
        record = SyncedRecord(id="prod_1", superseded=True, **later)
        return ProductsSynced(records=(record,))

    gateway.workers.answers["products.sync"] = work
    body = {"accountId": "acc_1", "items": [{"externalId": "A", "title": "Older"}]}

    async with gateway.client() as client:
        answer = await client.post("/api/products/sync", json=body)

    [row] = answer.json()["data"]
    assert (row["title"], row["revision"], row["superseded"]) == ("Newer", 4, True)
