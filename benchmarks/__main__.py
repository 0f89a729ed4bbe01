"""`make bench`: EntryGo beside its peers, on servers of its own, in full durability.

What counts are the ratios of one run: the machine is shared and its speed drifts.
"""

import argparse
import asyncio
from pathlib import Path

from stack.servers import up

from benchmarks.bench import QUICK, SERVICES, UNSHARED, WHOLE, Bench, opened
from benchmarks.parts import ASKED_FOR, PARTS
from benchmarks.processes import run_to_the_end

RESULTS = Path(__file__).parent / "RESULTS.md"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"all, or some of {[*PARTS]}")
    parser.add_argument("--quick", action="store_true", help="some minutes; for a first look")
    parser.add_argument("--stack", default="bench", help="the name of its servers' stack")
    parser.add_argument("--write", type=Path, help="the file to write; a whole run: RESULTS.md")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no part is called {min(unknown)}; there are {', '.join(PARTS)}")
    return chosen


async def run(bench: Bench, names: list[str]) -> None:
    for name in names:
        await PARTS[name](bench)
    report = bench.report
    report.heading("Memory")
    report.say("The most that was resident at any moment of the run, and at its end:\n")
    ends = {name: bench.services[name].resident_mb() for name in SERVICES}
    most = {name: max(ends[name], bench.resident[name]) for name in SERVICES}
    rows = [[name, f"{most[name]:.0f}", f"{ends[name]:.0f}"] for name in SERVICES]
    report.table(["MB", "most", "at the end"], rows)
    report.found["memory"] = max(mb for name, mb in most.items() if name != "planner-large")
    report.targets()


async def main() -> None:
    chosen = arguments()
    servers = await asyncio.to_thread(up, chosen.stack)
    async with opened(servers, chosen.stack, QUICK if chosen.quick else WHOLE, **UNSHARED) as bench:
        await run(bench, chosen.parts or [name for name in PARTS if name not in ASKED_FOR])
        whole = not chosen.parts and not chosen.quick
        if path := chosen.write or (RESULTS if whole else None):
            bench.report.write(path, servers.versions)


if __name__ == "__main__":
    run_to_the_end(main())
