"""The USITC's published tariff table, read whole or refused whole.

Columns (CSV) or keys (JSON) as the Commission exports them. A row with ten digits is a statistical
number; rows with fewer, or none, are the headings of an indent, and its description is read under
theirs.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypedDict

from shared.canonical import content_hash

COLUMNS = ("HTS Number", "Indent", "Description", "Unit of Quantity")
KEYS = ("htsno", "indent", "description", "units")  # the same in JSON
DEEPEST = 20
_NUMBER = re.compile(r"\d{4}(\.\d\d(\.\d\d(\.\d\d)?)?)?")


class Number(TypedDict):
    """One ten-digit number: its units of quantity, and its description from the heading down."""

    units: list[str]
    description: str


@dataclass(frozen=True)
class TariffTable:
    """`hash` names the table by its content; `headings` are the numbers by four-digit heading."""

    hash: str
    count: int
    headings: dict[str, dict[str, Number]]


class BadTariffFile(Exception):
    """The file is no tariff table; nothing of it is taken."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


def read_table(data: bytes) -> TariffTable:
    """The table in a file, in either of the Commission's forms.

    Raises:
        BadTariffFile: with the number of the first line, or entry, that is not as it must be.
    """
    text = _decoded(data)
    rows = _entries(text) if text.lstrip().startswith("[") else _lines(text)
    numbers: dict[str, Number] = {}
    above: list[str] = []
    line = 1
    for line, row in rows:
        code, indent, description, units = _checked(row, line)
        above = [*above[:indent], description]
        if len(code) == 10:  # noqa: PLR2004  # a statistical number has ten digits
            if code in numbers:
                raise BadTariffFile(line, f"{code} is there twice")
            numbers[code] = {"units": units, "description": " > ".join(above)}
    if not numbers:
        raise BadTariffFile(line, "there is no ten-digit number in it")
    return TariffTable(content_hash(numbers), len(numbers), _by_heading(numbers))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_header(next(rows, []))
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise BadTariffFile(rows.line_num, str(error)) from error


def _entries(text: str) -> Iterator[tuple[int, list[str]]]:
    """The JSON export: an array of objects; counted by entry, since it may stand in one line."""
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise BadTariffFile(getattr(error, "lineno", 1), str(error)) from error
    for place, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or not entry.keys() >= set(KEYS):
            raise BadTariffFile(place, f"an entry must have {', '.join(KEYS)}")
        *texts, units = (entry[key] for key in KEYS)
        yield place, [*(str(each or "") for each in texts), json.dumps(units or [])]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTariffFile(data.count(b"\n", 0, error.start) + 1, "not UTF-8") from error


def _check_header(header: list[str]) -> None:
    if tuple(header[: len(COLUMNS)]) != COLUMNS:
        raise BadTariffFile(1, f"the columns must begin with {', '.join(COLUMNS)}")


def _checked(row: list[str], line: int) -> tuple[str, int, str, list[str]]:
    if len(row) < len(COLUMNS):
        raise BadTariffFile(line, f"{len(row)} columns instead of at least {len(COLUMNS)}")
    number, indent, description, units = (cell.strip() for cell in row[: len(COLUMNS)])
    if number and not _NUMBER.fullmatch(number):
        raise BadTariffFile(line, f"{number!r} is no HTS number")
    if not (indent.isascii() and indent.isdigit() and int(indent) <= DEEPEST):
        raise BadTariffFile(line, f"{indent!r} is no indent")
    return number.replace(".", ""), int(indent), description.rstrip(":"), _units(units, line)


def _units(cell: str, line: int) -> list[str]:
    try:
        units: Any = json.loads(cell or "[]")
    except ValueError:
        units = None
    if not isinstance(units, list) or not all(isinstance(unit, str) for unit in units):
        raise BadTariffFile(line, f"{cell!r} is no list of units")
    return units


def _by_heading(numbers: dict[str, Number]) -> dict[str, dict[str, Number]]:
    headings: dict[str, dict[str, Number]] = {}
    for code in sorted(numbers):
        headings.setdefault(code[:4], {})[code] = numbers[code]
    return headings
