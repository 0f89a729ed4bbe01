"""Which column holds what: ours for Shopify and WooCommerce, or a file of one's own."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from shpbndl.importing.tables import Table, Unreadable

OURS = ("shopify", "woocommerce")
_PARTY = ("name", "addressLines", "city", "phone", "email", "taxId")
_MAKER = ("name", "addressLines", "city", "region", "postalCode", "country", "mid")
_WORDS = {
    "order": "externalId destinationCountry destinationRegion destinationPostalCode currency"
    " reasonForExport incoterm subtotal discount shipping",
    "line": "sku title quantity price total ships",
    "product": "sku title description htsCode countryOfOrigin unitValueUsd weightGrams adcvdCase"
    " casNumber",
}
_NESTED = {
    "order": {f"consignee.{name}" for name in _PARTY},
    "product": {f"manufacturer.{name}" for name in _MAKER},
}
FIELDS = {name: {*words.split(), *_NESTED.get(name, ())} for name, words in _WORDS.items()}
NEEDED = {
    "order": ("externalId", "destinationCountry"), "line": ("sku", "quantity"), "product": ("sku",),
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """Where a value is: in the first of the columns that holds something, in all, joined."""

    columns: tuple[str, ...]
    how: str = "first"
    text: str | None = None  # the same for each row

    def of(self, cells: Mapping[str, str]) -> list[str]:
        """The values, none where all cells are empty; of `all` each is one."""
        found = [cells[name] for name in self.columns if name in cells]
        if not found:
            return [self.text] if self.text else []
        if self.how == "join":
            return [" ".join(found)]
        return found if self.how == "all" else found[:1]


@dataclass(frozen=True)
class Map:
    """The fields of orders, lines and products by their paths, and which orders stand aside."""

    fields: Mapping[str, Mapping[str, Field]]
    leave_out: Mapping[str, list[str]]  # orders that are none, by column
    refuse: Mapping[str, list[str]]  # orders that a person must look at

    def section(self, name: str) -> Mapping[str, Field]:
        return self.fields.get(name, {})

    def check(self, table: Table, sections: Iterable[str]) -> None:
        """Raises Unreadable where a needed field has no column here, or a column is twice."""
        twice = {name for name in table.columns if name and table.columns.count(name) > 1}
        for section in sections:
            fields = self.section(section)
            for path, field in fields.items():
                if both := twice & set(field.columns):
                    raise Unreadable(f"{table.name} has the column {min(both)!r} twice")
                if path in NEEDED[section] and not _has(table, field):
                    raise Unreadable(
                        f"{table.name} has no column {_names(field)} ({section} {path});"
                        f" it has {', '.join(table.columns)}"
                    )
        if "line" in sections and not _priced(self.section("line"), table):
            raise Unreadable(f"{table.name} has no column of the line's price or total")


def load(name: str) -> Map:
    """Raises Unreadable."""
    try:
        if name in OURS:
            text = resources.files(__package__).joinpath("maps", f"{name}.toml").read_text("utf-8")
        else:
            text = Path(name).read_text("utf-8")
        found = tomllib.loads(text)
    except OSError as error:
        raise Unreadable(f"--map {name}: {error.strerror}; or one of {', '.join(OURS)}") from error
    except ValueError as error:
        raise Unreadable(f"--map {name}: {error}") from error
    aside = [found.pop(name, {}) for name in ("leave_out", "refuse")]
    fields = {section: _section(name, section, told) for section, told in found.items()}
    for section, needed in NEEDED.items():
        lacking = [path for path in needed if path not in fields.get(section, {})]
        if lacking and section != "product":
            raise Unreadable(f"--map {name}: [{section}] does not say where {lacking[0]} is")
    return Map(fields, *aside)


def _section(name: str, section: str, told: Mapping[str, Any]) -> dict[str, Field]:
    if section not in FIELDS:
        raise Unreadable(f"--map {name}: [{section}] is none of {', '.join(FIELDS)}")
    flat = dict(_flat(told))
    for path in flat:
        if path not in FIELDS[section]:
            known = ", ".join(sorted(FIELDS[section]))
            raise Unreadable(f"--map {name}: [{section}] {path} is none of {known}")
    return {path: _field(name, path, value) for path, value in flat.items()}


def _flat(told: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in told.items():
        if isinstance(value, dict) and not {"join", "all", "text"} & set(value):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _field(name: str, path: str, value: Any) -> Field:  # noqa: ANN401  # any TOML value
    if isinstance(value, str):
        return Field((value,))
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return Field(tuple(value))
    if isinstance(value, dict) and len(value) == 1:
        ((how, given),) = value.items()
        if how == "text" and isinstance(given, str):
            return Field((), text=given)
        if how in ("join", "all") and isinstance(given, list):
            return Field(tuple(map(str, given)), how)
    raise Unreadable(
        f"--map {name}: {path} is a column, a list of columns,"
        ' {join = [...]}, {all = [...]} or {text = "..."}'
    )


def _has(table: Table, field: Field) -> bool:
    return field.text is not None or any(name in table.columns for name in field.columns)


def _priced(fields: Mapping[str, Field], table: Table) -> bool:
    return any(_has(table, fields[path]) for path in ("price", "total") if path in fields)


def _names(field: Field) -> str:
    return " or ".join(repr(name) for name in field.columns)
