"""Where gateway and planner spend their time on plans of five: the top of a flame graph, by py-spy.

Run when asked for alone: it looks into other processes, which mostly root may.
"""

import asyncio
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.load import drive
from benchmarks.processes import BIN
from benchmarks.requests import plans

_CLIENTS, _SECONDS, _MOST = 50, 12, 12


async def measure(bench: Bench) -> None:
    requests = plans(bench.seeded.order_ids[:1_000])
    await drive(bench.url, 10, requests, seconds=2.0)  # warm
    driving = asyncio.create_task(drive(bench.url, _CLIENTS, requests, seconds=_SECONDS + 3))
    names = ("gateway", "planner")
    found = await asyncio.gather(
        *(asyncio.to_thread(_sampled, bench.services[name].pid) for name in names)
    )
    rate = (await driving).rate
    for name, stacks in zip(names, found, strict=True):
        bench.report.heading(f"Top frames of the {name}, {_CLIENTS} clients, {rate:.0f} plans/s")
        for words, named in (("package", _package), ("function", _function)):
            own: Counter[str] = Counter()
            for frame, samples in stacks:
                own[named(frame)] += samples
            whole = sum(own.values())
            rows = [[what, f"{its * 100 / whole:.1f}"] for what, its in own.most_common(_MOST)]
            bench.report.table([words, "own %"], rows)
            bench.report.say("")


def _sampled(pid: int) -> list[tuple[str, int]]:
    """The innermost frame of each stack that was seen, and how often it was."""
    options = ["--gil", "--function", "--rate", "200", "--duration", str(_SECONDS)]
    with tempfile.NamedTemporaryFile(suffix=".raw") as file:
        command = [
            str(BIN / "py-spy"),
            "record",
            "--format",
            "raw",
            "--output",
            file.name,
            *options,
        ]
        done = subprocess.run([*command, "--pid", str(pid)], capture_output=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"py-spy: {done.stderr.decode()[-500:]}")
        lines = Path(file.name).read_text(encoding="utf-8").splitlines()
    pairs = (line.rpartition(" ") for line in lines)
    return [(stack.rpartition(";")[2], int(samples)) for stack, _, samples in pairs]


def _package(frame: str) -> str:
    path = frame.rpartition(" (")[2].rpartition(":")[0]
    return path.partition("/")[0].removesuffix(".py") or "Python"


def _function(frame: str) -> str:
    function, _, place = frame.rpartition(" (")
    return f"{function} ({place.rpartition(':')[0]})"
