"""The entry lines as a table that a broker's software imports: one row a line of an entry.

Tariff numbers have no dots. Columns of agencies hold the data given, or say that one may ask.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from executor.artifacts.base import RenderedFile, artifact
from executor.artifacts.facts import CustomsPackage, Invoice, Line, Subtotal
from executor.artifacts.formats import shares
from executor.artifacts.tables import JOINER, figure, table
from shared.money import decimal, kilograms
from shared.prompts import ranges

AGENCIES: Final = (
    "AMS", "APHIS", "ATF", "CDC", "CPSC", "DEA", "EPA", "FCC", "FDA", "FSIS", "FWS", "NHTSA",
    "NMFS", "TTB",
)  # fmt: skip
_FIRST: Final = (
    "invoiceNumber", "unitId", "entryType", "entryLine", "htsCode", "secondaryHtsCode", "spi",
    "countryOfOrigin", "manufacturerName", "mid",
)  # fmt: skip
_CODES: Final = ("entryType", "htsCode", "secondaryHtsCode")  # written as they are, for programs
_FIGURES: Final = (
    "quantity1", "quantity2", "pieces", "enteredValueUsd", "goodsValueUsd", "enteredValueCents",
    "netWeightGrams", "grossWeightGrams", "grossWeightKg",
)  # fmt: skip
COLUMNS: Final = (
    *_FIRST, "quantity1", "uom1", "quantity2", "uom2", "pieces", "enteredValueUsd",
    "goodsValueUsd", "enteredValueCents", "netWeightGrams", "grossWeightGrams", "grossWeightKg",
    "headings", "adcvdCase", *AGENCIES, "description", "lines", "notice",
)  # fmt: skip
REVIEW: Final = "review"

Row = dict[str, str]


@artifact("entry_lines", "entry_lines.csv", "text/csv; charset=utf-8; header=present", beside=True)
def entry_lines(package: CustomsPackage, _: tuple[RenderedFile, ...]) -> bytes:
    rows = ([row.get(name, "") for name in COLUMNS] for row in _rows(package))
    return table(COLUMNS, rows, (*_FIGURES, *_CODES, "entryLine"))


def _rows(package: CustomsPackage) -> Iterator[Row]:
    places = [(i, n, each) for i in package.invoices for n, each in enumerate(i.subtotals, 1)]
    gross = _gross(package)
    for (invoice, number, each), grams in zip(places, gross, strict=True):
        lines = [invoice.lines[line - 1] for line in each.line_numbers]
        yield {
            **_named(invoice, number, each),
            **_amounts(each),
            **({} if grams is None else _weighed(grams)),
            **{agency: _of_agency(agency, lines) for agency in AGENCIES},
            "description": lines[0].product.description or "",
            "lines": f"lines {ranges(each.line_numbers)}",
            "notice": package.notice or "",
        }


def _gross(package: CustomsPackage) -> Sequence[int | None]:
    """The gross weight by net weights, an invoice's where it is its own.

    None where it, or one of these, was not given.
    """
    own = [invoice.gross_weight_grams for invoice in package.invoices]
    parts = [[each.net_weight_grams for each in invoice.subtotals] for invoice in package.invoices]
    if package.totals.lines_without_weight:
        return [None] * sum(map(len, parts))
    if all(own):
        return [
            share
            for gross, nets in zip(own, parts, strict=True)
            for share in shares(gross or 0, nets)
        ]
    nets = [net for part in parts for net in part]
    stated = package.shipment.gross_weight_stated
    return shares(package.shipment.gross_weight_grams, nets) if stated else [None] * len(nets)


def _named(invoice: Invoice, number: int, each: Subtotal) -> Row:
    return {
        "invoiceNumber": invoice.number,
        "unitId": invoice.unit_id,
        "entryType": invoice.entry_type,
        "entryLine": str(number),
        "htsCode": _undotted(each.hts_code),
        "secondaryHtsCode": _undotted(each.secondary_hts_code),
        "spi": each.special_program or "",
        "countryOfOrigin": each.country_of_origin or "",
        "manufacturerName": each.manufacturer or "",
        "mid": each.mid or "",
        "headings": JOINER.join(map(_undotted, each.headings)),
        "adcvdCase": each.adcvd_case or "",
    }


def _amounts(each: Subtotal) -> Row:
    row = {"pieces": str(each.quantity)}
    for place, part in enumerate(each.hts_quantities[:2], 1):
        row |= {f"quantity{place}": figure(part.quantity or ""), f"uom{place}": part.unit}
    if each.entered is not None and each.entered.cents is not None:
        cents = each.entered.cents
        row |= {"enteredValueUsd": decimal(cents), "enteredValueCents": str(cents)}
    if each.value.cents is not None:
        row["goodsValueUsd"] = decimal(each.value.cents)
    if not each.lines_without_weight:
        row["netWeightGrams"] = str(each.net_weight_grams)
    return row


def _weighed(grams: int) -> Row:
    return {"grossWeightGrams": str(grams), "grossWeightKg": figure(kilograms(grams))}


def _of_agency(agency: str, lines: Iterable[Line]) -> str:
    told, asked = dict[str, None](), False
    for line in lines:
        asked = asked or any(name.split()[0] == agency for name in line.agencies)
        for key, data in (line.product.pga or {}).items():
            if key.upper().split()[0] == agency:
                told |= dict.fromkeys(f"{name} {value}" for name, value in data.items())
    return JOINER.join(told) or (REVIEW if asked else "")


def _undotted(code: str | None) -> str:
    return "" if code is None else re.sub(r"(?<=\d)\.(?=\d)", "", code)
