"""The processes that are measured: started here, and never left behind; read from /proc."""

import asyncio
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack import ports

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
_READY_SECONDS = 60
_GRACE_SECONDS = 40
BIN = Path(sys.executable).parent
# Another build's programs may be measured in place of ours.
PROGRAMS = Path(os.environ.get("ENTRYGO_PROGRAMS", BIN))


@dataclass(frozen=True)
class Process:
    name: str
    url: str
    pid: int

    def resident_mb(self) -> float:
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * _PAGE_KB / 1024

    def peak_mb(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


@asynccontextmanager
async def running(
    name: str, command: Sequence[str | Path], environment: Mapping[str, str], *, http: bool = True
) -> AsyncIterator[Process]:
    """Started on a free port, ready (`/readyz`, where it has HTTP), and ended on the way out."""
    port = ports.unused()
    url = f"http://127.0.0.1:{port}"
    values = dict(os.environ) | dict(environment) | {"ENTRYGO_HTTP_PORT": str(port)}
    # A session of its own: Ctrl-C reaches this program alone, which then ends what it started.
    # At once, not awaited: a cancelled start cannot leave a process that nobody knows.
    popen = subprocess.Popen(  # noqa: ASYNC220  # as said
        command, env=values, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        if http:
            await _ready(name, url, popen)
        yield Process(name, url, popen.pid)
    finally:
        popen.terminate()
        await asyncio.shield(asyncio.to_thread(_end, popen))


def run_to_the_end(program: Coroutine[Any, Any, None]) -> None:
    """Runs it; at SIGTERM and Ctrl-C what was started is ended on the way out."""

    async def stoppable() -> None:
        task = asyncio.create_task(program)
        # Ctrl-C too: a shell starts what is in its background with that one ignored.
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, task.cancel)
        await task

    try:
        asyncio.run(stoppable())
    except asyncio.CancelledError:
        sys.exit("stopped; what was started is ended, the servers go on")


def cpu_seconds(roots: Mapping[str, int]) -> dict[str, float]:
    """What each has used so far, by the same names, with its children, living and dead."""
    parents, ticks = {}, {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        parents[int(file.parent.name)] = int(fields[1])
        ticks[int(file.parent.name)] = sum(map(int, fields[11:15]))
    owners = {pid: name for name, pid in roots.items()}
    used = dict.fromkeys(roots, 0.0)
    for pid, its in ticks.items():
        above: int | None = pid
        while above is not None and above not in owners:
            above = parents.get(above)
        if above is not None:
            used[owners[above]] += its / _TICKS
    return used


async def _ready(name: str, url: str, popen: subprocess.Popen[bytes]) -> None:
    for _ in range(_READY_SECONDS * 10):
        if popen.poll() is not None:
            raise SystemExit(f"{name} ended with {popen.returncode}")
        if await asyncio.to_thread(_answers, f"{url}/readyz"):
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"{name} does not become ready")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # our own address
            return True
    except (urllib.error.URLError, OSError):
        return False


def _end(popen: subprocess.Popen[bytes]) -> None:
    try:
        popen.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        popen.kill()
        popen.wait()
