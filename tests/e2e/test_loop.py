"""The whole loop: orders in, plan, execute, a customs package, the broker's mail, inspect."""

import pytest
from stack.servers import Addresses

from support.mailpit import mails_to
from support.shop import Shop

pytestmark = pytest.mark.e2e

FILES = {
    "commercial_customs_invoice.html",
    "commercial_customs_invoice.csv",
    "commercial_customs_invoice.json",
    "packing_list.json",
    "manifest.json",
}


async def test_orders_become_one_package_and_one_mail_and_inspect_tells_it(
    shop: Shop, servers: Addresses
) -> None:
    plan = await shop.plan(await shop.sync())
    assert plan["readinessState"] in {"READY", "READY_WITH_WARNINGS"}, plan

    executed = await shop.execute(plan, key="once")
    again = await shop.execute(plan, key="once")
    another = await shop.execute(plan, key="another")

    assert executed.status_code == 200, executed.text
    assert again.content == executed.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert another.json()["customs_package_id"] == executed.json()["customs_package_id"]

    export = await shop.until_status(plan["exportId"], "COMPLETED")
    [mail] = await mails_to(servers, shop.account.broker_email)
    assert {part["FileName"] for part in mail["Attachments"]} == FILES
    assert f"<{mail['MessageID']}>" == export["broker_submission"]["message_id"]
    assert [event["sequence"] for event in export["events"]] == list(
        range(1, len(export["events"]) + 1)
    )
    for artifact in export["artifacts"]:
        got = await shop.http.get(artifact["url"])
        assert got.status_code == 200
        assert len(got.content) == artifact["size_bytes"]
