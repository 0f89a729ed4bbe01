"""The page runs nothing, fetches nothing, and shows every text as text."""

import base64
import hashlib
import re

import pytest
from hypothesis import given, settings

from executor.artifacts import RenderedFile, render_all
from shared.contracts.snapshot import Snapshot
from shared.text import canonical
from support.any_snapshot import AWKWARD, snapshots
from support.documents import an_identity, read_page
from support.snapshots import (
    a_consignee,
    a_finding,
    a_flag,
    a_long_snapshot,
    a_product,
    a_snapshot,
    an_account,
    an_order,
    product_id,
)

# The whole vocabulary of the page: nothing here loads or runs anything.
TAGS = frozenset(
    {"html", "head", "meta", "title", "style", "body", "nav", "main", "article", "header"}
    | {"footer", "section", "div", "p", "h1", "h2", "ol", "li", "dl", "dt", "dd", "table"}
    | {"caption", "thead", "tbody", "tfoot", "tr", "th", "td", "a", "b", "br", "bdi", "span"}
    | {"small", "em", "data"}
)
ATTRIBUTES = frozenset(
    {"lang", "charset", "http-equiv", "content", "name", "href", "id", "class", "role", "scope"}
    | {"colspan", "value", "aria-label", "aria-labelledby"}
)


def html(snapshot: Snapshot, *, test: bool = False) -> RenderedFile:
    return render_all(snapshot, an_identity(test=test))[0]


@settings(deadline=None, max_examples=100)
@given(snapshots())
def test_no_text_becomes_markup(snapshot: Snapshot) -> None:
    page = read_page(html(snapshot))

    assert page.tags <= TAGS
    assert {name for _, name, _ in page.attributes} <= ATTRIBUTES
    for product in snapshot["products"].values():
        used = any(
            snapshot["products"][line["productId"]] is product
            for order in snapshot["orders"].values()
            for line in order["items"]
        )
        assert not used or product.get("description", product["title"]) in page.text


def test_awkward_text_is_printed_as_it_was_synced() -> None:
    products = [a_product(f"P-{n}", description=text) for n, text in enumerate(AWKWARD)]
    lines = [
        {"productId": product_id(f"P-{n}"), "quantity": 1, "unitValueCents": 100}
        for n in range(len(AWKWARD))
    ]
    order = an_order("A-1", *lines)  # type: ignore[arg-type]  # lines by parts

    page = read_page(html(a_snapshot([order], products=products)))

    assert all(canonical(text, lines=True) in page.text for text in AWKWARD)


def test_nothing_is_fetched_and_the_policy_allows_one_style_sheet_alone() -> None:
    file = html(a_snapshot())
    text = file.data.decode()
    page = read_page(file)

    assert not re.search(r"https?:|//|url\(|@import|javascript:", text)
    assert all(value.startswith("#") for _, name, value in page.attributes if name == "href")
    found = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert found
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    (policy,) = [v for t, n, v in page.attributes if (t, n) == ("meta", "content") and "src" in v]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_identity_cannot_leave_the_style_sheets_strings() -> None:
    bad = '"}</style><script>x</script>'

    files = render_all(a_snapshot(), an_identity(package_number=bad))

    page = read_page(files[0])
    assert "script" not in page.tags
    assert bad in page.text


def test_each_table_has_a_caption_and_each_column_and_row_a_heading() -> None:
    products = [a_product(adcvdCase="none")]
    snapshot = a_snapshot(products=products, findings=[a_finding()])
    text = html(snapshot).data.decode()

    assert text.count("<caption") == text.count("<table")
    assert text.count("<th ") == text.count("<th scope=") + text.count('<th class="whole" scope=')
    for landmark in ("<main>", "<header>", "<footer>", 'lang="en"', "<h1 "):
        assert text.count(landmark) == 1


