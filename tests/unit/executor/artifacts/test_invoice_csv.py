"""The CSV opens in a spreadsheet as text and figures, and reads back as it was."""

import csv
import io

import pytest
from hypothesis import given

from executor.artifacts import RenderedFile, render_all
from executor.artifacts.invoice_csv import COLUMNS, MAX_LISTED_ORDERS, safe_cell
from support.any_snapshot import texts
from support.documents import an_identity
from support.snapshots import a_product, a_snapshot, an_order


def rendered(description: str) -> RenderedFile:
    products = [a_product(description=description)]
    return render_all(a_snapshot(products=products), an_identity())[1]


def only_row(file: RenderedFile) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(file.data.decode(), newline=""), strict=True)
    return row


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "\uff1d1+1"]
)
def test_what_a_spreadsheet_would_run_is_led_by_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12.50", "+3", "12.50", "6109.10.0012", "plain", "", "a=b"])
def test_numbers_and_plain_text_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@given(texts)
def test_a_neutralised_cell_never_begins_a_formula_and_can_be_undone(text: str) -> None:
    cell = safe_cell(text)

    number = cell.lstrip("+-").replace(".", "", 1).isdecimal()
    assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, f"'{text}")
    assert cell == text or cell.removeprefix("'") == text


def test_every_record_ends_with_crlf_and_the_header_comes_first() -> None:
    data = rendered('quotes " and, commas').data

    head, line, end = data.decode().split("\r\n")
    assert head == ",".join(COLUMNS)
    assert '"quotes "" and, commas"' in line
    assert end == ""


def test_a_formula_in_a_description_arrives_as_text() -> None:
    row = only_row(rendered('=HYPERLINK("https://evil.example")'))

    assert row["description"] == '\'=HYPERLINK("https://evil.example")'


def test_a_line_of_very_many_orders_lists_the_first_and_counts_all() -> None:
    orders = [an_order(f"A-{n:04d}") for n in range(MAX_LISTED_ORDERS + 20)]

    row = only_row(render_all(a_snapshot(orders), an_identity())[1])

    assert row["orderCount"] == str(len(orders))
    assert row["orderIds"].endswith("; and 20 more")
    assert len(row["orderIds"]) < 32_767  # the longest cell a spreadsheet holds
