"""make chaos SEED=n EXPORTS=500: faults against a stack of its own, and the judgement.

Exit code 1 when something did not hold, 2 when the run itself failed.
"""

import argparse
import asyncio
import logging
import os
import shutil
import sys
from pathlib import Path

from stack.output import StackError
from stack.paths import StackFolder

from chaos.history import History
from chaos.own import own_servers
from chaos.report import told
from chaos.run import Report, log_file, run
from chaos.schedule import Plan
from chaos.stage import stage_on


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exports", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3, help="each fault at least so often")
    parser.add_argument("--only", default="", help="faults whose name holds this")
    parser.add_argument("--each", type=int, default=2, help="replicas of every service")
    parser.add_argument("--name", default=os.environ.get("ENTRYGO_CHAOS_STACK", "chaos"))
    options = parser.parse_args()
    logs = StackFolder(options.name).path / "chaos"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    logging.getLogger("aiormq").setLevel(logging.CRITICAL)  # each lost connection, at length
    plan = Plan(options.seed, options.exports, options.rounds, only=options.only)
    try:
        report = asyncio.run(_run(plan, options.name, options.each, logs))
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print(told(report, logs))
    return 1 if report.history.found else 0


async def _run(plan: Plan, name: str, each: int, logs: Path) -> Report:
    with log_file(logs, plan.seed).open("w") as log:
        async with (
            own_servers(StackFolder(name)) as servers,
            stage_on(servers, logs, plan.seed, each) as stage,
        ):
            return await run(plan, stage, History(log))


if __name__ == "__main__":
    sys.exit(main())
