"""The committed documents are fit for public tools: linter, scores, and two generators."""

import asyncio
import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from support.pages import PUBLISHED, REPOSITORY, blocks
from support.shop import SWEATER, Shop, an_order

pytestmark = pytest.mark.e2e

DOCUMENT = PUBLISHED / "openapi.json"
BIN = Path(sys.executable).parent
LARGEST = 153_000
LOWEST_SCORE = 90
TYPESCRIPT = REPOSITORY / "clients" / "typescript"
REDOCLY = "@redocly/cli@2.77.0"


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """With the environment's own Node first: a machine's may be too old, or none."""
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | path | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The TypeScript client with its packages from npm, its types made, and Redocly beside it."""
    folder = tmp_path_factory.mktemp("node") / "typescript"
    shutil.copytree(TYPESCRIPT, folder, ignore=shutil.ignore_patterns("node_modules"))
    install = ("install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-save")
    run(BIN / "npm", *install, REDOCLY, folder=folder)
    run(BIN / "npm", "run", "types", folder=folder, ENTRYGO_DOCUMENT=str(DOCUMENT))
    return folder


def test_the_document_is_small_enough_to_be_read_whole() -> None:
    assert len(orjson.dumps(orjson.loads(DOCUMENT.read_bytes()))) <= LARGEST


@pytest.mark.parametrize("document", [DOCUMENT, PUBLISHED / "asyncapi.json"])
def test_redocly_finds_nothing_under_its_strict_rules(document: Path, node: Path) -> None:
    lint = ("lint", document, "--extends=recommended-strict", "--max-problems=20")
    run(node / "node_modules/.bin/redocly", *lint, folder=node)


def test_redocly_finds_it_ready_for_agents(node: Path) -> None:
    told = run(node / "node_modules/.bin/redocly", "score", DOCUMENT, "--format=json", folder=node)
    score = json.loads(told)
    assert score["agentReadiness"] >= LOWEST_SCORE, score["hotspots"]


def test_agent_ready_finds_it_ready_for_agents(tmp_path: Path) -> None:
    run(BIN / "agent-ready", DOCUMENT, f"--min-score={LOWEST_SCORE}", folder=tmp_path)


def test_the_typescript_client_is_typed_by_the_document_and_keeps_the_retry_rule(
    node: Path,
) -> None:
    run(BIN / "npm", "run", "check", folder=node)
    run(BIN / "npm", "test", folder=node)


async def test_the_typescript_readmes_example_drives_the_whole_loop(shop: Shop, node: Path) -> None:
    (shown,) = (block.text for block in blocks(node / "README.md") if block.language == "ts")
    assert shown == (node / "examples" / "loop.ts").read_text()
    given = {
        "ENTRYGO_API_KEY": shop.account.key,
        "ENTRYGO_API_URL": str(shop.http.base_url).rstrip("/"),
    }

    told = await asyncio.to_thread(lambda: run("node", "examples/loop.ts", folder=node, **given))

    assert "commercial_customs_invoice.html" in told
    assert "COMPLETED cp_" in told


async def test_a_client_generated_for_python_drives_the_whole_loop(
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
