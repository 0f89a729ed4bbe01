"""A short run of the nemesis: the faults that need no servers of their own (make chaos has all)."""

import sys
from pathlib import Path

import pytest
from stack.servers import Addresses

from chaos.history import History
from chaos.report import told
from chaos.run import run
from chaos.schedule import Plan
from chaos.stage import stage_on

pytestmark = pytest.mark.e2e

SHORT = Plan(seed=131, exports=10, rounds=1, most=3)  # one of the frozen, which take long


async def test_faults_on_processes_links_and_messages_lose_nothing_and_do_nothing_twice(
    servers: Addresses, tmp_path: Path
) -> None:
    async with stage_on((servers, None), tmp_path, SHORT.seed, each=2) as stage:
        report = await run(SHORT, stage, History(sys.stdout))

    assert not report.history.violations, told(report, tmp_path)
    assert sum(report.faults.values()) > 0
