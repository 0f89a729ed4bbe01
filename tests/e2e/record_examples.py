"""Records real answers as the examples of the OpenAPI document.

Not collected by itself: `python -m pytest tests/e2e/record_examples.py`, then write the document
again (`make contract`).
"""

from typing import Any

import httpx
import orjson
import pytest

from support.pages import REPOSITORY
from support.shop import SWEATER, Shop, an_order

pytestmark = pytest.mark.e2e

TARGET = REPOSITORY / "contract" / "examples" / "http.json"


class Recorder:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.found: dict[str, Any] = {}

    async def post(self, name: str, path: str, body: dict[str, Any], key: str) -> Any:  # JSON
        body = {"accountId": self.shop.account.account_id} | body
        answer = await self.shop.http.post(path, json=body, headers={"idempotency-key": key})
        if answer.is_success:
            self.found.setdefault(f"{name}.request", body)
        return self.keep(name, answer)

    async def get(self, name: str, path: str) -> Any:  # JSON
        return self.keep(name, await self.shop.http.get(path))

    def keep(self, name: str, answer: httpx.Response) -> Any:  # JSON
        found = answer.json()
        place = f"{name}.{answer.status_code}" if answer.is_success else found["errorCode"]
        self.found.setdefault(place, found)
        return found


async def test_record(shop: Shop) -> None:
    record = Recorder(shop)
    body = {"items": [SWEATER]}
    product = (await record.post("syncProducts", "/api/products/sync", body, "products-1"))["data"][
        0
    ]
    order = an_order("A-1001", product["id"], metadata={"channel": "web"})
    synced = await record.post("syncOrders", "/api/orders/sync", {"items": [order]}, "orders-1")
    order_id = synced["data"][0]["id"]
    body = shop.plan_body([order_id])
    plan = await record.post("planExport", "/api/exports/plan", body, "plan-1")
    await refusals(record, order, plan)
    body = {"batchId": plan["exportId"], "planHash": plan["planHash"]}
    executed = await record.post("executeExport", "/api/exports/execute", body, "execute-1")
    await shop.until_status(plan["exportId"], "COMPLETED")
    package = f"/api/customs-packages/{executed['customs_package_id']}"
    export = f"/api/exports/{plan['exportId']}"
    await record.get("inspectExport", export)
    await record.get("listExports", "/api/exports")
    await record.get("getPlan", f"{export}/plans/1")
    await record.get("", f"{export}/plans/7")
    await record.get("getCustomsPackage", package)
    await record.get("", f"{package}/artifacts/other.json")
    await record.get("listOrders", "/api/orders")
    await record.get("listProducts", "/api/products")
    await record.get("getOrder", f"/api/orders/{order_id}")
    await record.get("getProduct", f"/api/products/{product['id']}")
    await record.get("getAccount", "/api/account")
    await record.get("getHealth", "/api/system/health")
    replan = shop.plan_body([order_id]) | {"batchId": plan["exportId"]}
    await record.post("", "/api/exports/plan", replan, "plan-2")
    blocked = await record.post("", "/api/exports/plan", shop.plan_body([order_id]), "plan-3")
    await record.post("", "/api/exports/execute", {"batchId": blocked["exportId"]}, "execute-2")
    del record.found[".request"], record.found[".200"]
    text = orjson.dumps(record.found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    TARGET.write_bytes(text + b"\n")


async def refusals(record: Recorder, order: dict[str, Any], plan: dict[str, Any]) -> None:
    shop = record.shop
    async with httpx.AsyncClient(base_url=shop.http.base_url) as stranger:
        record.keep("", await stranger.get("/api/account"))
    headers = {"content-type": "application/json"}
    for content in (b"{", b"{}"):
        record.keep("", await shop.http.post("/api/exports/plan", content=content, headers=headers))
    record.keep("", await shop.http.post("/api/exports/plan", content=b"<plan/>"))
    large = b" " * (10 * 1024 * 1024 + 1)
    record.keep("", await shop.http.post("/api/exports/plan", content=large, headers=headers))
    body = shop.plan_body(["A-1001"])
    await record.post("", "/api/exports/plan", body, "plan-1")
    await record.post("", "/api/exports/plan", body, "plan-4")
    await record.post("", "/api/exports/plan", body | {"brokerId": "br_unknown"}, "plan-5")
    unknown = order | {"items": [order["items"][0] | {"productId": "prod_unknown"}]}
    await record.post("", "/api/orders/sync", {"items": [unknown]}, "orders-2")
    body = {"batchId": plan["exportId"], "planHash": "sha256:" + "0" * 64}
    await record.post("", "/api/exports/execute", body, "execute-3")
    await record.get("", "/api/exports/batch_unknown")
    await record.get("", "/api/customs-packages/cp_unknown")
    changed = order | {"destinationRegion": "NH"}
    stale = await record.post(
        "", "/api/exports/plan", shop.plan_body(plan["included_order_ids"]), "p6"
    )
    await record.post("", "/api/orders/sync", {"items": [changed]}, "orders-3")
    await record.post("", "/api/exports/execute", {"batchId": stale["exportId"]}, "execute-4")
    await record.post("", "/api/orders/sync", {"items": [order]}, "orders-4")
