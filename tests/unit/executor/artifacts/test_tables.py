"""A table survives spreadsheets of every locale: no formulas, no other figures, no lost zeros."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.artifacts.tables import figure, plain, safe_cell, table
from support.any_snapshot import texts

FORMULA = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20]")
SEPARATORS = [",", ";", "\t", ",;\t"]


def as_split(text: str, separators: str) -> list[list[str]]:
    """A spreadsheet's reading: quotes count at the start of a cell alone."""
    rows: list[list[str]] = [[]]
    cell, at_start, quoted = "", True, False
    marks = iter(enumerate(text))
    for place, mark in marks:
        if quoted and mark == '"' and text[place + 1 : place + 2] == '"':
            cell += mark
            next(marks)
        elif mark == '"' and (quoted or at_start):
            quoted = not quoted
        elif not quoted and mark in f"{separators}\n":
            rows[-1].append(cell.removesuffix("\r"))
            cell = ""
            if mark == "\n":
                rows.append([])
        else:
            cell += mark
        at_start = not quoted and not cell
    return rows[:-1]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "\uff1d1+1"]
)
def test_what_a_spreadsheet_would_run_is_led_by_an_apostrophe(text: str) -> None:
    assert safe_cell(text).startswith("'")
    assert plain(safe_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("towel;=1+1;@SUM(1)", "towel;'=1+1;'@SUM(1)"),
        ("towel; =1+1", "towel;' =1+1"),
        ("towel\t-1", "towel\t'-1"),
        ("two lines\n+1", "two lines\n'+1"),
        ('towel;"=1+1"', 'towel;\'"=1+1"'),
        ("towel;'=1", "towel;''=1"),
    ],
)
def test_what_a_spreadsheet_splits_off_begins_no_formula_either(text: str, cell: str) -> None:
    assert safe_cell(text) == cell
    assert plain(cell) == text


@pytest.mark.parametrize(
    "text",
    [
        "0902.10",
        "6912.00",
        "6912.10.12",
        "00123",
        "1-2",
        "3/4",
        "12:30",
        "1E5",
        "1234567890123456",
        "50%",
    ],
)
def test_a_text_that_a_spreadsheet_would_take_for_another_number_stays_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["6109.10.00.12", "plain", "", "a=b", "12345", "0", "A-1001"])
def test_what_no_spreadsheet_changes_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.one_of(texts, st.text(alphabet="=+-@'\";,\t\n\r 0a")))
def test_no_reading_of_any_text_begins_a_formula_and_each_can_be_undone(text: str) -> None:
    whole = table(["a", "b"], [["x", text], ["y", "z"]]).decode()

    for separators in SEPARATORS:
        cells = [cell for row in as_split(whole.lstrip("\ufeff"), separators) for cell in row]
        assert not [cell for cell in cells if FORMULA.match(cell.strip(' "'))]
    assert plain(safe_cell(text)) == text


def test_each_cell_is_quoted_and_each_record_ends_with_crlf() -> None:
    data = table(["a", "b"], [['quotes " and, commas', "1"]])

    assert data == b'"a","b"\r\n"quotes "" and, commas","1"\r\n'


def test_a_mark_leads_what_is_not_ascii_and_nothing_else() -> None:
    marked, unmarked = (table(["a"], [[name]]) for name in ("F\u00e1brica", "Fabrica"))

    assert marked.startswith(b"\xef\xbb\xbf")
    assert unmarked.isascii()
    (row,) = csv.DictReader(io.StringIO(marked.decode("utf-8-sig")))
    assert row == {"a": "F\u00e1brica"}


@pytest.mark.parametrize(
    ("exact", "printed"), [("0.700", "0.7000"), ("12.50", "12.50"), ("7", "7"), ("", "")]
)
def test_no_figure_has_three_decimals_which_a_decimal_comma_reads_as_thousands(
    exact: str, printed: str
) -> None:
    assert figure(exact) == printed
    assert table(["n"], [[printed]], ["n"]) == f'"n"\r\n"{printed}"\r\n'.encode()
