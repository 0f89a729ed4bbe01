"""The examples of the contract are answers that the running product gives."""

import asyncio

import httpx
import pytest
from examples.exporter import Parties

from contract.record import Recorder
from contract.recorded import recorded
from support.shop import Shop

pytestmark = pytest.mark.e2e


async def test_every_committed_example_can_be_recorded_again(shop: Shop) -> None:
    account = shop.account
    parties = Parties(account.account_id, account.warehouse_id, account.broker_id, account.key)
    with httpx.Client(base_url=shop.http.base_url, timeout=60) as http:
        found = await asyncio.to_thread(Recorder(http, parties).record)

    assert found.keys() == recorded().keys()
