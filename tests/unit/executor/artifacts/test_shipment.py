"""Bills, packages and weights: of each invoice where they name its orders, else of all."""

import json
from typing import Any

import pytest

from executor.artifacts import render_all
from executor.artifacts.facts import CustomsPackage
from executor.artifacts.invoice import customs_package
from shared.contracts.snapshot import Snapshot
from shared.letters import letter_of
from support.documents import an_identity
from support.snapshots import a_line, a_product, a_shipment, a_snapshot, an_order, order_id

A, B = order_id("A-1"), order_id("B-1")


def two_units(**shipment: object) -> Snapshot:
    return a_snapshot([an_order("A-1")], [an_order("B-1")], shipment=a_shipment(**shipment))


def packed(name: str, grams: int | None, *order_ids: str) -> dict[str, Any]:
    given = {"grossWeightGrams": grams, "orderIds": list(order_ids) or None}
    return {"kind": name, "count": 1} | {k: v for k, v in given.items() if v is not None}


def package(snapshot: Snapshot) -> CustomsPackage:
    return customs_package(snapshot, an_identity())


def texts(snapshot: Snapshot) -> dict[str, str]:
    return {file.filename: file.data.decode() for file in render_all(snapshot, an_identity())}


def test_each_invoice_carries_its_own_bill_packages_and_weight() -> None:
    snapshot = two_units(
        paps=None,
        bills=[
            {"kind": "PAPS", "number": "NWAY-A", "orderIds": [A]},
            {"kind": "PAPS", "number": "NWAY-B", "orderIds": [B]},
        ],
        packages=[packed("BOX", 700, A), packed("CRATE", 900, B)],
    )

    made = package(snapshot)
    told = {
        invoice.orders[0].external_id: (
            [bill.number for bill in invoice.bills or ()],
            [group.kind for group in invoice.packages or ()],
            invoice.gross_weight_grams,
        )
        for invoice in made.invoices
    }

    assert told == {"A-1": (["NWAY-A"], ["BOX"], 700), "B-1": (["NWAY-B"], ["CRATE"], 900)}
    page = texts(snapshot)["commercial_customs_invoice.html"]
    assert "whole shipment" not in page
    assert page.count("0.700 kg") == page.count("0.900 kg") == 1
    assert "NWAY-A" in letter_of(snapshot)["transport"]


def test_a_bill_for_all_stands_on_each_invoice() -> None:
    made = package(two_units(bills=[{"kind": "AWB", "number": "020-1"}]))

    assert [[bill.number for bill in each.bills or ()] for each in made.invoices] == [["020-1"]] * 2


@pytest.mark.parametrize(
    "packages",
    [
        [packed("BOX", 700, A, B)],
        [packed("BOX", 700, A), packed("BOX", 900)],
        [packed("BOX", 700)],
    ],
    ids=["one for both", "one for whoever", "none named"],
)
def test_packages_that_are_not_an_invoices_alone_are_the_shipments(packages: list[Any]) -> None:
    made = package(two_units(packages=packages))

    assert [each.gross_weight_grams for each in made.invoices] == [None, None]


def test_a_gross_weight_of_0_is_absent_on_all_documents() -> None:
    snapshot = two_units(packages=[packed("BOX", 0)])

    made = package(snapshot)
    files = texts(snapshot)

    assert made.shipment.gross_weight_stated is False
    assert made.shipment.gross_weight_grams == made.totals.net_weight_grams
    assert "(sum of net weights)" in files["commercial_customs_invoice.html"]
    for name in ("packing_list.json", "manifest.json"):
        assert json.loads(files[name])["grossWeightNote"] == "sum of net weights"
    invoice = json.loads(files["commercial_customs_invoice.json"])
    assert invoice["shipment"]["grossWeightNote"] == "sum of net weights"


def test_a_partly_weighed_shipment_says_so() -> None:
    light = a_product("P-2")
    del light["weightGrams"]
    snapshot = a_snapshot(
        [an_order("A-1", a_line(), a_line("P-2"))],
        products=[a_product(), light],
        shipment=a_shipment(packages=[packed("BOX", 700), packed("CRATE", None)]),
    )

    note = package(snapshot).shipment.gross_weight_note

    assert note == (
        "sum of net weights; 1 of 2 kinds of packages are weighed; without 1 line of unknown weight"
    )
    assert note in texts(snapshot)["commercial_customs_invoice.html"]


def test_a_net_weight_of_0_is_not_known() -> None:
    snapshot = a_snapshot(products=[a_product(weightGrams=0)])

    (invoice,) = package(snapshot).invoices

    assert invoice.lines[0].net_weight_grams is None
    assert invoice.totals.lines_without_weight == 1


def test_the_mail_says_what_its_net_weights_leave_out() -> None:
    light = a_product("P-2")
    del light["weightGrams"]
    snapshot = a_snapshot([an_order("A-1", a_line(), a_line("P-2"))], products=[a_product(), light])

    assert "without 1 order lines of unknown weight" in letter_of(snapshot)["transport"]
    assert "unknown weight" not in letter_of(two_units())["transport"]
