"""A backup is restored after more was done: no mail goes twice unless a person lets it."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from shared.settings import CommonSettings
from support.entrygo import Entrygo, entrygo_on
from support.services import Cluster
from support.shop import Shop

pytestmark = pytest.mark.e2e


@pytest.fixture
def entrygo(settings: CommonSettings) -> Entrygo:
    return entrygo_on(settings)


async def typed(entrygo: Entrygo, *words: str) -> Any:
    return await asyncio.to_thread(entrygo.json, *words)


async def mails(shop: Shop, cluster: Cluster) -> Counter[str]:
    return Counter(mail["MessageID"] for mail in await shop.mails(cluster.servers))


async def restarted(cluster: Cluster, restore: Any) -> None:
    await asyncio.gather(*(replica.stop() for replica in cluster.replicas))
    await restore
    await asyncio.gather(*(replica.start() for replica in cluster.replicas))


async def test_what_was_mailed_after_the_backup_is_not_mailed_again_without_a_person(
    shop: Shop, running: Cluster, entrygo: Entrygo, tmp_path: Path
) -> None:
    orders = await shop.sync()
    done, plan, other = [
        await shop.plan(one) for one in (await shop.sync(), orders, await shop.sync())
    ]
    await shop.execute(done)
    await shop.until_status(done["exportId"], "COMPLETED")
    folder = str(tmp_path / "backup")
    await typed(entrygo, "backup", "create", folder)
    await shop.execute(plan, key="lost")
    await shop.until_status(plan["exportId"], "COMPLETED")
    once = await mails(shop, running)
    assert once.total() == 2

    await restarted(running, typed(entrygo, "backup", "restore", folder, "--replace"))
    assert (await typed(entrygo, "check"))["violations"] == []
    again = await shop.execute(plan, key="lost")
    anew = await shop.execute(await shop.plan(orders))
    fresh = await shop.plan(await shop.sync())
    await shop.execute(fresh)
    await shop.until_status(fresh["exportId"], "COMPLETED")

    assert [one.status_code for one in (again, anew)] == [409, 409]
    assert again.json()["errorCode"] == "EXPORT_NOT_READY"
    assert again.json()["details"]["next_action"] == "CONTACT_OPERATOR"
    now = await mails(shop, running)
    assert {id_: now[id_] for id_ in once} == dict(once)
    assert now.total() == 3

    words = ("export", "release", plan["exportId"], "--reason", "the broker lost it")
    await typed(entrygo, *words)
    assert (await shop.execute(plan, key="lost")).status_code == 200
    await shop.until_status(plan["exportId"], "COMPLETED")
    twice = await mails(shop, running)
    assert sorted((twice - now).values()) == [1]
    assert set(twice) == set(now)  # the same Message-ID

    held = await shop.execute(other)
    ended = await typed(entrygo, "export", "release", "--all", "--reason", "all asked for")
    inspected = await shop.inspect(other["exportId"])
    assert held.status_code == 409
    assert ended["exports_told_that_they_were_held"] >= 1
    assert inspected["next_recommended_action"] in {"EXECUTE", "REVIEW_AND_EXECUTE"}
    assert (await shop.execute(other)).status_code == 200
    await shop.until_status(other["exportId"], "COMPLETED")
    assert (await typed(entrygo, "check"))["violations"] == []