def test_flags_findings_and_unverified_sources_are_printed_for_the_broker() -> None:
    snapshot = a_snapshot(findings=[a_finding()])
    unit = snapshot["decision"]["units"][0]["unit_id"]
    source = {"citation": "Section 301", "date": None, "verified": False}
    snapshot["decision"]["flags"] = [
        a_flag([product_id("TEE-BLK-M")], [unit], agency=None, programme="301 CN", source=source)
    ]

    page = read_page(html(snapshot))

    ((flag, *_),) = page.rows("Flags")
    assert flag[0] == "301 CN"
    assert "Section 301 · unverified" in flag[1]
    assert flag[2] == "line 1"
    ((finding,),) = page.rows("Findings accepted by the shipper")
    assert "MANUFACTURER_MISSING" in finding[0]
    assert "prompts, not determinations" in page.text


def test_several_units_are_numbered_invoices_with_a_table_of_contents() -> None:
    snapshot = a_snapshot([an_order("A-1")], [an_order("A-2")])
    file = html(snapshot)
    text = file.data.decode()

    assert "Inv. 1 of 2" in text
    assert "Inv. 2 of 2" in text
    assert 'content: "Inv. 2, p. " counter(page) " of " counter(pages)' in text
    assert [v for _, n, v in read_page(file).attributes if n == "href"] == [
        "#invoice-1",
        "#invoice-2",
    ]


def test_what_is_absent_is_said_to_be_absent() -> None:
    account = an_account(exporter=None, importerOfRecord=None, responsibleEmployee=None)
    order = an_order("A-1", consignee=None, destinationRegion=None, destinationPostalCode=None)
    bare = a_product(
        htsCode=None, countryOfOrigin=None, weightGrams=None, materials=None, manufacturer=None
    )

    page = read_page(html(a_snapshot([order], products=[bare], account=account, shipment={})))

    assert "None" not in page.text
    assert page.text.count("not given") > 10


def test_what_a_broker_asks_for_by_telephone_is_on_the_page() -> None:
    importer = {"name": "Maple", "number": "12-3456789", "bond": "B-77", "powerOfAttorney": True}
    order = an_order("A-1", consignee=a_consignee(phone="+1 716 555 0100"))
    snapshot = a_snapshot([order], account=an_account(importerOfRecord=importer))

    page = read_page(html(snapshot))

    assert "0901 Buffalo-Niagara Falls, NY" in page.text
    assert "Bond B-77 \u00b7 power of attorney on file" in page.text
    assert "Tel. +1 716 555 0100" in page.text


def test_of_a_port_without_a_known_name_the_code_is_printed() -> None:
    page = read_page(html(a_snapshot(shipment={"portOfEntry": "9999"})))

    assert "9999" in page.text


def test_on_a_phone_each_sum_is_labelled_as_its_column_is_headed() -> None:
    text = html(a_snapshot()).data.decode()

    [head] = re.findall(r'<table class="sums.*?<thead><tr>(.*?)</tr>', text, re.DOTALL)
    for place, name in enumerate(re.findall(r">([^<]+)</th>", head)[1:], 2):
        label = name.removesuffix(" USD")  # the style is the same for every currency
        rule = rf'\.sums tbody td:nth-child\({place}\)::before[^{{}}]*\{{ content: "{label}"'
        assert re.search(rule, text), name


def test_a_tariff_number_never_breaks() -> None:
    text = html(a_snapshot()).data.decode()

    [rule] = re.findall(r"^\.lines td:nth-child\(2\), [^{]*\{([^}]*)\}", text, re.MULTILINE)
    assert "white-space: nowrap" in rule


@pytest.mark.parametrize(("origin", "stated"), [("CA", True), ("CN", False)])
def test_a_usmca_claim_is_stated_for_goods_of_its_countries_alone(
    origin: str, *, stated: bool
) -> None:
    product = a_product(countryOfOrigin=origin, usmca={"claim": True})

    page = read_page(html(a_snapshot(products=[product])))

    assert ("goods of line 1 qualify as originating" in page.text) is stated


def test_ten_thousand_lines_are_all_there() -> None:
    page = read_page(html(a_long_snapshot(10_000)))

    (rows,) = page.rows("Goods")
    assert len(rows) == 10_000
