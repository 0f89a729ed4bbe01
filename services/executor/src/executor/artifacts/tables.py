"""Tables for spreadsheets and for programs: RFC 4180, every cell quoted, safe to open.

A spreadsheet of any locale opens them with a double click, and may split at semicolons and tabs
though the file is separated by commas; quotes do not hold it back. So no cell, and no part of one
after a semicolon, a tab or a line's end, begins as a formula does: an apostrophe is put before it,
and before an apostrophe that stands there. One leads a text, too, that a spreadsheet would take
for another number or a date (`0902.10`, `1-2`, `1E5`). `plain` takes them away again.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

JOINER: Final = " | "  # no locale's separator
# Excel takes a file without it for one in the local 8-bit code.
MARK: Final = "\ufeff"

_SPLIT: Final = r"[;\t\r\n]"
# Full-width forms are formulas too in spreadsheets of some East Asian locales.
_FORMULA: Final = re.compile(
    rf"""(?:^|(?<={_SPLIT}))(?=[\s"]*[=+\-@'\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r\n])"""
)
_NUMBER: Final = re.compile(r"(?!(?:[0-9]+\.){3})[$€£]?[0-9][0-9.,:/ eE%+-]*")
_SAME_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,14}")  # shown again as it was written


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], figures: Collection[str] = ()
) -> bytes:
    """The rows under their header; cells of the columns `figures` are written as they are.

    UTF-8; a byte order mark leads what is more than ASCII, and so could be read wrongly without.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    kept = [name in figures for name in columns]
    for row in rows:
        writer.writerow([c if k else safe_cell(c) for c, k in zip(row, kept, strict=True)])
    whole = text.getvalue()
    return (whole if whole.isascii() else f"{MARK}{whole}").encode()


def safe_cell(text: str) -> str:
    led = _FORMULA.sub("'", text)
    other = _NUMBER.fullmatch(led) and not _SAME_NUMBER.fullmatch(led)
    return f"'{led}" if other else led


def plain(cell: str) -> str:
    """The text that `safe_cell` was given."""
    return re.sub(rf"(^|{_SPLIT})'", r"\1", cell)


def figure(text: str) -> str:
    """The same figure, never with three decimals: a decimal comma's locale reads 0.700 as 700."""
    return f"{text}0" if re.fullmatch(r"-?[0-9]+\.[0-9]{3}", text) else text
