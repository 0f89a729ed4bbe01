"""The committed documents are fit for public tools: a linter, and a client generator."""

import asyncio
import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.pages import PUBLISHED
from support.shop import SWEATER, Shop, an_order

pytestmark = pytest.mark.e2e

DOCUMENT = PUBLISHED / "openapi.json"
BIN = Path(sys.executable).parent
REDOCLY = "@redocly/cli@2.77.0"


def run(*command: str | Path, folder: Path) -> None:
    """With the environment's own Node first: a machine's may be too old."""
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("document", [DOCUMENT, PUBLISHED / "asyncapi.json"])
def test_redocly_finds_nothing_under_its_strict_rules(document: Path, tmp_path: Path) -> None:
    lint = ("lint", document, "--extends=recommended-strict", "--max-problems=20")
    run(BIN / "npx", "--yes", REDOCLY, *lint, folder=tmp_path)


async def test_a_generated_client_drives_the_whole_loop(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "generated_entrygo"
    command = ("generate", "--path", DOCUMENT, "--meta", "none", "--output-path", target)
    await asyncio.to_thread(run, BIN / "openapi-python-client", *command, folder=tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def module(name: str) -> Any:
        return importlib.import_module(f"generated_entrygo.{name}")

    made = module("client").AuthenticatedClient(
        base_url=str(shop.http.base_url).rstrip("/"), token=shop.account.key
    )
    models = module("models")
    account = {"accountId": shop.account.account_id}

    async def call(operation: str, model: str, body: dict[str, Any]) -> Any:
        given = getattr(models, model).from_dict(account | body)
        return await module(f"api.{operation}").asyncio(client=made, body=given)

    async with made as client:
        products = await call("catalogue.sync_products", "SyncProductsInput", {"items": [SWEATER]})
        orders = {"items": [an_order("G-1", products.data[0].id)]}
        synced = await call("core_loop.sync_orders", "SyncOrdersInput", orders)
        plan = await call("core_loop.plan_export", "PlanInput", shop.plan_body([synced.data[0].id]))
        executed = await call(
            "core_loop.execute_export",
            "ExecuteInput",
            {"batchId": plan.export_id, "planHash": plan.plan_hash},
        )
        inspected = await module("api.core_loop.inspect_export").asyncio(
            plan.export_id, client=client
        )

    assert len(executed.artifacts) == 5
    assert inspected.customs_package_id == executed.customs_package_id
    assert inspected.status in {"SUBMITTING", "COMPLETED"}
