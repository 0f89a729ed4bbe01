"""Rows that belong together, as what the API takes; what is wrong with them, by row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shpbndl.importing import cells
from shpbndl.importing.cells import Doubtful
from shpbndl.importing.maps import Field, Map
from shpbndl.importing.tables import Row, Table

_LISTS = ("consignee.addressLines", "manufacturer.addressLines")
_CODES = ("htsCode", "sku")


@dataclass
class Draft:
    """One order or product of the file; `faults` keep it from being sent, `notes` do not."""

    reference: str
    rows: list[int]
    body: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    left_out: str = ""

    def fault(self, row: int, why: str) -> None:
        self.faults.append((row, why))


def grouped(table: Table, reference: Field, what: str) -> Iterator[tuple[Draft, list[Row]]]:
    """The rows of each reference, in the order of the file; a row without one is a fault."""
    found: dict[str, list[Row]] = {}
    for row in table.rows:
        name = next(iter(reference.of(row.cells)), "")
        if not name:
            draft = Draft("", [row.number])
            draft.fault(row.number, f"has no {what} ({' or '.join(reference.columns)})")
            yield draft, []
        found.setdefault(name, []).append(row)
    found.pop("", None)
    for name, rows in found.items():
        draft = Draft(name, [row.number for row in rows])
        try:
            cells.reference(name)
        except Doubtful as doubt:
            draft.fault(draft.rows[0], str(doubt))
            yield draft, []
            continue
        for row in rows:
            if row.extra:
                draft.fault(row.number, f"has {row.extra} cells more than the header")
        yield draft, rows


def together(draft: Draft, rows: list[Row], fields: Iterable[Field]) -> dict[str, str]:
    """The cells of all rows as one; where two rows say different things, that is a fault."""
    merged: dict[str, str] = {}
    columns = {name for each in fields for name in each.columns}
    for row in rows:
        for name in columns & row.cells.keys():
            if merged.setdefault(name, row.cells[name]) != row.cells[name]:
                draft.fault(
                    row.number, f"{name} is {row.cells[name]!r} here, {merged[name]!r} above"
                )
    return merged


def put(
    draft: Draft,
    merged: Mapping[str, str],
    fields: Mapping[str, Field],
    without: Iterable[str] = (),
) -> None:
    """The fields into the draft's body, nested as their paths say; empty cells put nothing."""
    for path, each in fields.items():
        values = each.of(merged)
        if not values or path in without:
            continue
        place = draft.body
        *outer, last = path.split(".")
        for name in outer:
            place = place.setdefault(name, {})
        found = value(draft, each, merged, _reader(path))
        if found is not None:
            place[last] = values if path in _LISTS else found


def value(
    draft: Draft, each: Field | None, found: Mapping[str, str], read: Callable[[str], Any]
) -> Any:  # noqa: ANN401  # what `read` makes of the cell
    """What a cell says, None where it is empty or in doubt; doubt is a fault of the first row."""
    text = next(iter(each.of(found)), None) if each else None
    if each is None or text is None:
        return None
    try:
        said = read(text)
    except Doubtful as doubt:
        draft.fault(draft.rows[0], f"{_column(each, found)}: {doubt}")
        return None
    if read is cells.amount and cells.has_decimal_comma(text):
        draft.notes.append((draft.rows[0], f"{text!r} was read as {said}"))
    return said


def products(table: Table, given: Map) -> list[Draft]:
    """Each SKU once, though an inventory has a row for each place where it lies."""
    fields = given.section("product")
    drafts = []
    for draft, rows in grouped(table, fields["sku"], "SKU"):
        if rows:
            merged = together(draft, rows, fields.values())
            put(draft, merged, fields)
            draft.body["externalId"] = draft.reference
        drafts.append(draft)
    return drafts


def _reader(path: str) -> Callable[[str], Any]:
    if path == "unitValueUsd":
        return cells.amount
    if path == "weightGrams":
        return cells.whole
    return cells.code if path in _CODES else str


def _column(each: Field, found: Mapping[str, str]) -> str:
    return next((name for name in each.columns if name in found), "")
