"""Files and cells as anybody may write them: read, or refused; never another value."""

import re
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shpbndl.importing import cells, tables
from shpbndl.importing.cells import Doubtful
from shpbndl.importing.tables import Unreadable

CENTS = st.integers(0, 10**11)


@given(st.text(alphabet="0123456789.,'-+e \u00a0$", max_size=12) | st.text(max_size=8))
def test_any_cell_is_an_amount_or_a_doubt(text: str) -> None:
    with suppress(Doubtful):
        assert cells.amount(text) >= 0


@given(CENTS)
def test_an_amount_is_the_same_however_it_is_written(cents: int) -> None:
    plain = f"{cents // 100}.{cents % 100:02}"
    grouped = f"{cents // 100:,}.{cents % 100:02}"

    for text in (plain, plain.replace(".", ","), grouped, grouped.translate({44: ".", 46: ","})):
        assert cells.amount(text) == Decimal(cents) / 100


@pytest.mark.parametrize(
    "text", ["1,234", "1.234", "1.000", "12.500", "12.345.678", "1,2345", "", "١٢", "1e3"]
)
def test_what_could_be_two_amounts_or_none_is_a_doubt(text: str) -> None:
    with pytest.raises(Doubtful):
        cells.amount(text)


@given(
    st.binary(max_size=60) | st.text(alphabet='ab",;\t\n\r\ufeff\0', max_size=40).map(str.encode)
)
def test_any_file_is_a_table_or_unreadable(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "orders.csv")
        file.write_bytes(content)
        with suppress(Unreadable):
            table = tables.read(file)
            assert all(row.cells.keys() <= set(table.columns) for row in table.rows)


@given(st.lists(st.text(alphabet="ab\xe9 ,;'\"x1", max_size=6), min_size=2, max_size=4))
def test_a_quoted_cell_is_read_as_it_was_written_with_any_delimiter(found: list[str]) -> None:
    for delimiter in tables.DELIMITERS:
        quoted = ['"' + cell.replace('"', '""') + '"' for cell in found]
        header = delimiter.join(f"c{at}" for at in range(len(found)))
        with TemporaryDirectory() as folder:
            file = Path(folder, "orders.csv")
            file.write_text(f"{header}\n{delimiter.join(quoted)}\n", encoding="utf-8-sig")
            rows = tables.read(file).rows

        words = [re.sub("^'(?=1)", "", " ".join(cell.split())) for cell in found]
        kept = {f"c{at}": word for at, word in enumerate(words) if word}
        assert (rows[0].cells if rows else {}) == kept
