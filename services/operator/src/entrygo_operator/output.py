"""What a person reads, and what a program reads: tables, or JSON with `--json`."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shared.clock import timestamp
from shared.contracts.errors import Refusal


@dataclass(frozen=True)
class Answer:
    """What a command answers: the value for a program, and how a person is shown it."""

    value: Any
    show: Callable[[], None]


def print_json(value: Any) -> None:  # noqa: ANN401  # any JSON value
    options = orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE
    sys.stdout.write(orjson.dumps(value, default=timestamp, option=options).decode())


def rows(
    found: Sequence[dict[str, Any]],
    columns: Sequence[str],
    *,
    none: str,
    widest: int | None = None,
) -> Answer:
    """Rows; people see these columns as a table, a cell cut off at `widest`."""

    def show() -> None:
        if not found:
            say(none)
            return
        table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in found:
            table.add_row(*(Text(_cell(row.get(column))[:widest]) for column in columns))
        _console().print(table)

    return Answer(list(found), show)


def record(found: dict[str, Any], *, note: str = "") -> Answer:
    """One record; people see lines of path and value, and the note."""

    def show() -> None:
        print_record(found)
        if note:
            say(note, "bold")

    return Answer(found, show)


def print_record(found: dict[str, Any]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for path, value in _flat(found):
        table.add_row(Text(path, style="dim"), Text(_cell(value)))
    _console().print(table)


def say(text: str, style: str = "") -> None:
    _console().print(Text(text, style=style), soft_wrap=True)


def print_error(refusal: Refusal) -> None:
    """The error envelope, on the error stream."""
    sys.stderr.write(orjson.dumps(refusal.envelope()).decode() + "\n")


def _console() -> Console:
    # Wide enough for ids where the output goes into a pipe or a file.
    return Console() if sys.stdout.isatty() else Console(width=220)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(one) for one in value) or "-"
    return str(value)


def _flat(record: dict[str, Any], path: str = "") -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = []
    for key, value in record.items():
        if isinstance(value, dict):
            lines += _flat(value, f"{path}{key}.")
        else:
            lines.append((f"{path}{key}", value))
    return lines
