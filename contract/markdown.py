"""Markdown, as the made pages need it."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson


def example(shape: str, value: Any) -> str:  # noqa: ANN401  # any JSON value
    return f"```json {shape}\n{orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()}\n```\n"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(titles), _row(["---"] * len(titles)), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(each) for each in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
