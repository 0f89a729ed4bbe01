"""Processes that outlive the command that started them, known by id and start time.

Nothing is ever found by name: only what one of these records names is signalled, and only
while the start time still agrees, so a process that got a dead one's id is left alone.
"""

import json
import os
import select
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

LOG_LIMIT = 20_000_000


@dataclass(frozen=True)
class Record:
    """What a pid file holds."""

    pid: int
    started: str
    port: int
    # Differs when the process would be started otherwise today, so that it is started anew.
    fingerprint: str


def start_time(pid: int) -> str | None:
    """When the process started, unlike any other's of this id; None when it is gone."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    # The name in parentheses may hold anything, blanks and parentheses too.
    fields = stat.rpartition(")")[2].split()
    state, ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{boot}/{ticks}"


def alive(record: Record | None) -> bool:
    return record is not None and start_time(record.pid) == record.started


def read(pid_file: Path) -> Record | None:
    """The record, also of a dead process; None where there is none that can be read."""
    try:
        return Record(**json.loads(pid_file.read_text()))
    except (OSError, ValueError, TypeError):
        # A write that was cut short: what it would have named is unknown, so nothing of ours.
        return None


def running(pid_file: Path) -> Record | None:
    record = read(pid_file)
    return record if alive(record) else None


@dataclass(frozen=True)
class Launch:
    """One process to start."""

    command: list[str]
    environment: Mapping[str, str]
    pid_file: Path
    log: Path
    port: int
    fingerprint: str = ""


# Becomes the command once it is told to; never, if who started it died before it was recorded.
_GATED = 'read -r _ && exec "$0" "$@" </dev/null'


def start(launch: Launch) -> Record:
    """Starts it in a session of its own, so that a terminal's Ctrl-C does not reach it."""
    _turn_over(launch.log)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    gate, key = os.pipe()
    try:
        pid = os.posix_spawnp(
            "sh",
            ["sh", "-c", _GATED, *launch.command],
            launch.environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, gate, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(launch.log), flags, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
            setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGPIPE],
        )
        record = Record(pid, start_time(pid) or "gone", launch.port, launch.fingerprint)
        draft = launch.pid_file.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(record)))
        draft.replace(launch.pid_file)
        os.write(key, b"\n")
    finally:
        os.close(key)
        os.close(gate)
    return record


def stop(pid_files: list[Path], grace: float, how: signal.Signals = signal.SIGTERM) -> None:
    """Asks all to end at once, waits together, and kills what is still there after the grace."""
    handles = {pid_file: _signal(read(pid_file), how) for pid_file in pid_files}
    until = time.monotonic() + grace
    for pid_file, handle in handles.items():
        if handle is not None:
            if not _ended(handle, until - time.monotonic()):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                _ended(handle, 10)
            os.close(handle)
        pid_file.unlink(missing_ok=True)


def _signal(record: Record | None, how: signal.Signals) -> int | None:
    """Signals through a handle: between look and signal the id cannot become another's."""
    if record is None:
        return None
    try:
        handle = os.pidfd_open(record.pid)
    except ProcessLookupError:
        return None
    if alive(record):
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, how)
            return handle
    os.close(handle)
    return None


def _ended(handle: int, seconds: float) -> bool:
    return bool(select.select([handle], [], [], max(seconds, 0))[0])


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.old"))
