"""The invoices' lines for spreadsheets and reconciliation: RFC 4180, UTF-8, safe to open.

A text cell that a spreadsheet would take for a formula is led by an apostrophe, as is a cell that
itself begins with one: so stripping one leading apostrophe gives every cell back.
"""

import csv
import io
import re
from collections.abc import Iterable

from executor.artifacts.base import RenderedFile, artifact
from executor.artifacts.facts import CustomsPackage, Invoice, Line
from shared.money import decimal, kilograms

COLUMNS = (
    "invoiceNumber", "lineNumber", "htsCode", "countryOfOrigin", "sku", "description", "material",
    "manufacturerName", "mid", "quantity", "uom", "htsQuantity", "htsUnit", "netWeightKg",
    "unitValue", "lineValue", "currency", "agencyFlags", "programFlags", "orderIds", "orderCount",
    "notice",
)  # fmt: skip

# A spreadsheet's cell ends at 32,767 characters, and some break the row there: the JSON has all.
MAX_LISTED_ORDERS = 500

# Full-width forms are formulas too in spreadsheets of some East Asian locales.
_FORMULA = re.compile(r"[=+\-@'\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@artifact("cci_csv", "commercial_customs_invoice.csv", "text/csv; charset=utf-8; header=present")
def invoice_csv(package: CustomsPackage, _: tuple[RenderedFile, ...]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for invoice in package.invoices:
        for line in invoice.lines:
            writer.writerow([safe_cell(cell) for cell in _row(invoice, line, package.notice)])
    return text.getvalue().encode()


def safe_cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _row(invoice: Invoice, line: Line, notice: str | None) -> tuple[str, ...]:
    product, maker = line.product, line.product.manufacturer
    return (
        invoice.number,
        str(line.number),
        product.hts_code or "",
        product.country_of_origin or "",
        product.sku or "",
        product.description or "",
        _listed(
            f"{part.name} {decimal(part.percent_hundredths)}%" for part in product.materials or ()
        ),
        maker.name if maker else "",
        (maker.mid or "") if maker else "",
        str(line.quantity),
        line.quantity_unit,
        _listed(part.quantity or "" for part in line.hts_quantities),
        _listed(part.unit for part in line.hts_quantities),
        "" if line.net_weight_grams is None else kilograms(line.net_weight_grams),
        line.unit_value.text,
        line.line_value.text,
        "USD",
        _listed(line.agencies),
        _listed(line.programmes),
        _orders(line.order_ids),
        str(len(line.order_ids)),
        notice or "",
    )


def _orders(order_ids: tuple[str, ...]) -> str:
    unlisted = len(order_ids) - MAX_LISTED_ORDERS
    rest = (f"and {unlisted} more",) if unlisted > 0 else ()
    return _listed((*order_ids[:MAX_LISTED_ORDERS], *rest))


def _listed(parts: Iterable[str]) -> str:
    return "; ".join(parts)
