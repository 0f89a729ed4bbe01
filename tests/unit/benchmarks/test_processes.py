"""What a benchmark starts, and what it leaves."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from benchmarks.processes import cpu_seconds
from stack.paths import REPOSITORY

PROGRAM = """
import asyncio
from benchmarks.processes import run_to_the_end, running

async def main():
    async with running("child", ["sleep", "600"], {}, http=False) as child:
        print(child.pid, flush=True)
        await asyncio.sleep(600)

run_to_the_end(main())
"""
BUSY = "import sys\nwhile True: pass"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_benchmark_leaves_no_process(how: signal.Signals) -> None:
    with subprocess.Popen(  # our own program
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=REPOSITORY,
        text=True,
    ) as program:
        assert program.stdout is not None
        child = int(program.stdout.readline())
        assert Path(f"/proc/{child}").exists()

        program.send_signal(how)
        try:
            program.wait(60)
        finally:
            program.kill()

    assert program.returncode == 1
    assert not Path(f"/proc/{child}").exists()


def test_the_time_of_children_counts_as_their_parents() -> None:
    shell = f"{sys.executable} -c '{BUSY}' & wait"
    with subprocess.Popen(["/bin/sh", "-c", shell], start_new_session=True) as parent:
        try:
            until = time.monotonic() + 60
            while cpu_seconds({"parent": parent.pid})["parent"] < 0.2:
                assert time.monotonic() < until
                time.sleep(0.05)
        finally:
            os.killpg(parent.pid, signal.SIGKILL)
