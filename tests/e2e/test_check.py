"""`entrygo check` beside a running product: work under way is never a violation."""

import asyncio
import json

import pytest

from shared.settings import CommonSettings
from support.entrygo import entrygo_on
from support.shop import Shop

pytestmark = pytest.mark.e2e


async def test_a_running_product_has_no_violation_while_it_works_and_after(
    shop: Shop, settings: CommonSettings
) -> None:
    entrygo = entrygo_on(settings)

    async def export() -> str:
        plan = await shop.plan(await shop.sync())
        await shop.execute(plan)
        await shop.until_status(plan["exportId"], "COMPLETED")
        return str(plan["exportId"])

    working = asyncio.gather(*(export() for _ in range(8)))
    while not working.done():
        done = await asyncio.to_thread(entrygo, "check", "--patience", "30s")
        assert done.exit_code == 0, done.stdout + done.stderr
    exports = await working
    told = json.loads((await asyncio.to_thread(entrygo, "check", "--json")).stdout)

    assert (told["violations"], told["by_state"]) == ([], {"EXECUTED": len(exports)})
