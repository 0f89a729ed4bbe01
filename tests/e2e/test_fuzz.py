"""Schemathesis over the whole document, stateful, with all checks: no 5xx, nothing undocumented."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from shared.store import Store
from support.accounts import seed_account
from support.services import ALL, Cluster

pytestmark = pytest.mark.e2e

SECONDS = os.environ.get("ENTRYGO_FUZZ_SECONDS", "600" if os.environ.get("ENTRYGO_FUZZ") else "30")
SEED = os.environ.get("ENTRYGO_FUZZ_SEED", "1")
CONFIGURATION = Path(__file__).parents[1] / "support" / "schemathesis.toml"


async def test_fuzz_finds_nothing_that_the_document_does_not_say(
    cluster: Cluster, store: Store, tmp_path: Path
) -> None:
    await cluster.start(*ALL, GATEWAY_RATE_PER_SECOND="0", GATEWAY_BUSY_WAIT="PT0.1S")
    account = await seed_account(store)

    run = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"),
        f"--config-file={CONFIGURATION}",
        "run",
        f"{cluster.url}/docs/api/openapi",
        f"--header=Authorization: Bearer {account.key}",
        "--checks=all",
        f"--max-time={SECONDS}",
        f"--seed={SEED}",
        "--workers=1",  # two parse at once, which Python 3.11's ast does not survive
        f"--report-dir={tmp_path}",
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await run.communicate()

    assert run.returncode == 0, told.decode()[-20_000:]
