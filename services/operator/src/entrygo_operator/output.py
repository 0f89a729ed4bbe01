"""What a person reads, and what a program reads: tables, or JSON with `--json`."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from shared.clock import timestamp
from shared.contracts.errors import Refusal

# Controls beyond those that JSON escapes, what has no width, and what turns the order of others.
_ACTIVE: Final = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_WHOLE: Final = 10_000  # as wide as a table wants to be: in a pipe or a file nothing is folded
_CONTROLS: Final = {code: f"\\u{code:04x}" for code in range(0x20)}


@dataclass(frozen=True)
class Answer:
    """What a command answers: the value for a program, and how a person is shown it."""

    value: Any
    shown: Sequence[RenderableType]
    failed: bool = False  # what was asked is not as it should be: printed, and exit 1


def to_json(value: Any) -> str:  # noqa: ANN401  # any JSON value
    options = orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATETIME
    return _inert(orjson.dumps(value, default=timestamp, option=options).decode())


def show(*shown: RenderableType) -> None:
    console = Console() if sys.stdout.isatty() else Console(width=_WHOLE)
    for one in shown:
        console.print(one, soft_wrap=True)


def rows(
    found: Sequence[dict[str, Any]],
    columns: Sequence[str],
    *,
    none: str,
    widest: int | None = None,
) -> Answer:
    """Rows; people see these columns, on a terminal each cell cut off at `widest`."""
    return Answer(list(found), [Rows(found, columns, widest) if found else Text(none)])


@dataclass(frozen=True)
class Rows:
    """A table where it fits; where it does not, each row in lines of `column value`, all whole."""

    found: Sequence[dict[str, Any]]
    columns: Sequence[str]
    widest: int | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        widest = self.widest if console.is_terminal else None
        cells = [[_cell(row.get(name))[:widest] for name in self.columns] for row in self.found]
        table = Table(*self.columns, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in cells:
            table.add_row(*map(Text, row))
        natural = Measurement.get(console, options.update(width=_WHOLE), table).maximum
        if natural <= options.max_width:
            yield table
            return
        for row in cells:
            named = [f"{name} {cell}" for name, cell in zip(self.columns, row, strict=True)]
            yield Text(_lines(named, options.max_width))
            yield Text()


def _lines(parts: Sequence[str], width: int) -> str:
    """As many parts a line as fit; the further lines are indented."""
    lines = [""]
    for part in parts:
        begun = lines[-1].strip()
        if begun and len(lines[-1]) + 2 + len(part) > width:
            lines.append(f"  {part}")
        else:
            lines[-1] += f"  {part}" if begun else part
    return "\n".join(lines)


def record(found: dict[str, Any], *more: RenderableType) -> Answer:
    """One record; people see lines of path and value, and what is said beside it."""
    return Answer(found, [facts(found), *more])


def facts(found: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for path, value in _flat(found):
        table.add_row(Text(path, style="dim"), Text(_cell(value)))
    return table


def print_error(refusal: Refusal) -> None:
    """The error envelope, on the error stream."""
    sys.stderr.write(_inert(orjson.dumps(refusal.envelope()).decode()) + "\n")


def _inert(text: str) -> str:
    """What a terminal would act upon, as its number: JSON stays the same JSON."""
    return _ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(one) for one in value) or "-"
    if isinstance(value, dict):
        return " ".join(_cell(one) for one in value.values())
    return _inert(str(value).translate(_CONTROLS))


def _flat(record: dict[str, Any], path: str = "") -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = []
    for key, value in record.items():
        if isinstance(value, dict):
            lines += _flat(value, f"{path}{key}.")
        else:
            lines.append((f"{path}{key}", value))
    return lines
