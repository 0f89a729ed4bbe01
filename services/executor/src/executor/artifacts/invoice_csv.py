"""The invoices' lines for spreadsheets and reconciliation; how cells are written: tables.py."""

from collections.abc import Iterable
from typing import Final

from executor.artifacts.base import RenderedFile, artifact
from executor.artifacts.facts import CustomsPackage, Invoice, Line
from executor.artifacts.tables import JOINER, figure, table
from shared.money import USD, decimal, kilograms

COLUMNS = (
    "invoiceNumber", "lineNumber", "htsCode", "countryOfOrigin", "sku", "description", "material",
    "manufacturerName", "mid", "quantity", "uom", "htsQuantity", "htsUnit", "netWeightKg",
    "unitValue", "lineValue", "currency", "agencyFlags", "programFlags", "orderIds", "orderCount",
    "notice", "netWeightGrams", "unitValueMinor", "lineValueMinor",
    "secondaryHtsCode",
)  # fmt: skip
FIGURES: Final = frozenset({
    "lineNumber", "quantity", "htsQuantity", "netWeightKg", "unitValue", "lineValue", "orderCount",
    "netWeightGrams", "unitValueMinor", "lineValueMinor",
})  # fmt: skip

# A spreadsheet's cell ends at 32,767 characters, and some break the row there: the JSON has all.
MAX_LISTED_ORDERS = 500


@artifact("cci_csv", "commercial_customs_invoice.csv", "text/csv; charset=utf-8; header=present")
def invoice_csv(package: CustomsPackage, _: tuple[RenderedFile, ...]) -> bytes:
    lines = ((invoice, line) for invoice in package.invoices for line in invoice.lines)
    rows = (_row(invoice, line, package.notice) for invoice, line in lines)
    return table(COLUMNS, rows, FIGURES)


def _row(invoice: Invoice, line: Line, notice: str | None) -> tuple[str, ...]:
    product, maker, grams = line.product, line.product.manufacturer, line.net_weight_grams
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
        figure(str(line.quantity)),
        line.quantity_unit,
        _listed(figure(part.quantity or "") for part in line.hts_quantities),
        _listed(part.unit for part in line.hts_quantities),
        "" if grams is None else figure(kilograms(grams)),
        figure(line.unit_value.text),
        figure(line.line_value.text),
        invoice.currency or USD,
        _listed(line.agencies),
        _listed(line.programmes),
        _orders(line.order_ids),
        str(len(line.order_ids)),
        notice or "",
        "" if grams is None else str(grams),
        str(line.unit_value.minor),
        str(line.line_value.minor),
        product.secondary_hts_code or "",
    )


def _orders(order_ids: tuple[str, ...]) -> str:
    unlisted = len(order_ids) - MAX_LISTED_ORDERS
    rest = (f"and {unlisted} more",) if unlisted > 0 else ()
    return _listed((*order_ids[:MAX_LISTED_ORDERS], *rest))


def _listed(parts: Iterable[str]) -> str:
    return JOINER.join(parts)
