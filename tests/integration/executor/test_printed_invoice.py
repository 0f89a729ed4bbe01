"""An invoice of 500 lines as Chromium shows and prints it: nothing breaks, nothing is fetched."""

import re
from pathlib import Path

import pytest

from executor.artifacts import render_all
from support.chromium import pdf_pages, print_pdf, screenshot
from support.documents import an_identity
from support.snapshots import a_long_snapshot

LINES = 500
LINE = re.compile(r"^ *(\d+) +(6109(?:\.\d\d){3}) +CN +(SKU-\d{5}).* (\d+\.\d\d)$", re.MULTILINE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("invoice") / "invoice.html"
    path.write_bytes(render_all(a_long_snapshot(LINES), an_identity(test=True))[0].data)
    return path


@pytest.mark.parametrize("paper", ["A4", "letter"])
def test_no_row_is_broken_and_every_page_repeats_the_headings(
    page: Path, tmp_path: Path, paper: str
) -> None:
    print_pdf(page, tmp_path / "invoice.pdf", paper=paper)
    pages = pdf_pages(tmp_path / "invoice.pdf")

    numbers: list[int] = []
    for text in pages:
        rows = LINE.findall(text)
        numbers += [int(number) for number, *_ in rows]
        assert len(rows) == text.count("AD/CVD case: none"), "a row ends on another page"
        assert not rows or re.search(r"HTSUS +ORIGIN +GOODS", text), "a page without headings"
    assert numbers == list(range(1, LINES + 1))


def test_every_page_carries_its_number_the_plan_and_the_notice(page: Path, tmp_path: Path) -> None:
    print_pdf(page, tmp_path / "invoice.pdf", paper="A4")
    pages = pdf_pages(tmp_path / "invoice.pdf")

    for number, text in enumerate(pages, 1):
        assert f"Inv. 1, p. {number} of {len(pages)}" in text
        assert an_identity().plan_hash in text
        assert "TEST - NOT FOR ENTRY" in text


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_shown_at_desktop_and_phone_width(
    page: Path, tmp_path: Path, width: int
) -> None:
    image = tmp_path / "page.png"

    screenshot(page, image, width=width, height=1600)

    assert image.read_bytes().startswith(b"\x89PNG")
