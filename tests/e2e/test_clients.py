"""Clients of the running product: ours, its README, the demo, and a publisher of messages."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from aio_pika import ExchangeType, connect
from stack.servers import Addresses

from shared.settings import CommonSettings
from shpbndl import SHPBNDL, SHPBNDLError
from shpbndl.types import Plan
from support.servers import virtual_host
from support.services import Cluster
from support.shop import SWEATER, Shop

pytestmark = pytest.mark.e2e

REPOSITORY = Path(__file__).resolve().parents[2]


async def run(*words: str, **environment: str) -> tuple[int, str]:
    """A Python of its own with these words: its exit code and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *words),
        env={**os.environ, **environment},
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


def saved_invoices(cache: Path) -> list[Path]:
    return list(cache.glob("demo/*/commercial_customs_invoice.html"))


def published_lines(client: SHPBNDL, shop: Shop) -> Plan:
    """What a client written only against the published lines does."""
    account = shop.account
    catalogue = client.products.sync(
        accountId=account.account_id, items=[SWEATER], idempotencyKey="products-1"
    )
    order = {
        "externalId": "A-1001",
        "destinationCountry": "US",
        "destinationRegion": "ME",
        "destinationPostalCode": "04401",
        "items": [{"productId": catalogue["data"][0]["id"], "quantity": 2, "unitValueUsd": 80.25}],
    }
    synced = client.orders.sync(
        accountId=account.account_id, items=[order], idempotencyKey="orders-1"
    )
    plan = client.plan(
        accountId=account.account_id,
        warehouseId=account.warehouse_id,
        brokerId=account.broker_id,
        destinationCountry="US",
        orderIds=[synced["data"][0]["id"]],
        idempotencyKey="plan-1",
    )
    assert plan["planHash"].startswith("sha256:")
    assert isinstance(plan["validationMessages"], list)
    assert plan["readinessState"] in {"READY", "READY_WITH_WARNINGS"}
    execution = client.execute(
        accountId=account.account_id, batchId=plan["exportId"], idempotencyKey="execute-1"
    )
    assert str(execution["customs_package_id"]).startswith("cp_")
    assert len(execution["artifacts"]) == 5
    inspection = client.inspect(plan["exportId"])
    assert inspection["status"] in {"SUBMITTING", "COMPLETED"}
    assert {one["recipient_type"] for one in inspection["notifications"]} >= {"BROKER"}
    assert inspection["events"][0]["type"] == "EXPORT_BATCH_CREATED"
    return plan


async def test_the_published_lines_run_unchanged(running: Cluster, shop: Shop) -> None:
    with SHPBNDL(shop.account.key, base_url=f"{running.url}/api") as client:
        plan = await asyncio.to_thread(published_lines, client, shop)

        by_group = await asyncio.to_thread(client.exports.get, plan["exportId"])
        snapshot = await asyncio.to_thread(client.exports.snapshot, plan["exportId"])
        with pytest.raises(SHPBNDLError) as refused:
            await asyncio.to_thread(client.inspect, "batch_unknown")

    assert by_group["planHash"] == plan["planHash"]
    assert json.loads(snapshot)["protocol"] == "entrygo-export-protocol/1"
    assert refused.value.error_code == "EXPORT_NOT_FOUND"
    assert refused.value.details["next_action"]


async def test_the_demo_ends_well_and_again(
    running: Cluster, servers: Addresses, settings: CommonSettings, tmp_path: Path
) -> None:
    environment = {
        "ENTRYGO_GATEWAY_URL": running.url,
        "ENTRYGO_MONGO_URL": settings.mongo_url.get_secret_value(),
        "ENTRYGO_MONGO_DATABASE": settings.mongo_database,
        "ENTRYGO_RABBIT_URL": settings.rabbit_url.get_secret_value(),
        "ENTRYGO_MAILPIT_URL": servers.mailpit_url,
        "ENTRYGO_CACHE": str(tmp_path),
    }

    first, printed = await run("-m", "examples.demo", **environment)
    again, _ = await run("-m", "examples.demo", **environment)

    assert (first, again) == (0, 0), printed
    assert "\x1b[" not in printed  # colours are for terminals
    assert len(saved_invoices(tmp_path)) == 2


async def test_orders_that_an_internal_service_publishes_can_be_planned(
    shop: Shop, settings: CommonSettings
) -> None:
    data = json.loads((REPOSITORY / "examples" / "data" / "products.json").read_bytes())
    synced = await shop.post("/api/products/sync", {"items": data})
    assert synced.status_code == 200, synced.text

    code, printed = await run(
        *("examples/publish_orders.py", shop.account.account_id),
        ENTRYGO_RABBIT_URL=settings.rabbit_url.get_secret_value(),
    )

    assert code == 0, printed
    records = json.loads(printed)["records"]
    assert len(records) == 30
    plan = await shop.plan([record["id"] for record in records])
    assert plan["totals"]["orders"] + len(plan["excluded_order_ids"]) == 30


async def test_a_publisher_is_told_that_no_queue_took_its_message(servers: Addresses) -> None:
    with virtual_host(servers) as address:  # ours, before any service of ours has been there
        nowhere, said_nowhere = await run(
            *("examples/publish_orders.py", "acc_1"), ENTRYGO_RABBIT_URL=address
        )
        async with await connect(address) as connection:
            channel = await connection.channel()
            await channel.declare_exchange("entrygo", ExchangeType.TOPIC, durable=True)
        returned, said_returned = await run(
            *("examples/publish_orders.py", "acc_1"), ENTRYGO_RABBIT_URL=address
        )

    assert (nowhere, returned) == (2, 2)
    assert "not accepted" in said_nowhere
    assert "not accepted" in said_returned
    assert "NO_ROUTE" in said_returned


@pytest.mark.parametrize("written", [None, "[{", '{"a": 1}', "[1]", '[{"items": [{}]}]'])
async def test_a_publisher_is_told_which_file_it_could_not_read(
    tmp_path: Path, written: str | None
) -> None:
    orders = tmp_path / "orders.json"
    if written is not None:
        orders.write_text(written)

    code, said = await run("examples/publish_orders.py", "acc_1", str(orders))

    assert code == 2
    assert said.startswith(str(orders))
    assert "Traceback" not in said


async def test_a_publisher_is_told_that_its_address_is_none() -> None:
    code, said = await run("examples/publish_orders.py", "acc_1", ENTRYGO_RABBIT_URL="nonsense")

    assert code == 2
    assert "not accepted" in said
    assert "Traceback" not in said
