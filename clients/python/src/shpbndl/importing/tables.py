"""A CSV file as rows of cells, whoever wrote it: its delimiter, its byte order mark."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DELIMITERS = ",;\t"
_BLANKS = " \n\u200b\u200e\u200f\u2060\ufeff"


class Unreadable(Exception):
    """The file or the map as a whole; nothing was sent."""


@dataclass(frozen=True)
class Row:
    """One record by its number in a spreadsheet; cells that hold nothing are not there."""

    number: int
    cells: dict[str, str]
    extra: int = 0  # cells beyond the header's


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read(path: Path) -> Table:
    """Raises Unreadable, which says what to do about it."""
    text = _text(path)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = tuple(name.strip() for name in next(reader, []))
        rows = tuple(_rows(header, reader))
    except csv.Error as error:
        raise Unreadable(f"{path}, line {reader.line_num}: {error}") from error
    if not any(header):
        raise Unreadable(f"{path} has no header: its first row names the columns")
    return Table(path.name, header, rows)


def _rows(header: tuple[str, ...], records: Iterator[list[str]]) -> Iterator[Row]:
    for number, record in enumerate(records, start=2):
        pairs = zip(header, record, strict=False)
        cells = {name: value for name, cell in pairs if name and (value := _cell(cell))}
        if cells:
            yield Row(number, cells, extra=len([each for each in record[len(header) :] if each]))


def _cell(text: str) -> str:
    """As the API keeps text, without the apostrophe that holds a spreadsheet back from numbers."""
    found = re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFC", text)).strip(_BLANKS)
    return re.sub(r"^'(?=[0-9+=@-])", "", found)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from error
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{path} is no UTF-8 (byte {error.start + 1}); save it as `CSV UTF-8`"
        ) from error


def _delimiter(text: str) -> str:
    """That of the three which the header has most of, outside quotes."""
    quoted, counts = False, dict.fromkeys(DELIMITERS, 0)
    for character in text:
        if character == '"':
            quoted = not quoted
        elif character in "\r\n" and not quoted:
            break
        elif character in counts and not quoted:
            counts[character] += 1
    return max(counts, key=lambda each: counts[each])
