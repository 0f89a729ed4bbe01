"""The published tariff table: read whole, or refused whole with its line."""

import json
from typing import Any

import pytest

from entrygo_operator.tariff_table import BadTariffFile, read_table

HEADER = (
    "HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,"
    "Column 2 Rate of Duty,Quota Quantity,Additional Duties"
)
ROWS = (
    '"6110","0","Sweaters and similar articles, knitted or crocheted:","","","","","",""',
    '"6110.11.00","1","Of wool","","16%","","54.5%","",""',
    '"","2","Sweaters:","","","","","",""',
    '"6110.11.00.15","3","Men\'s (445)","[""doz."",""kg""]","","","","",""',
    '"6110.11.00.30","3","Women\'s (446)","[""doz."",""kg""]","","","","",""',
    '"9503.00.00.73","0","Toys","[""No.""]","Free","","70%","",""',
)


def a_file(*rows: str, header: str = HEADER) -> bytes:
    return "\ufeff".encode() + "\r\n".join((header, *(rows or ROWS), "")).encode()


def test_a_number_has_its_units_and_its_description_from_the_heading_down() -> None:
    table = read_table(a_file())

    assert table.count == 3
    assert table.headings["6110"]["6110110030"] == {
        "units": ["doz.", "kg"],
        "description": "Sweaters and similar articles, knitted or crocheted > Of wool > Sweaters"
        " > Women's (446)",
    }
    assert table.headings["9503"]["9503000073"]["description"] == "Toys"


def test_the_hash_names_the_content_and_not_the_file() -> None:
    same = read_table(a_file().replace(b"\r\n", b"\n").removeprefix("\ufeff".encode()))
    other = read_table(a_file(*ROWS[:-1]))

    assert same.hash == read_table(a_file()).hash
    assert other.hash != same.hash


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('"6110.11.00.1","1","Odd number","","","","","",""', "no HTS number"),
        ('"6110.11.00.99","x","Odd indent","","","","","",""', "no indent"),
        ('"6110.11.00.99","1","Odd units","No.","","","","",""', "no list of units"),
        ('"6110.11.00.15","3","Twice","[""doz.""]","","","","",""', "there twice"),
        ('"6110.11.00.99","1"', "2 columns"),
        ('"6110.11.00.99","1","Open quote', "unexpected end of data"),
    ],
)
def test_a_bad_row_is_named_by_its_line(row: str, why: str) -> None:
    with pytest.raises(BadTariffFile, match=f"^line (8|9): .*{why}"):
        read_table(a_file(*ROWS, row))


def test_bytes_that_are_no_text_are_named_by_their_line() -> None:
    with pytest.raises(BadTariffFile, match=r"^line 3: not UTF-8"):
        read_table(a_file().replace(b"Of wool", b"Of w\xffol", 1))


def test_another_kind_of_file_is_refused_at_its_first_line() -> None:
    with pytest.raises(BadTariffFile, match=r"^line 1: the columns must begin with HTS Number"):
        read_table(b"sku,price\nA,1\n")


@pytest.mark.parametrize("data", [b"", a_file('"6110","0","Only a heading","","","","","",""')])
def test_a_file_without_a_number_is_refused(data: bytes) -> None:
    with pytest.raises(BadTariffFile):
        read_table(data)


ENTRIES: list[dict[str, Any]] = [
    {"htsno": "6110", "indent": "0", "description": "Sweaters:", "superior": None, "units": []},
    {"htsno": "", "indent": "1", "description": "Of wool:", "superior": "true", "units": None},
    {"htsno": "6110.11.00.15", "indent": "2", "description": "Men's", "units": ["doz.", "kg"]},
]


def test_the_json_export_is_the_same_table_as_the_csv() -> None:
    rows = (
        '"6110","0","Sweaters:","","","","","",""',
        '"","1","Of wool:","","","","","",""',
        '"6110.11.00.15","2","Men\'s","[""doz."",""kg""]","","","","",""',
    )

    assert read_table(json.dumps(ENTRIES).encode()) == read_table(a_file(*rows))
    assert read_table(b"\xef\xbb\xbf" + json.dumps(ENTRIES, indent=1).encode()).count == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"htsno": "6110.1"}, "no HTS number"),
        ({"indent": "x"}, "no indent"),
        ({"units": "No."}, "no list of units"),
        ({"units": [1]}, "no list of units"),
    ],
)
def test_a_bad_entry_is_named_by_its_place(change: dict[str, Any], why: str) -> None:
    entries = [*ENTRIES[:2], ENTRIES[2] | change]

    with pytest.raises(BadTariffFile, match=f"^line 3: .*{why}"):
        read_table(json.dumps(entries).encode())


@pytest.mark.parametrize("data", [b"[", b"[]", b"[1]", b'[{"htsno": "6110"}]'])
def test_json_that_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(BadTariffFile):
        read_table(data)
