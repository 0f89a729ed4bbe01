"""The processes that are measured: started here, their CPU and memory read from /proc."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Process:
    name: str
    url: str
    popen: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.popen.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def resident_mb(self) -> float:
        pages = Path(f"/proc/{self.popen.pid}/statm").read_text().split()[1]
        return int(pages) * _PAGE_KB / 1024

    def peak_mb(self) -> float:
        status = Path(f"/proc/{self.popen.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def stop(self) -> None:
        self.popen.terminate()
        self.popen.wait(60)


def start(name: str, command: Sequence[str | Path], environment: Mapping[str, str]) -> Process:
    """Starts it on a free port and waits until `/readyz` answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    values = dict(os.environ) | dict(environment) | {"ENTRYGO_HTTP_PORT": str(port)}
    popen = subprocess.Popen(command, env=values, stdout=subprocess.DEVNULL)
    for _ in range(600):
        if popen.poll() is not None:
            raise SystemExit(f"{name} ended with {popen.returncode}")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):  # noqa: S310  # our own address
                return Process(name, url, popen)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"{name} does not become ready")
