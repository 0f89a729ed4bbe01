"""How the facts of an invoice are summed."""

import pytest

from executor.artifacts.facts import CustomsPackage, HtsQuantity, Invoice
from executor.artifacts.invoice import customs_package
from executor.artifacts.unit import UnequalTotals
from shared.contracts.snapshot import Snapshot
from shared.money import Money
from support.documents import an_identity
from support.snapshots import (
    a_consignee,
    a_finding,
    a_flag,
    a_line,
    a_product,
    a_shipment,
    a_snapshot,
    a_unit,
    an_account,
    an_order,
    order_id,
    product_id,
)

MUG = a_product("MUG", htsCode="7323940026", weightGrams=210)
TEE = a_product()


def package(snapshot: Snapshot) -> CustomsPackage:
    return customs_package(snapshot, an_identity())


def invoice(snapshot: Snapshot) -> Invoice:
    (made,) = package(snapshot).invoices
    return made


def test_a_product_at_one_price_is_one_line_over_all_orders() -> None:
    orders = [an_order("A-1", a_line(quantity=2), a_line(quantity=3)), an_order("A-2")]

    (line,) = invoice(a_snapshot(orders)).lines

    assert (line.quantity, line.line_value.cents, line.net_weight_grams) == (7, 12_950, 1_260)
    assert line.order_ids == tuple(sorted([order_id("A-1"), order_id("A-2")]))


def test_another_price_is_another_line() -> None:
    order = an_order("A-1", a_line(unit_value_cents=1850), a_line(unit_value_cents=1600))

    lines = invoice(a_snapshot([order])).lines

    assert [(line.number, line.unit_value.cents) for line in lines] == [(1, 1600), (2, 1850)]


def test_lines_are_sorted_by_tariff_number_and_codes_are_printed_alike() -> None:
    order = an_order("A-1", a_line("MUG"), a_line())

    lines = invoice(a_snapshot([order], products=[MUG, TEE])).lines

    assert [line.product.hts_code for line in lines] == ["6109.10.00.12", "7323.94.00.26"]


def test_blanks_beside_an_origin_are_none_of_it() -> None:
    products = [a_product("P-1", countryOfOrigin=" CN "), a_product("P-2")]
    order = an_order("A-1", a_line("P-1"), a_line("P-2"))

    (invoice,) = customs_package(a_snapshot([order], products=products), an_identity()).invoices

    assert [sums.country_of_origin for sums in invoice.subtotals] == ["CN"]


def test_a_second_number_is_printed_as_the_tariff_does_and_keeps_lines_apart() -> None:
    products = [a_product("P-1", secondaryHtsCode="98179505"), a_product("P-2")]
    order = an_order("A-1", a_line("P-1"), a_line("P-2"))

    made = invoice(a_snapshot([order], products=products))

    assert {line.product.secondary_hts_code for line in made.lines} == {"9817.95.05", None}
    assert [sums.secondary_hts_code for sums in made.subtotals] == ["9817.95.05", None]


def test_the_tariffs_unit_is_filled_where_pieces_and_weight_say_it() -> None:
    units = {"6109.10.00.12": ["doz.", "kg", "m2"]}

    (line,) = invoice(a_snapshot([an_order("A-1", a_line(quantity=30))], hts_units=units)).lines

    assert line.hts_quantities == (
        HtsQuantity("doz.", "2.50"),
        HtsQuantity("kg", "5.400"),
        HtsQuantity("m2", None),
    )


def test_charges_of_two_invoices_add_up_to_the_cent() -> None:
    charges = [{"name": "Freight", "amountCents": 10_000, "includedInPrice": False}]
    units = ([an_order("A-1", a_line(quantity=1))], [an_order("A-2", a_line(quantity=2))])

    made = package(a_snapshot(*units, shipment=a_shipment(charges=charges)))

    assert sorted(_cents(i.totals.charges_added) for i in made.invoices) == [3_333, 6_667]
    assert _cents(made.totals.invoice) == 3 * 1850 + 10_000


def test_a_charge_in_the_price_is_listed_and_not_added() -> None:
    charges = [{"name": "Insurance", "amountCents": 500, "includedInPrice": True}]

    made = invoice(a_snapshot(shipment=a_shipment(charges=charges)))

    assert made.charges[0].amount.cents == 500
    assert made.totals.invoice == made.totals.goods


def test_without_packages_it_is_one_an_order_and_gross_is_net() -> None:
    orders = [an_order("A-1"), an_order("A-2")]

    shipment = package(a_snapshot(orders, shipment={})).shipment

    assert (shipment.package_count, shipment.packages_stated) == (2, False)
    assert (shipment.gross_weight_grams, shipment.gross_weight_stated) == (720, False)


