"""A lock between processes that a killed holder cannot leave behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.output import say


@contextmanager
def locked(path: Path, waiting: str, *, handed_down: bool = False) -> Iterator[None]:
    """Holds the lock; says what it waits for when another process has it.

    Handed down, it is also held by the commands that were started under it and go on when
    their parent is killed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  waiting: {waiting}")
            fcntl.flock(file, fcntl.LOCK_EX)
        os.set_inheritable(file.fileno(), handed_down)
        yield
