"""`python -m benchmarks.large_export`: an export of 10,000 lines, by stage, with memory.

The whole way through the services on servers of their own, then each renderer by itself on the
same snapshot. Mail goes to a folder, so that no server's limit decides.
"""

import asyncio
import json
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import orjson
from pydantic import SecretStr
from stack.servers import up

from benchmarks.processes import PROGRAMS, run_to_the_end, running
from benchmarks.requests import plan_body
from benchmarks.seed import ACCOUNT, KEY, Seeded, seed
from executor.artifacts import RENDERERS, Identity
from executor.artifacts.base import RenderedFile
from executor.artifacts.invoice import customs_package
from shared.plans import snapshot_of
from shared.records import EXPORTS
from shared.settings import CommonSettings
from shared.store import Store

LINES = 10_000
SERVICES = ("gateway", "planner", "executor", "broker-mailer")


async def timed(what: str, action: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # JSON
    began = time.perf_counter()
    result = await action()
    print(f"   {what:24} {time.perf_counter() - began:6.2f} s")
    return result


async def through_the_services(http: httpx.AsyncClient, orders: Seeded) -> dict[str, Any]:
    async def post(path: str, body: bytes) -> Any:  # noqa: ANN401  # JSON
        headers = {"content-type": "application/json", "prefer": "wait=30"}
        answer = await http.post(path, content=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    async def delivered() -> Any:  # noqa: ANN401  # JSON
        for _ in range(3_000):
            export = (await http.get(f"/api/exports/{plan['exportId']}")).json()
            if export["status"] not in {"EXECUTING", "SUBMITTING"}:
                return export
            await asyncio.sleep(0.1)
        raise SystemExit("not delivered in 300 s")

    plan = await timed("plan", lambda: post("/api/exports/plan", plan_body(orders.order_ids)))
    body = json.dumps({"accountId": ACCOUNT, "batchId": plan["exportId"]}).encode()
    await timed("execute", lambda: post("/api/exports/execute", body))
    export: dict[str, Any] = await timed("delivery after that", delivered)
    print(
        f"   {export['status']}: {export['totals']['lines']} lines,"
        f" USD {export['totals']['value_usd']}"
    )
    return export


async def each_renderer(store: Store, export: dict[str, Any]) -> None:
    record = await store.get(EXPORTS.of(ACCOUNT), export["exportId"])
    if record is None:
        raise SystemExit("the export is gone")
    snapshot = orjson.loads(await snapshot_of(store, ACCOUNT, record["plan"]))
    package = export["customs_package"]
    identity = Identity(
        export_id=export["exportId"],
        plan_revision=export["plan_revision"],
        plan_hash=export["planHash"],
        package_id=package["id"],
        package_number=package["packageNumber"],
        test=True,
        started_at=package["createdAt"],
    )
    began = time.perf_counter()
    facts = customs_package(snapshot, identity)
    print(f"   {'facts':32} {time.perf_counter() - began:6.2f} s")
    files: tuple[RenderedFile, ...] = ()
    for renderer in RENDERERS:
        began = time.perf_counter()
        files = (*files, renderer(facts, files))
        seconds = time.perf_counter() - began
        print(f"   {renderer.filename:32} {seconds:6.2f} s {files[-1].size_bytes:12,} bytes")
    stored = {artifact["filename"]: artifact["sha256"] for artifact in export["artifacts"]}
    if stored != {file.filename: file.sha256 for file in files}:
        raise SystemExit("a second render gave other bytes")
    print("   the second render gave the same bytes")


async def main() -> None:
    servers = await asyncio.to_thread(up, "bench")
    settings = CommonSettings(
        mongo_url=SecretStr(servers.mongo_url), mongo_database=f"bench_{uuid.uuid4().hex[:8]}"
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "ENTRYGO_RABBIT_URL": servers.rabbit_url,
            "ENTRYGO_MONGO_URL": servers.mongo_url,
            "ENTRYGO_MONGO_DATABASE": settings.mongo_database,
            "ENTRYGO_LOG_LEVEL": "ERROR",
            "BROKER_MAILER_SANDBOX_FOLDER": folder,
        }
        async with Store(settings, appname="bench") as store:
            await store.create_indexes()
            orders = await seed(store, LINES // 2, 2_000)
            async with AsyncExitStack() as held:
                held.push_async_callback(store.drop_database)
                processes = [
                    await held.enter_async_context(running(name, [PROGRAMS / name], environment))
                    for name in SERVICES
                ]
                headers = {"Authorization": f"Bearer {KEY}"}
                async with httpx.AsyncClient(
                    base_url=processes[0].url, headers=headers, timeout=120
                ) as http:
                    print(f"{LINES:,} lines in {LINES // 2:,} orders, {servers.versions}")
                    export = await through_the_services(http, orders)
                for process in processes:
                    print(f"   most memory of {process.name:12} {process.peak_mb():5.0f} MB")
                await each_renderer(store, export)


if __name__ == "__main__":
    run_to_the_end(main())
