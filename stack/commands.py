"""Runs the installation's commands: into a log, with a sign of life on the screen."""

import shutil
import subprocess
import time
from pathlib import Path

from stack import paths
from stack.output import StackError, last_lines, say

BEAT_SECONDS = 15


def succeeds(command: list[str], environment: dict[str, str]) -> bool:
    with log_file().open("ab") as log:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                              stderr=subprocess.STDOUT, check=False)  # fmt: skip
    return done.returncode == 0


def run(command: list[str], environment: dict[str, str]) -> None:
    """Runs one command into the log; a sign of life on the screen while it takes long."""
    begun = time.monotonic()
    with log_file().open("ab") as log:
        # Not closed, so that the command holds the installation's lock too.
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT, close_fds=False)  # fmt: skip
        while process.poll() is None:
            try:
                process.wait(timeout=BEAT_SECONDS)
            except subprocess.TimeoutExpired:
                say(f"      still at it after {time.monotonic() - begun:.0f} s")
    if process.returncode != 0:
        raise StackError(
            f"a step failed (exit {process.returncode}); the end of {log_file()}:\n"
            f"{last_lines(log_file())}\n  Run the same command again: it goes on where it stopped."
        )


def log_file() -> Path:
    log = paths.native() / "install.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    return log


def remove(folder: Path) -> None:
    """Removes a folder of ours, after unmounting whatever someone may have mounted in it."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        where = line.split()[1].replace("\\040", " ")
        if Path(where).is_relative_to(folder):
            subprocess.run(["umount", "--lazy", where], check=False)
    if folder.exists():
        shutil.rmtree(folder)
