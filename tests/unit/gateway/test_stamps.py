"""How a write is stamped: after all that was acknowledged, by the one clock that gateways share."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from shared.clock import timestamp
from shared.contracts.exports import ExportPlanned
from shared.contracts.sync import OrdersSynced, ProductsSynced
from shared.errors import StoreFault
from shared.ids import order_id, product_id
from shared.synced import record_id
from support.export_records import PLAN_HASH, VIEW, put_export
from support.gateways import GatewayUnderTest
from support.memory import MemoryStore
from support.ticking import Clockwork

NOW = Clockwork().moment
ORDER = {
    "externalId": "A-1",
    "destinationCountry": "US",
    "items": [{"productId": "prod_1", "quantity": 2, "unitValueUsd": 12.5}],
}
PLAN = {"warehouseId": "wh_1", "brokerId": "br_1", "orderIds": ["ord_1"]}
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "orders": ("/api/orders/sync", {"items": [ORDER]}),
    "products": ("/api/products/sync", {"items": [{"externalId": "A-1", "title": "Tee"}]}),
    "exports": ("/api/exports/plan", PLAN | {"batchId": "batch_1"}),
}


class AwayForMarks(MemoryStore):
    async def now(self) -> datetime:
        raise StoreFault("not now")


async def synced(command: Any) -> Any:  # a command, its answer
    records = [
        {
            "id": record_id(command.account_id, item),
            "external_id": item.external_id,
            "revision": 1,
            "created_at": timestamp(NOW),
            "updated_at": timestamp(NOW),
        }
        for item in command.items
    ]
    given = {"account_id": command.account_id, "command_id": command.command_id}
    given["records"] = records
    made = ProductsSynced if not hasattr(command.items[0], "items") else OrdersSynced
    return made.model_validate(given)


async def planned(_: Any) -> ExportPlanned:  # a command
    return ExportPlanned(
        export_id="batch_1",
        plan_revision=2,
        plan_hash=PLAN_HASH,
        planned_at=timestamp(NOW),
        view=orjson.dumps(VIEW).decode(),
    )


def a_gateway(store: MemoryStore | None = None) -> GatewayUnderTest:
    under_test = GatewayUnderTest(store=store or MemoryStore())
    under_test.clock.advance(seconds=-10)  # of its own; the store's is at NOW
    under_test.workers.answers |= {
        "orders.sync": synced,
        "products.sync": synced,
        "exports.plan": planned,
    }
    return under_test


def put_mark(under_test: GatewayUnderTest, kind: str, moment: datetime, account: str) -> None:
    mark = f"{timestamp(moment)}/cmd_before"
    if kind == "exports":
        put_export(under_test, account_id=account, mark=mark)
    else:
        id_of = {"orders": order_id, "products": product_id}[kind]
        under_test.store.put(kind, id=id_of("acc_1", "A-1"), account_id=account, applied=mark)


async def write(under_test: GatewayUnderTest, kind: str, **headers: str) -> httpx.Response:
    path, body = WRITES[kind]
    async with under_test.client() as client:
        return await client.post(path, json={"accountId": "acc_1", **body}, headers=headers)


def issued(under_test: GatewayUnderTest) -> list[str]:
    return [command.issued_at for command in under_test.workers.published]


@pytest.mark.parametrize("kind", WRITES)
async def test_it_is_stamped_by_the_stores_clock_and_not_by_the_gateways(kind: str) -> None:
    under_test = a_gateway()
    put_mark(under_test, kind, NOW - timedelta(days=1), "acc_1")

    assert (await write(under_test, kind)).status_code == 200
    assert issued(under_test) == [timestamp(NOW)]


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("ahead", [timedelta(), timedelta(seconds=59)], ids=["equal", "ahead"])
async def test_it_is_stamped_just_after_a_mark_that_the_clock_has_not_passed(
    kind: str, ahead: timedelta
) -> None:
    under_test = a_gateway()
    put_mark(under_test, kind, NOW + ahead, "acc_1")

    assert (await write(under_test, kind)).status_code == 200
    assert issued(under_test) == [timestamp(NOW + ahead + timedelta(milliseconds=1))]


@pytest.mark.parametrize("kind", ["orders", "products"])
async def test_another_accounts_mark_moves_nothing(kind: str) -> None:
    under_test = a_gateway()
    put_mark(under_test, kind, NOW + timedelta(seconds=30), "acc_2")

    await write(under_test, kind)

    assert issued(under_test) == [timestamp(NOW)]


async def test_of_two_that_saw_the_same_mark_the_one_that_came_later_is_newer() -> None:
    under_test = a_gateway()
    put_mark(under_test, "orders", NOW + timedelta(seconds=59), "acc_1")

    for _ in range(20):
        await write(under_test, "orders")
        under_test.store.clock.advance(milliseconds=1)

    stamps = [command.stamp for command in under_test.workers.published]
    assert len({stamp.partition("/")[0] for stamp in stamps}) == 1
    assert stamps == sorted(stamps)


@pytest.mark.parametrize("kind", WRITES)
async def test_without_the_marks_it_is_503_and_nothing_is_published_or_kept(kind: str) -> None:
    under_test = a_gateway(AwayForMarks())
    put_mark(under_test, kind, NOW, "acc_1")

    answer = await write(under_test, kind, **{"idempotency-key": "k-1"})

    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert under_test.workers.published == []
    assert under_test.store.collection("idempotency_keys") == {}


@pytest.mark.parametrize("kind", WRITES)
async def test_a_key_that_is_taken_over_keeps_its_stamp_whatever_came_since(kind: str) -> None:
    under_test = a_gateway()
    put_mark(under_test, kind, NOW, "acc_1")
    working = under_test.workers.answers.copy()

    async def away(_: Any) -> Any:  # a command, its answer
        raise StoreFault("died")

    under_test.workers.answers = dict.fromkeys(working, away)
    await write(under_test, kind, **{"idempotency-key": "k-1"})
    put_mark(under_test, kind, NOW + timedelta(seconds=5), "acc_1")
    under_test.workers.answers = working
    again = await write(under_test, kind, **{"idempotency-key": "k-1"})

    assert again.status_code == 200
    first, copy = under_test.workers.published
    assert copy == first
