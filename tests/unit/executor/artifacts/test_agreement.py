"""I12: the five files agree to the cent, the gram and the unit, whatever the snapshot."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings

from executor.artifacts import RENDERERS, RenderedFile, render_all
from executor.artifacts.tables import plain
from shared.contracts.snapshot import Snapshot
from shared.entry_pages import entry_pages
from support.any_snapshot import snapshots
from support.documents import an_identity, read_page
from support.snapshots import a_snapshot, an_order

COMMON = settings(deadline=None, max_examples=60)


def by_type(files: Iterable[RenderedFile]) -> dict[str, RenderedFile]:
    return {file.artifact_type: file for file in files}


def parsed(file: RenderedFile) -> Any:  # any JSON
    return json.loads(file.data)


def csv_rows(file: RenderedFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline=""), strict=True))


def cents(text: str) -> int:
    whole, fraction = text.replace(",", "").split(".")
    assert len(fraction) == 2
    return int(whole) * 100 + int(fraction)


def grams(text: str) -> int:
    whole, fraction = text.split(".")
    return int(whole) * 1000 + int(fraction[:3])


def goods_of(snapshot: Snapshot) -> list[Counter[tuple[str, int]]]:
    """For each unit, pieces by product and unit value: what every file must say."""
    return [
        Counter(
            {
                key: sum(
                    item["quantity"]
                    for order in unit["order_ids"]
                    for item in snapshot["orders"][order]["items"]
                    if (item["productId"], item["unitValueCents"]) == key
                )
                for order in unit["order_ids"]
                for item in snapshot["orders"][order]["items"]
                for key in [(item["productId"], item["unitValueCents"])]
            }
        )
        for unit in snapshot["decision"]["units"]
    ]


def test_the_files_are_the_protocols_five_and_the_entry_lines_with_the_manifest_last() -> None:
    files = render_all(a_snapshot(), an_identity())

    assert [(file.artifact_type, file.filename) for file in files] == [
        ("cci_human_readable", "commercial_customs_invoice.html"),
        ("cci_csv", "commercial_customs_invoice.csv"),
        ("cci_json", "commercial_customs_invoice.json"),
        ("packing_list", "packing_list.json"),
        ("entry_lines", "entry_lines.csv"),
        ("manifest", "manifest.json"),
    ]
    assert len(RENDERERS) == len(files)
    assert [file.filename for file in files if file.beside] == ["entry_lines.csv"]


@COMMON
@given(snapshots())
def test_the_json_holds_the_goods_of_the_snapshot(snapshot: Snapshot) -> None:
    invoices = parsed(by_type(render_all(snapshot, an_identity()))["cci_json"])["invoices"]

    found = [
        Counter(
            {(row["productId"], cents(row["unitValueUsd"])): row["quantity"] for row in i["lines"]}
        )
        for i in invoices
    ]
    assert found == goods_of(snapshot)
    for invoice, unit in zip(invoices, snapshot["decision"]["units"], strict=True):
        totals, lines = invoice["totals"], invoice["lines"]
        assert cents(totals["goodsUsd"]) == unit["totals"]["value_cents"]
        assert totals["netWeightGrams"] == unit["totals"]["net_weight_grams"]
        assert sum(cents(row["lineValueUsd"]) for row in lines) == unit["totals"]["value_cents"]
        assert sum(cents(s["valueUsd"]) for s in invoice["subtotals"]) == cents(totals["goodsUsd"])
        assert sum(cents(o["valueUsd"]) for o in invoice["orders"]) == cents(totals["goodsUsd"])
        added = sum(cents(c["amountUsd"]) for c in invoice["charges"] if not c["includedInPrice"])
        assert cents(totals["invoiceUsd"]) == cents(totals["goodsUsd"]) + added


@COMMON
@given(snapshots())
def test_the_charges_of_the_invoices_are_those_of_the_shipment(snapshot: Snapshot) -> None:
    document = parsed(by_type(render_all(snapshot, an_identity()))["cci_json"])

    charged = Counter[str]()
    for invoice in document["invoices"]:
        for charge in invoice["charges"]:
            charged[charge["name"]] += cents(charge["amountUsd"])
    stated = Counter[str]()
    for charge in snapshot["shipment"].get("charges", []):
        stated[charge["name"]] += charge["amountCents"]
    assert charged == stated


@COMMON
@given(snapshots())
def test_csv_html_and_packing_list_say_what_the_json_says(snapshot: Snapshot) -> None:
    files = by_type(render_all(snapshot, an_identity()))
    document = parsed(files["cci_json"])
    lines = [(i["number"], line) for i in document["invoices"] for line in i["lines"]]

    rows = csv_rows(files["cci_csv"])
    assert len(rows) == len(lines)
    for row, (number, line) in zip(rows, lines, strict=True):
        assert row["invoiceNumber"] == number
        assert plain(row["sku"]) == line["sku"]
        assert plain(row["description"]) == line["description"]
        assert plain(row["htsCode"]) == line.get("htsCode", "")
        assert int(row["quantity"]) == line["quantity"]
        assert (row["unitValue"], row["lineValue"]) == (line["unitValueUsd"], line["lineValueUsd"])
        assert int(row["unitValueMinor"]) == cents(row["unitValue"])
        assert int(row["lineValueMinor"]) == cents(row["lineValue"])
        weight = int(row["netWeightGrams"]) if row["netWeightGrams"] else None
        assert weight == line.get("netWeightGrams")
        assert weight is None or grams(row["netWeightKg"]) == weight
        assert row["orderIds"].split(" | ") == line["orderIds"]

    page = read_page(files["cci_human_readable"])
    for invoice, table in zip(document["invoices"], page.rows("Goods"), strict=True):
        for line, cells in zip(invoice["lines"], table, strict=True):
            assert line["description"] in cells[3]
            assert int(cells[4].split(" PCS")[0]) == line["quantity"]
            assert cells[5] == "not given" or grams(cells[5]) == line["netWeightGrams"]
            assert cents(cells[6]) == cents(line["unitValueUsd"])
            assert cents(cells[7]) == cents(line["lineValueUsd"])

    units = parsed(files["packing_list"])["units"]
    for invoice, unit in zip(document["invoices"], units, strict=True):
        packed = Counter[int]()
        for order in unit["orders"]:
            for content in order["contents"]:
                packed[content["lineNumber"]] += content["quantity"]
        assert packed == {line["number"]: line["quantity"] for line in invoice["lines"]}
        assert (
            sum(order["netWeightGrams"] for order in unit["orders"])
            == (invoice["totals"]["netWeightGrams"])
        )


@COMMON
@given(snapshots())
def test_two_renders_are_equal_bytes_and_the_manifest_indexes_them(snapshot: Snapshot) -> None:
    files = render_all(snapshot, an_identity())
    backwards = {key: snapshot[key] for key in reversed(list(snapshot))}  # type: ignore[literal-required]  # its own keys

    again = render_all(backwards, an_identity())  # type: ignore[arg-type]  # the same snapshot

    assert [file.data for file in files] == [file.data for file in again]
    *others, manifest = files
    index = parsed(manifest)
    assert index["files"] == [
        {
            "artifactType": file.artifact_type,
            "filename": file.filename,
            "mediaType": file.media_type,
            "sha256": hashlib.sha256(file.data).hexdigest(),
            "sizeBytes": len(file.data),
        }
        for file in others
        if not file.beside
    ]
    table, *listed = index["beside"]
    assert table["sha256"] == others[-1].sha256
    pages = list(entry_pages(others[0].data))
    assert [(row["sha256"], row["sizeBytes"]) for row in listed] == [
        (hashlib.sha256(page).hexdigest(), len(page)) for page in pages
    ]
    assert [row["unitId"] for row in listed] == [u["unitId"] for u in index["units"]]
    assert index["planHash"] == an_identity().plan_hash
    assert [unit["unitId"] for unit in index["units"]] == [
        unit["unit_id"] for unit in snapshot["decision"]["units"]
    ]


def test_documents_of_a_test_account_say_so_and_others_do_not() -> None:
    for test, expected in ((True, True), (False, False)):
        files = render_all(a_snapshot([an_order()]), an_identity(test=test))

        said = [b"TEST - NOT FOR ENTRY" in file.data for file in files]
        assert said == [expected] * len(files)
