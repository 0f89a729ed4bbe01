"""A page of a list weighs no more than it may, and what it leaves out comes on the next."""

from collections import Counter
from datetime import timedelta

import pytest

from gateway.settings import Settings
from support.gateways import GatewayUnderTest

PAGE_BYTES = 40_000
ENVELOPE = len('{"data":[],"next_cursor":""}') + 200  # and the cursor
ENVELOPE += 50 * len(',"exports":[],')  # a row


def synced(gateway: GatewayUnderTest, number: int, note: str) -> None:
    gateway.store.put(
        "orders",
        id=f"ord_{number:03}",
        account_id="acc_1",
        external_id=f"X-{number}",
        content={"externalId": f"X-{number}", "destinationCountry": "US", "items": []},
        metadata={"note": note},
        revision=1,
        created_at="2026-01-01T00:00:00.000Z",
        updated_at=f"2026-01-{number % 7 + 1:02}T00:00:00.000Z",  # several at one time
    )


@pytest.fixture
def gateway() -> GatewayUnderTest:
    return GatewayUnderTest(settings=Settings(page_bytes=PAGE_BYTES, busy_wait=timedelta(0)))


async def test_a_page_of_big_orders_ends_early_and_its_cursor_leads_to_all_the_others(
    gateway: GatewayUnderTest,
) -> None:
    for number in range(60):
        synced(gateway, number, "n" * (100 if number % 3 else 9_000))

    seen, pages = Counter[str](), 0
    cursor: str | None = ""
    async with gateway.client() as client:
        while cursor is not None:
            page = await client.get(f"/api/orders?limit=50{cursor and f'&cursor={cursor}'}")
            assert len(page.content) <= PAGE_BYTES + ENVELOPE
            rows, cursor = page.json()["data"], page.json()["next_cursor"]
            seen.update(row["id"] for row in rows)
            pages += 1

    assert seen == Counter({f"ord_{number:03}": 1 for number in range(60)})
    assert pages > 4, "it was cut by its bytes, not by its rows"


async def test_one_row_is_on_a_page_however_big_it_is(gateway: GatewayUnderTest) -> None:
    for number in range(3):
        synced(gateway, number, "n" * 2 * PAGE_BYTES)

    async with gateway.client() as client:
        page = (await client.get("/api/orders")).json()

    assert len(page["data"]) == 1
    assert page["next_cursor"] is not None
