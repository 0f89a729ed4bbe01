"""A lock between processes that a killed holder cannot leave behind."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.output import say


@contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Holds the lock; says what it waits for when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  waiting: {waiting}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