def test_a_product_without_weight_is_counted_and_never_taken_for_weightless() -> None:
    order = an_order("A-1", a_line("MUG"), a_line())

    made = invoice(a_snapshot([order], products=[MUG | {"weightGrams": 0}, _weightless(TEE)]))

    assert [line.net_weight_grams for line in made.lines] == [None, None]
    assert made.totals.lines_without_weight == 2


def test_one_buyer_of_all_orders_is_named_and_several_are_not() -> None:
    other = an_order("A-2", consignee=a_consignee("Sam Oyelaran"))

    alone = invoice(a_snapshot([an_order("A-1"), an_order("A-3")]))
    several = invoice(a_snapshot([an_order("A-1"), other]))

    assert alone.sold_to
    assert alone.sold_to.consignee
    assert alone.sold_to.consignee.name == "Jordan Alvarez"
    assert several.sold_to is None


def test_a_social_security_number_never_reaches_a_document() -> None:
    importer = an_account()["importerOfRecord"] | {"number": "123-45-6789"}
    order = an_order("A-1", consignee=a_consignee(taxId="987-65-4321"))

    made = package(a_snapshot([order], account=an_account(importerOfRecord=importer)))

    assert "123-45-6789" not in repr(made)
    assert "987-65-4321" not in repr(made)


def test_a_flag_marks_the_lines_of_its_products_in_its_units_alone() -> None:
    order = an_order("A-1", a_line("MUG"), a_line())
    snapshot = a_snapshot([order], products=[MUG, TEE])
    unit = snapshot["decision"]["units"][0]["unit_id"]
    snapshot["decision"]["flags"] = [
        a_flag([product_id("MUG")], [unit], agency="FDA"),
        a_flag([product_id("MUG")], ["unit_other"], agency="EPA"),
    ]

    made = invoice(snapshot)

    assert [line.agencies for line in made.lines] == [(), ("FDA",)]
    assert [flag.line_numbers for flag in made.flags] == [(2,)]


def test_equal_findings_about_many_orders_are_one_note_and_blocking_ones_none() -> None:
    orders = [an_order("A-1"), an_order("A-2")]
    findings = [
        a_finding(severity="INFO", code="HTS_NOT_CHECKED", message="Of the batch: for the shop."),
        a_finding(
            severity="INFO",
            code="SPECIAL_HTS_CLAIMED",
            message="Claimed.",
            product_id=product_id("TEE-BLK-M"),
        ),
        *(a_finding(order_id=order_id(name)) for name in ("A-1", "A-2", "A-9")),
        a_finding(severity="BLOCKING", code="HTS_MISSING"),
    ]

    warning, info = invoice(a_snapshot(orders, findings=findings)).findings

    assert warning.order_ids == tuple(sorted([order_id("A-1"), order_id("A-2")]))
    assert (info.severity, info.code) == ("INFO", "SPECIAL_HTS_CLAIMED")


def test_class_data_of_the_regulation_is_asked_where_a_tariff_chapter_calls_for_it() -> None:
    (note,) = invoice(a_snapshot()).class_notes

    assert note.goods == "Wearing apparel"
    assert note.line_numbers == (1,)


def test_what_a_flag_or_a_finding_asks_for_is_asked_once() -> None:
    methanol = a_product(htsCode="2905.11.2000", casNumber=None)
    codes = ["CPSC_CERTIFICATE_MISSING", "AGENCY_DATA_MISSING", "CLASS_DATA_MISSING"]
    findings = [a_finding(code=code, product_id=product_id("TEE-BLK-M")) for code in codes]

    made = invoice(a_snapshot(products=[methanol], findings=findings))

    assert [each.code for each in made.findings] == ["CLASS_DATA_MISSING"]
    assert made.class_notes == ()


def test_invoice_numbers_come_from_the_package_and_the_units_position() -> None:
    made = package(a_snapshot([an_order("A-1")], [an_order("A-2")]))

    assert [i.number for i in made.invoices] == ["CP-2026-7KQ2M9XA-R-01", "CP-2026-7KQ2M9XA-R-02"]


def test_a_snapshot_whose_totals_are_not_those_of_its_lines_is_refused() -> None:
    snapshot = a_snapshot()
    unit = a_unit(snapshot["orders"], snapshot["products"], "LANE-1")
    unit["totals"]["value_cents"] = 1
    snapshot["decision"]["units"] = [unit]

    with pytest.raises(UnequalTotals):
        package(snapshot)


def _weightless(product: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in product.items() if key != "weightGrams"}


def _cents(amount: Money | None) -> int:
    assert amount is not None
    assert amount.cents is not None
    return amount.cents
