"""What a write leaves in the store: an answer once, and no more of an account than its share."""

from functools import partial
from typing import Any

import httpx
import pytest

from gateway.settings import Settings
from gateway.storage import Storage
from shared.contracts.sync import OrdersSynced, SyncedRecord
from shared.errors import Refused
from shared.records import STORAGE, day_of
from support.gateways import OTHER_KEY, GatewayUnderTest

SHARE = 30_000
STORED = "2026-01-01T00:00:00.000Z"


def orders(number: int, account: str = "acc_1") -> dict[str, Any]:
    line = {"productId": "prod_1", "quantity": 2, "unitValueUsd": 12.5}
    items = [
        {"externalId": f"A-{place}", "destinationCountry": "US", "items": [line]}
        for place in range(number)
    ]
    return {"accountId": account, "items": items}


async def changing(command: Any, changed: str | None = None) -> OrdersSynced:  # a command
    records = tuple(
        SyncedRecord(
            id=f"ord_{fact.external_id}",
            external_id=fact.external_id,
            revision=1,
            created_at=STORED,
            updated_at=changed or command.issued_at,
        )
        for fact in command.items
    )
    return OrdersSynced(account_id="acc_1", command_id=command.command_id, records=records)


unchanging = partial(changing, changed=STORED)


@pytest.fixture
def gateway() -> GatewayUnderTest:
    under_test = GatewayUnderTest(settings=Settings(account_stored_bytes=SHARE))
    under_test.workers.answers["orders.sync"] = changing
    return under_test


async def sync(client: httpx.AsyncClient, body: dict[str, Any], key: str = "") -> httpx.Response:
    headers = {"idempotency-key": key} if key else {}
    return await client.post("/api/orders/sync", json=body, headers=headers)


async def test_an_unchanged_sync_stores_no_second_answer_and_both_keys_replay_it(
    gateway: GatewayUnderTest,
) -> None:
    gateway.workers.answers["orders.sync"] = unchanging
    async with gateway.client() as client:
        answers = [await sync(client, orders(30), key) for key in ("k-1", "k-2")]
        again = [await sync(client, orders(30), key) for key in ("k-1", "k-2")]

    assert len({answer.content for answer in (*answers, *again)}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in again] == ["true", "true"]
    assert len(gateway.store.collection("blobs")) == 1
    kept = list(gateway.store.collection("idempotency_keys").values())
    assert len(kept) == 2
    assert all("body" not in one["outcome"] and one["command"] == b"" for one in kept)


async def test_who_stores_its_share_is_429_before_anything_is_begun_and_others_are_served(
    gateway: GatewayUnderTest,
) -> None:
    async with gateway.client() as client, gateway.client(OTHER_KEY) as other:
        kept = await sync(client, orders(60), "kept")
        assert kept.status_code == 200
        begun = len(gateway.workers.published)

        refused = [await sync(client, orders(1), key) for key in ("", "new")]
        replayed = await sync(client, orders(60), "kept")
        served = await sync(other, orders(1, "acc_2"))

    for answer in refused:
        assert answer.status_code == 429
        assert answer.json()["errorCode"] == "RATE_LIMITED"
        assert int(answer.headers["retry-after"]) >= 60
        assert "stores" in answer.json()["message"]
    assert (replayed.content, served.status_code) == (kept.content, 200)
    assert len(gateway.workers.published) == begun + 1, "the other's alone"


async def test_what_changes_nothing_does_not_count(gateway: GatewayUnderTest) -> None:
    gateway.workers.answers["orders.sync"] = unchanging
    async with gateway.client() as client:
        answers = [await sync(client, orders(60)) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5


async def test_gateways_tell_each_other_and_days_before_the_count_are_in_it(
    gateway: GatewayUnderTest,
) -> None:
    store: Any = gateway.store
    one, other = (Storage(store, SHARE, gateway.clock) for _ in range(2))
    today = day_of(gateway.clock())
    counted = {"counted": SHARE - 200, "counted_on": today, "days": {"20200101": 10 * SHARE}}
    gateway.store.put(STORAGE, id="acc_1", account_id="acc_1", **counted)

    one.add("acc_1", 150)
    other.add("acc_1", 40)
    await one.refresh()
    await other.refresh()
    other.check("acc_1")

    other.add("acc_1", 10)
    with pytest.raises(Refused, match="all of its share"):
        other.check("acc_1")
    await other.refresh()
    await one.refresh()
    with pytest.raises(Refused, match="all of its share"):
        one.check("acc_1")
