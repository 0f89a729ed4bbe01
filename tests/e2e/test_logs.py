"""What the workers say of healthy commands: one line each, with what it did and how long."""

import json
from typing import Any

import pytest

from support.services import Cluster
from support.shop import Shop
from support.waiting import until

pytestmark = pytest.mark.e2e


def lines(cluster: Cluster, service: str, account_id: str) -> list[dict[str, Any]]:
    """What this service's process has written of the account's commands."""
    [replica] = cluster.of(service)
    found = [json.loads(line) for line in replica.log.read_text().splitlines()]
    return [one for one in found if one["message"] == "command" and one["account"] == account_id]


async def test_a_healthy_command_is_one_line_in_its_worker(running: Cluster, shop: Shop) -> None:
    account_id = shop.account.account_id
    plan = await shop.plan(await shop.sync())
    executed = await shop.execute(plan)
    await shop.until_status(plan["exportId"], "COMPLETED")

    async def both_mailed() -> bool:
        return len(lines(running, "broker-mailer", account_id)) == 2

    await until(both_mailed)
    planner, executor, mailer = (
        lines(running, service, account_id) for service in ("planner", "executor", "broker-mailer")
    )

    assert [line["did"] for line in planner] == ["1 products", "2 orders", "plan 1", "holds"]
    assert [line["did"] for line in executor] == ["executed"]
    assert [(line["did"], line["to"]) for line in sorted(mailer, key=lambda one: one["to"])] == [
        ("SENT", "BROKER"),
        ("SENT", "WAREHOUSE"),
    ]
    for line in [*planner, *executor, *mailer]:
        assert line["level"] == "INFO"
        assert line["outcome"] == "handled"
        assert line["ms"] >= 0
    for line in [planner[2], *executor, *mailer]:
        assert line["export"] == plan["exportId"]
    for line in [planner[3], *executor, *mailer]:
        assert line["request_id"] == executed.headers["x-request-id"]
    assert len({line["command"] for line in [*planner, *executor, *mailer]}) == 7
