"""Records real requests and answers as the contract's examples: `make record-examples`."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import orjson
from examples.exporter import Parties, set_up
from examples.surroundings import Operator, addresses, load

from contract.recorded import EXAMPLES, Exchange, Request

Json = dict[str, Any]
SECONDS: Final = 60
_SENT: Final = ("Content-Type", "Idempotency-Key", "If-None-Match", "Prefer")
_ANSWERED: Final = (
    "Content-Type",
    "Content-Disposition",
    "ETag",
    "Location",
    "Retry-After",
    "Allow",
    "Idempotent-Replayed",
)
_MOST: Final = 10_000  # bytes of a request that are kept


def main() -> None:
    """On the stack that `make up` started."""
    environment = addresses()
    operator = Operator(environment)
    # An account's id is its name's: a name of before would be answered from its kept keys.
    parties = set_up(operator, f"recorded-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    operator("broker", "update", parties.broker, "--email", "entries@niagara-brokers.example")
    with httpx.Client(base_url=environment["ENTRYGO_GATEWAY_URL"], timeout=SECONDS) as http:
        found = Recorder(http, parties).record()
    text = orjson.dumps(dict(sorted(found.items())), option=orjson.OPT_INDENT_2)
    EXAMPLES.write_bytes(text + b"\n")


class Recorder:
    """Walks the loop and around it, and keeps the first exchange of each kind: see `recorded`."""

    def __init__(self, http: httpx.Client, parties: Parties) -> None:
        self._http = http
        self._parties = parties
        self._auth = {"Authorization": f"Bearer {parties.key}"}
        self._found: dict[str, Exchange] = {}

    def record(self) -> dict[str, Exchange]:
        product = load("products")[0]
        made = self._post("syncProducts", "/api/products/sync", {"items": [product]}, "products-1")
        line = {"productId": made["data"][0]["id"], "quantity": 2, "unitValueUsd": 80.25}
        order = load("orders")[0] | {"items": [line]}
        synced = self._post("syncOrders", "/api/orders/sync", {"items": [order]}, "orders-1")
        body = self._plan_body(synced["data"][0]["id"])
        plan = self._post("planExport", "/api/exports/plan", body, "plan-1")
        self._post("optimizeExport", "/api/exports/optimize", body, "plan-1")
        self._refusals_before(order, plan)
        body = {"batchId": plan["exportId"], "planHash": plan["planHash"]}
        executed = self._post("executeExport", "/api/exports/execute", body, "execute-1")
        export_id = plan["exportId"]
        self._until(lambda: self._is_completed(export_id), "not completed: does a mailer run?")
        self._reads(plan["exportId"], executed["customs_package_id"])
        self._get("getOrder", f"/api/orders/{synced['data'][0]['id']}")
        self._get("getProduct", f"/api/products/{made['data'][0]['id']}")
        self._refusals_after(synced["data"][0]["id"], plan["exportId"])
        return self._found

    def _reads(self, export_id: str, package_id: str) -> None:
        export, package = f"/api/exports/{export_id}", f"/api/customs-packages/{package_id}"
        self._until(lambda: self._is_printed(f"{package}/invoice.pdf"), "no PDF was made")
        for name, path in {
            "inspectExport": export,
            "listExports": "/api/exports?status=COMPLETED&limit=10",
            "getPlan": f"{export}/plans/1",
            "getSnapshot": f"{export}/snapshot",
            "getCustomsPackage": package,
            "getArtifact": f"{package}/artifacts/entry_lines.csv",
            "getArchive": f"{package}/archive",
            "getInvoicePdf": f"{package}/invoice.pdf",
            "listOrders": "/api/orders?limit=10",
            "listProducts": "/api/products?limit=10",
            "getAccount": "/api/account",
            "getHealth": "/api/system/health",
        }.items():
            self._get(name, path)
        tag = self._found["inspectExport"]["headers"]["ETag"]
        waiting = {"If-None-Match": tag, "Prefer": "wait=1"}
        self._get("inspectExport.304", export, **waiting)
        self._get("", f"{export}/plans/7")
        self._get("", f"{package}/artifacts/other.json")

    def _refusals_before(self, order: Json, plan: Json) -> None:
        """What is refused while the plan waits to be executed."""
        self._keep("", self._http.get("/api/account"))
        for content in (b"{", b"{}", b" " * (10 * 1024 * 1024 + 1)):
            self._raw(content, {"content-type": "application/json"})
        self._raw(b"<plan/>", {"content-type": "text/xml"})
        self._get("", "/api/nothing")
        self._keep("", self._http.delete("/api/account", headers=self._auth))
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

    def _until(self, done: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + SECONDS
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(what)
            time.sleep(0.5)

    def _is_completed(self, export_id: str) -> bool:
        found = self._http.get(f"/api/exports/{export_id}", headers=self._auth)
        return bool(found.json()["status"] == "COMPLETED")

    def _is_printed(self, path: str) -> bool:
        return self._http.get(path, headers=self._auth | {"Prefer": "wait=30"}).is_success

    def _post(self, name: str, path: str, body: Json, key: str, **headers: str) -> Json:
        body = {"accountId": self._parties.account} | body
        sent = self._auth | {"Idempotency-Key": key} | headers
        answer = self._http.post(path, json=body, headers=sent)
        return self._keep(name, answer)

    def _get(self, name: str, path: str, **headers: str) -> None:
        self._keep(name, self._http.get(path, headers=self._auth | headers))

    def _raw(self, content: bytes, headers: dict[str, str]) -> None:
        headers = self._auth | headers
        self._keep("", self._http.post("/api/exports/plan", content=content, headers=headers))

    def _keep(self, name: str, answer: httpx.Response) -> Json:
        body: Json = answer.json() if _is_json(answer) else {}
        if answer.is_error:
            self._found.setdefault(body["errorCode"], _exchange(answer))
        elif name:
            self._found.setdefault(name, _exchange(answer))
        return body


def _exchange(answer: httpx.Response) -> Exchange:
    asked = answer.request
    request = Request(
        method=asked.method,
        path=asked.url.raw_path.decode(),
        headers=_of(asked.headers, _SENT),
        authorized="authorization" in asked.headers,
    )
    if 0 < len(asked.content) < _MOST:
        request["body"] = _value(asked.content)
    found = Exchange(
        request=request, status=answer.status_code, headers=_of(answer.headers, _ANSWERED)
    )
    kind = answer.headers.get("content-type", "")
    if answer.content and (_is_json(answer) or kind.startswith("text/")):
        found["body"] = _value(answer.content)
    return found


def _value(content: bytes) -> Any:  # noqa: ANN401  # any JSON value, or text
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content.decode()


def _is_json(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("content-type") == "application/json")


def _of(headers: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: headers[name] for name in names if name in headers}


if __name__ == "__main__":
    main()
