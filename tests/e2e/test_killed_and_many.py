"""Services killed in the middle of their work, and more than one of each."""

import asyncio
from typing import Any

import pytest

from shared.records import EXPORTS
from shared.store import Store
from support.accounts import seed_account
from support.services import ALL, Cluster
from support.shop import Shop

pytestmark = pytest.mark.e2e

BATCHES = 6
HONEST = ("COMPLETED", "DELIVERY_UNKNOWN")  # a mailer killed while it sends cannot know


async def an_export(shop: Shop, order_ids: list[str]) -> Any:
    plan = await shop.plan(order_ids)
    executed = await shop.execute(plan)
    assert executed.status_code in {200, 202}, executed.text
    return await shop.until_status(plan["exportId"], *HONEST)


@pytest.mark.parametrize("service", ALL)
async def test_what_a_killed_service_had_in_hand_ends_once_it_is_back(
    running: Cluster, shop: Shop, service: str
) -> None:
    batches = [await shop.sync(1) for _ in range(BATCHES)]
    [victim] = running.of(service)

    work = [asyncio.create_task(an_export(shop, batch)) for batch in batches]
    for _ in range(2):
        await asyncio.sleep(0.3)
        await victim.kill()
        await victim.start()
    exports = await asyncio.gather(*work)

    for export in exports:
        assert len({artifact["sha256"] for artifact in export["artifacts"]}) == 5
        ids = [event["id"] for event in export["events"]]
        assert len(ids) == len(set(ids))
        assert [event["type"] for event in export["events"]].count("EXPORT_EXECUTED") == 1
    if service != "broker-mailer":
        assert {export["status"] for export in exports} == {"COMPLETED"}
    for export in exports:
        recipient = export["broker_submission"]["recipient_email"]
        assert recipient == shop.account.broker_email
    mails = await shop.mails(running.servers)
    assert len({mail["MessageID"] for mail in mails}) == len(mails)
    sent = {f"<{mail['MessageID']}>" for mail in mails}
    for export in exports:
        if export["status"] == "COMPLETED":
            assert export["broker_submission"]["message_id"] in sent


async def test_three_planners_and_two_executors_share_the_work_and_plan_alike(
    cluster: Cluster, store: Store
) -> None:
    await cluster.start(*ALL, "planner", "planner", "executor")
    shop = Shop(cluster.url, await seed_account(store))
    same = await shop.sync(3)
    batches = [await shop.sync(1) for _ in range(20)]

    plans = await asyncio.gather(*(shop.plan(sorted(same, reverse=n % 2 == 0)) for n in range(20)))
    exports = await asyncio.gather(*(an_export(shop, batch) for batch in batches))

    assert len({plan["planHash"] for plan in plans}) == 1
    assert {export["status"] for export in exports} == {"COMPLETED"}
    for replica in [*cluster.of("planner"), *cluster.of("executor")]:
        assert await replica.metric("entrygo_messages_total") > 0, replica.service
    await shop.http.aclose()


async def test_two_gateways_that_get_one_key_at_once_make_one_export(
    cluster: Cluster, store: Store
) -> None:
    await cluster.start(*ALL, "gateway")
    account = await seed_account(store)
    one, other = (Shop(replica.url, account) for replica in cluster.of("gateway"))
    body = one.plan_body(await one.sync(1))

    for number in range(40):
        answers = await asyncio.gather(
            *(shop.post("/api/exports/plan", body, key=f"race-{number}") for shop in (one, other))
        )
        answered = {answer.json()["exportId"] for answer in answers if answer.is_success}

        assert len(answered) == 1
        assert {answer.status_code for answer in answers} <= {200, 409}
    exports = await store.find(EXPORTS, {"account_id": account.account_id})
    assert len(exports) == 40
    for shop in (one, other):
        await shop.http.aclose()
