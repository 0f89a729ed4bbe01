"""The doctor on a system that is well, and on one that is not: what it says, and its exit code."""

import json
from asyncio import to_thread
from typing import Any

import pytest
from typer.testing import CliRunner

from entrygo_operator.app import app
from shared.messaging.rabbit import Messages
from shared.records import EXPORTS
from shared.settings import CommonSettings
from shared.store import Store
from support.services import ALL, Cluster
from support.shop import Shop

pytestmark = pytest.mark.e2e

Findings = dict[str, dict[str, Any]]  # by the check's name


async def doctor(cluster: Cluster, **other: str) -> tuple[int, Findings]:
    environment = cluster.environment | {"BROKER_MAILER_SMTP_TLS": "NONE"} | other
    done = await to_thread(CliRunner().invoke, app, ["doctor", "--json"], env=environment)
    assert done.stderr == ""
    return done.exit_code, {found["check"]: found for found in json.loads(done.stdout)}


def bad(findings: Findings) -> set[str]:
    return {name for name, found in findings.items() if found["verdict"] == "BAD"}


async def test_of_a_system_that_is_well_the_doctor_says_so(running: Cluster, shop: Shop) -> None:
    plan = await shop.plan(await shop.sync())
    await shop.execute(plan)
    await shop.until_status(plan["exportId"], "COMPLETED")

    code, found = await doctor(running)

    assert (code, bad(found)) == (0, set())
    assert found["accounts"]["line"] == "1, each can execute"
    assert {name for name, one in found.items() if one["next"]} == {"tariff"}


async def test_what_is_wrong_is_bad_and_comes_with_what_to_type(
    running: Cluster, shop: Shop, store: Store, settings: CommonSettings
) -> None:
    stalled, unknown = await shop.plan(await shop.sync()), await shop.plan(await shop.sync())
    await shop.execute(unknown)
    await shop.until_status(unknown["exportId"], "COMPLETED")
    exports = EXPORTS.of(shop.account.account_id)
    for id_, fields in (
        (stalled["exportId"], {"state": "EXECUTING", "execution": {"stalled": True}}),
        (unknown["exportId"], {"deliveries.BROKER.status": "UNKNOWN"}),
    ):
        await store.transition(exports, id_, {}, {"$set": fields}, step="test.break")
    await running.of("planner")[0].stop()
    messages = Messages(settings, service="tests", healthy=store.ping)
    await messages.start()
    await messages.send_dead("executor.exports.execute", b"{}", message_id="m-1")
    await messages.stop()

    code, found = await doctor(running, BROKER_MAILER_SMTP_PORT="1")

    assert code == 1
    assert {name: found[name]["next"] for name in bad(found)} == {
        "planner": "make status",
        "planner-large": "make status",
        "dead letters, executor": "entrygo dlq list",
        "exports EXECUTION_STALLED": "entrygo export list --status EXECUTION_STALLED",
        "exports DELIVERY_UNKNOWN": "entrygo export list --status DELIVERY_UNKNOWN",
        "mail, live": "nc 127.0.0.1 1",
    }


async def test_a_server_that_is_away_is_a_line_and_no_traceback(cluster: Cluster) -> None:
    code, found = await doctor(
        cluster,
        ENTRYGO_RABBIT_URL="amqp://guest:guest@127.0.0.1:1/",
        ENTRYGO_MONGO_URL="mongodb://127.0.0.1:1/",
    )

    assert code == 1
    assert bad(found) == {"store", "rabbit"}
    assert set(found) == {"store", "rabbit", "mail, live", "mail, sandbox"}


async def test_each_check_is_one_line_for_a_person(cluster: Cluster) -> None:
    await cluster.start(*ALL)

    done = await to_thread(CliRunner().invoke, app, ["doctor"], env=cluster.environment)

    lines = done.stdout.splitlines()
    _, found = await doctor(cluster)
    assert len(lines) == len(found)
    assert all(line[:4].strip() in {"OK", "WARN", "BAD"} for line in lines)
