"""The entry lines: what a broker keys, apart where customs keeps it apart, and adding up."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings

from executor.artifacts import render_all
from executor.artifacts.facts import Charge
from executor.artifacts.formats import shares
from executor.artifacts.invoice import customs_package
from executor.artifacts.subtotals import deductible
from shared.contracts.snapshot import Snapshot
from shared.money import usd
from support.any_snapshot import snapshots
from support.documents import an_identity, read_page
from support.snapshots import (
    a_flag,
    a_line,
    a_product,
    a_shipment,
    a_snapshot,
    an_order,
    product_id,
)

MAKER = {"name": "Other Works", "addressLines": ["1 Road"], "city": "Ningbo", "country": "CN"}


def rows_of(snapshot: Snapshot) -> list[dict[str, str]]:
    files = {file.filename: file.data for file in render_all(snapshot, an_identity())}
    text = files["entry_lines.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def two_products(**second: object) -> dict[str, Any]:
    order = an_order("A-1", a_line("P-1", 3), a_line("P-2", 1))
    return {"products": [a_product("P-1"), a_product("P-2", **second)], "units": [order]}


def snapshot_of(parts: dict[str, Any], **more: object) -> Snapshot:
    return a_snapshot(parts["units"], products=parts["products"], **more)


@pytest.mark.parametrize(
    "other",
    [
        {"htsCode": "6109.10.00.40"},
        {"secondaryHtsCode": "9802.00.80.68"},
        {"countryOfOrigin": "VN"},
        {"manufacturer": MAKER},
        {"adcvdCase": "A-570-504"},
    ],
)
def test_what_customs_keeps_apart_is_a_line_of_its_own(other: dict[str, object]) -> None:
    assert len(rows_of(snapshot_of(two_products()))) == 1
    assert len(rows_of(snapshot_of(two_products(**other)))) == 2


def test_a_claimed_preference_is_apart_and_names_its_indicator() -> None:
    parts = two_products(countryOfOrigin="CA", usmca={"claim": True})

    assert [row["spi"] for row in rows_of(snapshot_of(parts))] == ["S", ""]


def test_numbers_have_no_dots_and_keep_their_zeros() -> None:
    products = [a_product(htsCode="0902.10.10.15", secondaryHtsCode="9802.00.80.68")]

    (row,) = rows_of(a_snapshot(products=products))

    assert (row["htsCode"], row["secondaryHtsCode"]) == ("0902101015", "9802008068")


def test_the_headings_of_the_duties_that_are_due_are_named_and_no_others() -> None:
    snapshot = snapshot_of(two_products())
    unit = snapshot["decision"]["units"][0]["unit_id"]
    reason = "Section 301 China is due: 7.5 % under 9903.88.15. Not beside goods of 9903.88.69."
    snapshot["decision"]["flags"] = [
        a_flag([product_id("P-1")], [unit], agency=None, programme="301 CN", reason=reason)
    ]

    assert sorted(row["headings"] for row in rows_of(snapshot)) == ["", "99038815"]


def test_an_agencys_column_has_the_data_or_says_that_it_may_ask() -> None:
    snapshot = snapshot_of(two_products(countryOfOrigin="VN", pga={"fda": {"product": "62A"}}))
    unit = snapshot["decision"]["units"][0]["unit_id"]
    both = [product_id("P-1"), product_id("P-2")]
    snapshot["decision"]["flags"] = [a_flag(both, [unit], agency="FDA")]

    first, second = rows_of(snapshot)

    assert (first["FDA"], second["FDA"]) == ("review", "product 62A")
    assert (first["EPA"], second["EPA"]) == ("", "")


@pytest.mark.parametrize(
    ("name", "included", "apart"),
    [
        ("Freight", True, True),
        ("International shipping", True, True),
        ("Insurance", True, True),
        ("Freight", False, False),  # it is in no price
        ("Inland freight", True, False),
        ("Packing for transport", True, False),
        ("Commission", True, False),
    ],
)
def test_of_charges_in_the_price_freight_and_insurance_alone_are_deducted(
    name: str, *, included: bool, apart: bool
) -> None:
    assert deductible(Charge(name, usd(100), included)) is apart


def test_the_value_for_entry_is_without_freight_and_insurance_that_the_price_includes() -> None:
    charges = [
        {"name": "Freight", "amountCents": 1001, "includedInPrice": True},
        {"name": "Insurance", "amountCents": 500, "includedInPrice": False},
    ]
    snapshot = snapshot_of(two_products(countryOfOrigin="VN"), shipment=a_shipment(charges=charges))

    rows = rows_of(snapshot)

    assert [row["goodsValueUsd"] for row in rows] == ["55.50", "18.50"]
    assert [row["enteredValueUsd"] for row in rows] == ["48.00", "15.99"]
    page = read_page(render_all(snapshot, an_identity())[0])
    assert "goods 74.00 \u2212 Freight 10.01 = 63.99" in page.text


def test_the_gross_weight_is_shared_by_net_weight_and_absent_where_one_was_not_given() -> None:
    packages = [{"kind": "CARTON", "count": 1, "grossWeightGrams": 1001}]
    shipment = a_shipment(packages=packages)
    whole = snapshot_of(two_products(countryOfOrigin="VN"), shipment=shipment)
    unknown = two_products(countryOfOrigin="VN", weightGrams=None)

    assert [row["grossWeightGrams"] for row in rows_of(whole)] == ["750", "251"]
    assert {row["grossWeightKg"] for row in rows_of(snapshot_of(unknown, shipment=shipment))} == {
        ""
    }


@settings(deadline=None, max_examples=40)
@given(snapshots())
def test_the_entry_lines_add_up_to_the_invoices(snapshot: Snapshot) -> None:
    package = customs_package(snapshot, an_identity())
    rows = rows_of(snapshot)

    for invoice in package.invoices:
        own = [row for row in rows if row["unitId"] == invoice.unit_id]
        apart = sum(c.amount.cents or 0 for c in invoice.charges if deductible(c))
        entered = sum(int(row["enteredValueCents"]) for row in own)
        assert invoice.totals.goods is not None
        goods = invoice.totals.goods.cents or 0
        assert entered == goods - min(apart, goods)
        assert sum(int(row["pieces"]) for row in own) == invoice.totals.pieces
        assert [row["entryLine"] for row in own] == [str(n) for n in range(1, len(own) + 1)]


@pytest.mark.parametrize(
    ("amount", "weights", "expected"),
    [(10, [1, 1, 1], [3, 3, 4]), (7, [0, 0], [7, 0]), (7, [], []), (0, [3], [0])],
)
def test_shares_add_up(amount: int, weights: list[int], expected: list[int]) -> None:
    assert shares(amount, weights) == expected
