"""What a person sees: one line a step, the time it took, colours on a terminal only."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LAST_LINES = 15
LINE_WIDTH = 300


class StackError(Exception):
    """Something a person can mend; the message says how."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def paint(text: str, code: str) -> str:
    if sys.stderr.isatty() and "NO_COLOR" not in os.environ:
        return f"\033[{code}m{text}\033[0m"
    return text


def good(text: str) -> str:
    return paint(text, "32")


def bad(text: str) -> str:
    return paint(text, "31")


def faint(text: str) -> str:
    return paint(text, "2")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announces a step when it starts and tells its time when it ends."""
    say(f"  {title} ...")
    begun = time.monotonic()
    yield
    say(f"  {title} {good('done')} {faint(f'({time.monotonic() - begun:.1f} s)')}")


def last_lines(path: Path, count: int = LAST_LINES) -> str:
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"    {line[:LINE_WIDTH]}" for line in lines[-count:])


def table(rows: list[dict[str, Any]], columns: list[str]) -> str:
    """Aligned columns under their names."""
    cells = [columns, *[[str(row.get(column, "")) for column in columns] for row in rows]]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )
