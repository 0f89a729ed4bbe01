"""Records real answers as the examples of the OpenAPI document: `make record-examples`."""

import time
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
from examples.exporter import Parties, set_up
from examples.surroundings import Operator, addresses, load

Json = dict[str, Any]
EXAMPLES: Final = Path(__file__).parent / "examples" / "http.json"
SECONDS: Final = 60


def main() -> None:
    """On the stack that `make up` started."""
    environment = addresses()
    operator = Operator(environment)
    parties = set_up(operator, "example")
    operator("broker", "update", parties.broker, "--email", "entries@niagara-brokers.example")
    with httpx.Client(base_url=environment["ENTRYGO_GATEWAY_URL"], timeout=SECONDS) as http:
        found = Recorder(http, parties).record()
    text = orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    EXAMPLES.write_bytes(text + b"\n")


class Recorder:
    """Walks the loop and around it, and keeps the first answer of each kind.

    A success under `operation.status`, its request under `operation.request`; a refusal under its
    code.
    """

    def __init__(self, http: httpx.Client, parties: Parties) -> None:
        self._http = http
        self._parties = parties
        self._auth = {"Authorization": f"Bearer {parties.key}"}
        self._found: Json = {}

    def record(self) -> Json:
        product = load("products")[0]
        made = self._post("syncProducts", "/api/products/sync", {"items": [product]}, "products-1")
        line = {"productId": made["data"][0]["id"], "quantity": 2, "unitValueUsd": 80.25}
        order = load("orders")[0] | {"items": [line]}
        synced = self._post("syncOrders", "/api/orders/sync", {"items": [order]}, "orders-1")
        body = self._plan_body(synced["data"][0]["id"])
        plan = self._post("planExport", "/api/exports/plan", body, "plan-1")
        self._refusals_before(order, plan)
        body = {"batchId": plan["exportId"], "planHash": plan["planHash"]}
        executed = self._post("executeExport", "/api/exports/execute", body, "execute-1")
        self._until_completed(plan["exportId"])
        self._reads(plan["exportId"], executed["customs_package_id"])
        self._get("getOrder", f"/api/orders/{synced['data'][0]['id']}")
        self._get("getProduct", f"/api/products/{made['data'][0]['id']}")
        self._refusals_after(synced["data"][0]["id"], plan["exportId"])
        return self._found

    def _reads(self, export_id: str, package_id: str) -> None:
        export, package = f"/api/exports/{export_id}", f"/api/customs-packages/{package_id}"
        for name, path in {
            "inspectExport": export,
            "listExports": "/api/exports",
            "getPlan": f"{export}/plans/1",
            "getCustomsPackage": package,
            "listOrders": "/api/orders",
            "listProducts": "/api/products",
            "getAccount": "/api/account",
            "getHealth": "/api/system/health",
        }.items():
            self._get(name, path)
        self._get("", f"{export}/plans/7")
        self._get("", f"{package}/artifacts/other.json")

    def _refusals_before(self, order: Json, plan: Json) -> None:
        """What is refused while the plan waits to be executed."""
        self._keep("", self._http.get("/api/account"))
        for content in (b"{", b"{}", b" " * (10 * 1024 * 1024 + 1)):
            self._raw(content, {"content-type": "application/json"})
        self._raw(b"<plan/>", {})
        unknown = self._plan_body("A-1001")
        self._post("", "/api/exports/plan", unknown, "plan-1")
        self._post("", "/api/exports/plan", unknown, "plan-4")
        self._post("", "/api/exports/plan", unknown | {"brokerId": "br_unknown"}, "plan-5")
        goods = [order["items"][0] | {"productId": "prod_unknown"}]
        self._post("", "/api/orders/sync", {"items": [order | {"items": goods}]}, "orders-2")
        body = {"batchId": plan["exportId"], "planHash": "sha256:" + "0" * 64}
        self._post("", "/api/exports/execute", body, "execute-3")
        self._get("", "/api/exports/batch_unknown")
        self._get("", "/api/customs-packages/cp_unknown")
        body = self._plan_body(*plan["included_order_ids"])
        stale = self._post("", "/api/exports/plan", body, "plan-6")
        changed = order | {"destinationRegion": "NH"}
        self._post("", "/api/orders/sync", {"items": [changed]}, "orders-3")
        self._post("", "/api/exports/execute", {"batchId": stale["exportId"]}, "execute-4")
        self._post("", "/api/orders/sync", {"items": [order]}, "orders-4")

    def _refusals_after(self, order_id: str, export_id: str) -> None:
        """What is refused once the order has travelled."""
        body = self._plan_body(order_id)
        self._post("", "/api/exports/plan", body | {"batchId": export_id}, "plan-2")
        blocked = self._post("", "/api/exports/plan", body, "plan-3")
        self._post("", "/api/exports/execute", {"batchId": blocked["exportId"]}, "execute-2")

    def _plan_body(self, *order_ids: str) -> Json:
        parties = self._parties
        return {
            "warehouseId": parties.warehouse,
            "brokerId": parties.broker,
            "orderIds": list(order_ids),
        }

    def _until_completed(self, export_id: str) -> None:
        end = time.monotonic() + SECONDS
        while self._status(export_id) != "COMPLETED":
            if time.monotonic() > end:
                raise TimeoutError(f"{export_id} is not completed: does a mailer run?")
            time.sleep(0.5)

    def _status(self, export_id: str) -> str:
        found = self._http.get(f"/api/exports/{export_id}", headers=self._auth)
        return str(found.json()["status"])

    def _post(self, name: str, path: str, body: Json, key: str) -> Json:
        body = {"accountId": self._parties.account} | body
        headers = self._auth | {"Idempotency-Key": key}
        answer = self._http.post(path, json=body, headers=headers)
        if name and answer.is_success:
            self._found.setdefault(f"{name}.request", body)
        return self._keep(name, answer)

    def _get(self, name: str, path: str) -> None:
        self._keep(name, self._http.get(path, headers=self._auth))

    def _raw(self, content: bytes, headers: dict[str, str]) -> None:
        headers = self._auth | headers
        self._keep("", self._http.post("/api/exports/plan", content=content, headers=headers))

    def _keep(self, name: str, answer: httpx.Response) -> Json:
        found: Json = answer.json()
        if not answer.is_success:
            self._found.setdefault(found["errorCode"], found)
        elif name:
            self._found.setdefault(f"{name}.{answer.status_code}", found)
        return found


if __name__ == "__main__":
    main()
