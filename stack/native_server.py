"""One server of the native stack: how it is started, asked and ended."""

import hashlib
import json
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack import native_root
from stack.paths import StackFolder


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Server:
    """One server process."""

    name: str
    user: str
    ports: tuple[str, ...]
    command: list[str]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    given: str = ""  # what else it read when it started
    prepare: Callable[[], None] = _nothing
    once_ready: Callable[[], None] = _nothing
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 20

    def fingerprint(self) -> str:
        text = json.dumps([self.command, sorted(self.environment.items()), self.given])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def own(folder: StackFolder, server: str, user: str) -> Path:
    """The server's data folder, made for its user."""
    data = folder.data / server
    data.mkdir(parents=True, exist_ok=True)
    uid, gid = ids(user)
    data.chmod(0o750)
    if data.stat().st_uid != uid:
        subprocess.run(["chown", "-R", f"{uid}:{gid}", str(data)], check=True)
    return data


def ids(user: str) -> tuple[int, int]:
    """Of the root's user: its numbers need not be this machine's."""
    for line in (native_root.root() / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == user:
            return int(fields[2]), int(fields[3])
    raise LookupError(user)
