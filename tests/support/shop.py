"""A shop as a client of the HTTP API: what it syncs, plans and executes."""

import uuid
from typing import Any

import httpx
from stack.servers import Addresses

from support import world
from support.accounts import Seeded
from support.mailpit import mails_to
from support.waiting import until

SWEATER: dict[str, Any] = world.http(world.SWEATER)


def an_order(external_id: str, product_id: str, **changes: Any) -> Any:  # JSON
    line = {"productId": product_id, "quantity": 2, "unitValueUsd": 80.25}
    return world.http(world.ORDER) | {"externalId": external_id, "items": [line]} | changes


class Shop:
    """Asks as a well-behaved client does: repeats with the same key what is retryable."""

    def __init__(
        self, url: str, account: Seeded, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.account = account
        self.http = httpx.AsyncClient(
            base_url=url, headers=account.headers, timeout=60, transport=transport
        )

    async def post(self, path: str, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        key = key or uuid.uuid4().hex

        async def answered() -> httpx.Response | None:
            try:
                answer = await self.http.post(
                    path,
                    json={"accountId": self.account.account_id} | body,
                    headers={"Idempotency-Key": key},
                )
            except httpx.TransportError:  # the gateway died or is not there yet
                return None
            again = answer.status_code >= 400 and answer.json()["details"]["retryable"]
            return None if again else answer

        return await until(answered, limit=120)

    async def sync(self, orders: int = 2) -> list[str]:
        """The ids of some clean orders."""
        products = await self.post("/api/products/sync", {"items": [SWEATER]})
        assert products.status_code == 200, products.text
        product_id = products.json()["data"][0]["id"]
        items = [an_order(f"A-{uuid.uuid4().hex[:8]}", product_id) for _ in range(orders)]
        synced = await self.post("/api/orders/sync", {"items": items})
        assert synced.status_code == 200, synced.text
        return [order["id"] for order in synced.json()["data"]]

    async def plan(self, order_ids: list[str], key: str | None = None, **more: Any) -> Any:
        answer = await self.post("/api/exports/plan", self.plan_body(order_ids) | more, key)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def plan_body(self, order_ids: list[str]) -> dict[str, Any]:
        return {
            "warehouseId": self.account.warehouse_id,
            "brokerId": self.account.broker_id,
            "orderIds": order_ids,
        }

    async def execute(
        self, plan: dict[str, Any], key: str | None = None, **more: Any
    ) -> httpx.Response:
        body = {"batchId": plan["exportId"], "planHash": plan["planHash"]}
        return await self.post("/api/exports/execute", body | more, key)

    async def inspect(self, export_id: str) -> Any:
        async def answered() -> httpx.Response | None:
            try:
                answer = await self.http.get(f"/api/exports/{export_id}")
            except httpx.TransportError:
                return None
            away = answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
            return None if away else answer

        answer = await until(answered, limit=120)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def mails(self, servers: Addresses) -> list[dict[str, Any]]:
        """What the broker got."""
        return await mails_to(servers, self.account.broker_email)

    async def until_status(self, export_id: str, *statuses: str) -> Any:
        async def reached() -> Any:
            export = await self.inspect(export_id)
            return export if export["status"] in statuses else None

        return await until(reached, limit=120)
