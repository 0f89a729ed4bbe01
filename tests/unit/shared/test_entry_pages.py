"""One entry's invoice, cut out of the page of all: nothing of the others, and the same bytes."""

import re
from dataclasses import replace

from executor.artifacts import render_all
from executor.artifacts.base import RenderedFile
from shared.entry_pages import entry_pages, policy_hash
from support.documents import Page, an_identity, read_page
from support.snapshots import a_product, a_snapshot, an_order

ONLY = an_order("A-1"), an_order("A-2"), an_order("A-3")
SNAPSHOT = a_snapshot(*([order] for order in ONLY))


def whole() -> RenderedFile:
    return render_all(SNAPSHOT, an_identity(test=True))[0]


def parsed(page: bytes) -> Page:
    return read_page(replace(whole(), data=page))


def test_each_page_holds_its_invoice_and_nothing_of_the_others() -> None:
    pages = [page.decode() for page in entry_pages(whole().data)]

    assert len(pages) == len(ONLY)
    for place, page in enumerate(pages, 1):
        assert re.findall(r'<article id="invoice-(\d)', page) == [str(place)]
        assert re.findall(r"@page invoice-(\d)", page) == [str(place)]
        assert re.findall(r"#invoice-(\d)", page) == [str(place)]
        assert f"Inv. {place} of 3" in page
        assert "TEST - NOT FOR ENTRY" in parsed(page.encode()).text
        assert "nav" not in parsed(page.encode()).tags


def test_the_policy_of_each_page_allows_its_own_style_sheet() -> None:
    for page in entry_pages(whole().data):
        [style] = re.findall("<style>(.*)</style>", page.decode(), re.DOTALL)

        assert f"style-src 'sha256-{policy_hash(style)}'" in page.decode()


def test_together_the_pages_say_what_the_whole_says() -> None:
    rows = [row for page in entry_pages(whole().data) for row in parsed(page).rows("Goods")]

    assert rows == parsed(whole().data).rows("Goods")


def test_a_text_that_looks_like_a_pages_markup_cuts_nothing() -> None:
    text = '</article><article id="invoice-9"><nav x</nav>\n<style>@page invoice-1 {}</style>'
    snapshot = a_snapshot(*([order] for order in ONLY), products=[a_product(description=text)])

    pages = list(entry_pages(render_all(snapshot, an_identity())[0].data))

    assert len(pages) == len(ONLY)
    assert all('<article id="invoice-9">' in parsed(page).text for page in pages)


def test_stored_pages_are_cut_the_same_for_ever() -> None:
    rules = "a {}\n@page invoice-1 { x }\n#invoice-1 { page: invoice-1 }\n"
    stored = (
        f"<head><meta content=\"style-src 'sha256-{policy_hash(rules)}'\"><style>{rules}</style>"
        '<body>\n<nav a>\n</nav>\n<main>\n<article id="invoice-1">1</article>\n</main>\n'
    ).encode()

    [page] = entry_pages(stored)

    assert page == stored.replace(b"<nav a>\n</nav>\n", b"")
