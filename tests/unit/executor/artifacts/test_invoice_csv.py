"""The CSV opens in a spreadsheet as text and figures, and reads back as it was."""

import csv
import io

import pytest

from executor.artifacts import RenderedFile, render_all
from executor.artifacts.invoice_csv import MAX_LISTED_ORDERS
from support.documents import an_identity
from support.snapshots import a_line, a_product, a_snapshot, an_order


def rendered(description: str) -> RenderedFile:
    products = [a_product(description=description)]
    return render_all(a_snapshot(products=products), an_identity())[1]


def only_row(file: RenderedFile) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline=""), strict=True)
    return row


def test_a_weight_stands_in_grams_beside_kilograms_that_no_locale_reads_otherwise() -> None:
    row = only_row(render_all(a_snapshot([an_order("A-1", a_line(quantity=4))]), an_identity())[1])

    assert (row["netWeightKg"], row["netWeightGrams"]) == ("0.7200", "720")


@pytest.mark.parametrize(("number", "cell"), [("0902.10", "'0902.10"), ("691200", "'6912.00")])
def test_a_short_tariff_number_stays_text(number: str, cell: str) -> None:
    products = [a_product(htsCode=number)]

    row = only_row(render_all(a_snapshot(products=products), an_identity())[1])

    assert row["htsCode"] == cell


def test_what_is_listed_in_a_cell_is_joined_by_no_separator() -> None:
    materials = [{"name": "cotton", "percentHundredths": 6000}]
    materials.append({"name": "=1+2", "percentHundredths": 4000})

    row = only_row(
        render_all(a_snapshot(products=[a_product(materials=materials)]), an_identity())[1]
    )

    assert row["material"] == "cotton 60.00% | =1+2 40.00%"


def test_a_formula_in_a_description_arrives_as_text() -> None:
    row = only_row(rendered('=HYPERLINK("https://evil.example")'))

    assert row["description"] == '\'=HYPERLINK("https://evil.example")'


def test_a_line_of_very_many_orders_lists_the_first_and_counts_all() -> None:
    orders = [an_order(f"A-{n:04d}") for n in range(MAX_LISTED_ORDERS + 20)]

    row = only_row(render_all(a_snapshot(orders), an_identity())[1])

    assert row["orderCount"] == str(len(orders))
    assert row["orderIds"].endswith(" | and 20 more")
    assert len(row["orderIds"]) < 32_767  # the longest cell a spreadsheet holds
