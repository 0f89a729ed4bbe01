"""Orders as they are, planned and printed: currencies, units, discounts, charges, other parties."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from entrygo_operator.invariants.figures import disagreements
from executor.artifacts import RenderedFile, render_all
from planner.domain.decide import decide
from planner.domain.facts import PlanningInput, Tariff
from shared.letters import letter_of
from shared.sold import worth
from support.documents import an_identity, read_page
from support.planning import BOOK, ORDER, a_plan, line, order, product
from unit.executor.artifacts.test_schema import SCHEMA

RATE = {
    "currency": "EUR",
    "usdPerUnitMillionths": 1_150_000,
    "date": "2026-11-24",
    "source": "Federal Reserve H.10",
}


def euros(minor: int = 20_00, **more: Any) -> dict[str, Any]:
    return {"productId": BOOK, "quantity": 3, "unitValueMinor": minor, **more}


def of_unit(unit: str, thousandths: int, cents: int = 1_00) -> dict[str, Any]:
    return {
        "productId": BOOK,
        "unit": unit,
        "quantityThousandths": thousandths,
        "unitValueCents": cents,
    }


def shipped(plan: PlanningInput, **changes: Any) -> PlanningInput:
    return replace(plan, shipment={**plan.shipment, **changes})


def files_of(plan: PlanningInput) -> dict[str, RenderedFile]:
    """The five files, after it was seen that they agree and are as the schema says."""
    files = {file.artifact_type: file for file in render_all(decide(plan), an_identity())}
    assert list(disagreements({kind: file.data for kind, file in files.items()})) == []
    jsonschema_rs.validate(json.loads(SCHEMA.read_bytes()), document(files))
    return files


def document(files: Mapping[str, RenderedFile]) -> Any:
    return json.loads(files["cci_json"].data)


def only(plan: PlanningInput) -> Any:
    (invoice,) = document(files_of(plan))["invoices"]
    return invoice


def says(files: Mapping[str, RenderedFile], text: str) -> bool:
    """Whether the page says it, blanks and ends of lines aside."""
    said = "".join(read_page(files["cci_human_readable"]).text.split())
    return "".join(text.split()) in said


def rows_of(files: Mapping[str, RenderedFile]) -> list[dict[str, str]]:
    text = files["cci_csv"].data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_invoice_is_in_the_currency_of_purchase_with_dollars_beside_it() -> None:
    plan = a_plan({ORDER: order(euros(19_99), currency="EUR")})

    files = files_of(shipped(plan, exchangeRates=[RATE], charges=[]))

    (invoice,) = document(files)["invoices"]
    (row,) = invoice["lines"]
    assert invoice["currency"] == "EUR"
    assert invoice["exchangeRate"]["usdPerUnit"] == "1.150000"
    assert (row["unitValue"], row["lineValue"], row["lineValueUsd"]) == ("19.99", "59.97", "68.97")
    assert "unitValueUsd" not in row
    assert (invoice["totals"]["invoice"], invoice["totals"]["invoiceUsd"]) == ("59.97", "68.97")
    (cells,) = rows_of(files)
    assert (cells["currency"], cells["lineValue"]) == ("EUR", "59.97")
    assert says(files, "EUR 1 = USD 1.150000, 2026-11-24, Federal Reserve H.10")
    assert says(files, "Value EUR")


def test_without_a_rate_no_dollars_are_made_up() -> None:
    plan = a_plan({ORDER: order(euros(2_000), currency="JPY")})

    files = files_of(plan)

    (invoice,) = document(files)["invoices"]
    assert invoice["totals"]["goods"] == "6000"
    assert "goodsUsd" not in invoice["totals"]
    assert "goodsUsd" not in document(files)["totals"]
    assert decide(plan)["decision"]["totals"]["value_cents"] is None


def test_charges_of_the_shipment_in_dollars_are_not_added_to_euros() -> None:
    charges = [{"name": "Freight", "amountCents": 10_00, "includedInPrice": False}]
    plan = a_plan({ORDER: order(euros(), currency="EUR")})

    totals = only(shipped(plan, exchangeRates=[RATE], charges=charges))["totals"]

    assert (totals["invoice"], totals["invoiceUsd"]) == ("60.00", "79.00")


def test_two_currencies_are_two_entries_and_their_sum_is_in_dollars() -> None:
    plan = a_plan({ORDER: order(euros(), currency="EUR"), "ord_2": order(externalId="A-2")})

    files = files_of(shipped(plan, exchangeRates=[RATE], charges=[]))

    invoices = document(files)["invoices"]
    assert sorted(each.get("currency", "USD") for each in invoices) == ["EUR", "USD"]
    assert document(files)["totals"]["goodsUsd"] == "89.00"


def test_discounts_lower_the_value_and_are_printed_with_the_orders_charges() -> None:
    given = order(
        line(quantity=3, unit_value_cents=9_99),
        discounts=[{"name": "Coupon WELCOME10", "amountMinor": 10_00}],
        charges=[
            {"name": "Gift wrap", "amountMinor": 3_50, "includedInPrice": False},
            {"name": "Postage", "amountMinor": 4_00, "includedInPrice": True},
        ],
    )
    plan = shipped(a_plan({ORDER: given}), charges=[])

    files = files_of(plan)

    (invoice,) = document(files)["invoices"]
    totals = invoice["totals"]
    assert (totals["goodsUsd"], totals["discountsUsd"]) == ("29.97", "10.00")
    assert (totals["chargesAddedUsd"], totals["invoiceUsd"]) == ("3.50", "23.47")
    assert decide(plan)["decision"]["totals"]["value_cents"] == 19_97
    charges = read_page(files["cci_human_readable"]).rows("Charges and total")[0]
    assert ["Coupon WELCOME10", "discount", "\N{MINUS SIGN}10.00"] in charges
    assert ["Postage", "included in the price", "4.00"] in charges


def test_what_nobody_stated_is_not_said_to_be_none() -> None:
    files = files_of(shipped(a_plan(), charges=[]))

    assert says(files, "Discounts, rebates not stated")
    assert says(files, "Freight, insurance, packing, other not stated")
    assert says(files, "Reason for export not stated")
    assert not says(files, "none stated")


def test_the_buyer_stands_apart_from_who_receives_the_goods() -> None:
    buyer = {"name": "Robin Grant", "addressLines": ["5 King St"], "city": "Leeds", "country": "GB"}
    plan = a_plan({ORDER: order(soldTo=buyer, reasonForExport="GIFT")})

    files = files_of(plan)

    assert says(files, "Sold to Robin Grant 5 King St Leeds GB")
    assert says(files, "Ship to and ultimate consignee Jordan Alvarez")
    assert says(files, "Reason for export gift")
    (invoice,) = document(files)["invoices"]
    assert invoice["soldTo"]["soldTo"]["name"] == "Robin Grant"
    assert invoice["orders"][0]["reasonForExport"] == "GIFT"


def test_orders_of_another_importer_or_incoterm_have_an_entry_of_their_own() -> None:
    importer = {"name": "Lakeside Imports LLC", "addressLines": [], "number": "98-7654321"}
    plan = a_plan(
        {
            ORDER: order(),
            "ord_2": order(externalId="A-2", importerOfRecord=importer),
            "ord_3": order(externalId="A-3", incoterm="DAP"),
            "ord_4": order(externalId="A-4", incoterm="DDP"),  # as the shipment has it
        }
    )

    files = files_of(plan)
    invoices = {each["orders"][0]["externalId"]: each for each in document(files)["invoices"]}

    assert {name: len(each["orders"]) for name, each in invoices.items()} == {
        "A-1001": 2,
        "A-2": 1,
        "A-3": 1,
    }
    assert invoices["A-2"]["importerOfRecord"]["number"] == "98-7654321"
    assert invoices["A-3"]["incoterm"] == "DAP"
    assert "importerOfRecord" not in invoices["A-1001"]
    units = {each["invoiceNumber"]: each for each in json.loads(files["manifest"].data)["units"]}
    assert units[invoices["A-2"]["number"]]["importerOfRecord"] == "Lakeside Imports LLC"
    assert "importerOfRecord" not in units[invoices["A-1001"]["number"]]
    named = letter_of(decide(plan))["importer"].split(", ")
    assert sorted(named) == ["Lakeside Imports LLC", "Maple Basics Trading Ltd."]


@pytest.mark.parametrize(
    ("tariff", "sold", "expected"),
    [
        ("Dz Pcs", line(quantity=24), "2.00"),
        ("doz.", of_unit("DOZ", 2_500), "2.50"),
        ("gross", line(quantity=72), "0.50"),
        ("gross", of_unit("GRO", 1_250), "1.25"),
        ("hundreds", line(quantity=250), "2.50"),
        ("thousands", of_unit("THO", 1_000), "1.000"),
        ("No.", of_unit("HUN", 3_000), "300"),
        ("prs.", of_unit("PR", 7_000), "7"),
        ("prs.", of_unit("DPR", 2_000), "24"),
        ("doz. prs.", of_unit("PR", 18_000), "1.50"),
        ("prs.", line(quantity=7), None),
        ("m", of_unit("M", 2_500), "2.500"),
        ("m", of_unit("CM", 250_000), "2.500"),
        ("m²", of_unit("M2", 1_125), "1.125"),
        ("m2", of_unit("CM2", 12_500_000), "1.250"),
        ("liters", of_unit("L", 750), "0.750"),
        ("liters", of_unit("ML", 750_000), "0.750"),
        ("m3", of_unit("L", 1_500_000), "1.500"),
        ("kg", of_unit("KG", 1_250), "1.250"),
        ("g", of_unit("KG", 1_250), "1250"),
        ("t", of_unit("KG", 2_500_000), "2.500"),
        ("kg", of_unit("DOZ", 2_000), "9.600"),
        ("W", line(quantity=24), None),
    ],
)  # fmt: skip
def test_the_tariffs_unit_is_printed_where_arithmetic_gives_it(
    tariff: str, sold: dict[str, Any], expected: str | None
) -> None:
    table = Tariff(sha256="ab" * 32, units={"4901990093": [tariff]})

    (row,) = only(a_plan({ORDER: order(sold)}, tariff=table))["lines"]

    assert row["htsQuantities"][0].get("quantity") == expected


def test_what_a_product_reports_of_one_piece_fills_any_unit_of_the_tariff() -> None:
    wine = product(
        weightGrams=1_200,
        reportingQuantities=[
            {"unit": "L", "quantityThousandths": 750},
            {"unit": "pf.liters", "quantityThousandths": 195},
            {"unit": "kg", "quantityThousandths": 745},
        ],
    )
    table = Tariff(sha256="ab" * 32, units={"4901990093": ["liters", "pf.liters", "kg"]})

    (row,) = only(a_plan({ORDER: order(line(quantity=6))}, {BOOK: wine}, tariff=table))["lines"]

    assert [each["quantity"] for each in row["htsQuantities"]] == ["4.500", "1.170", "4.470"]
    assert row["netWeightGrams"] == 7_200


def test_decimals_of_a_unit_are_rounded_once_and_every_file_says_the_same() -> None:
    orders = {f"ord_{n}": order(of_unit("M", 333), externalId=f"A-{n}") for n in range(3)}

    files = files_of(a_plan(orders))

    (invoice,) = document(files)["invoices"]
    (row,) = invoice["lines"]
    assert (row["quantity"], row["quantityUnit"], row["lineValueUsd"]) == ("0.999", "M", "0.99")
    assert invoice["subtotals"][0]["measured"] == [{"unit": "M", "quantity": "0.999"}]
    assert row["netWeightGrams"] == 399  # 133 of each cut
    assert says(files, "0.999 M")


def test_a_price_below_a_cent_is_told_by_the_thousand() -> None:
    files = files_of(a_plan({ORDER: order(of_unit("THO", 1_000, 12_50))}))

    (invoice,) = document(files)["invoices"]
    assert invoice["totals"]["goodsUsd"] == "12.50"
    assert invoice["totals"]["pieces"] == 1_000


def test_no_other_party_shows_a_social_security_number() -> None:
    buyer = {"name": "Pat, SSN: 123-45-6789", "addressLines": ["1 Elm, 123 45 6789"]}
    full_width = "".join(chr(0xFF10 + int(digit)) for digit in "123456789")
    consignee = {"taxId": f"SSN {full_width}"}
    plan = a_plan({ORDER: order(soldTo=buyer, consignee=consignee)})

    for file in files_of(plan).values():
        assert "6789" not in file.data.decode()
        assert full_width not in file.data.decode()


def _lines(currency: str | None) -> st.SearchStrategy[dict[str, Any]]:
    amounts = st.integers(1, 50_000)
    price = "unitValueCents" if currency is None else "unitValueMinor"
    book = {"productId": st.just(BOOK), price: amounts}
    measured = st.sampled_from(["M", "M2", "L", "KG", "CM"])
    counted = st.sampled_from(["DOZ", "PR", "GRO", "PCS", "HUN"])
    whole = st.integers(1, 20).map(lambda number: number * 1_000)
    return st.one_of(
        st.fixed_dictionaries(book | {"quantity": st.integers(1, 99)}),
        st.fixed_dictionaries(
            book | {"unit": measured, "quantityThousandths": st.integers(1, 20_000)}
        ),
        st.fixed_dictionaries(book | {"unit": counted, "quantityThousandths": whole}),
    )


@st.composite
def _orders(draw: st.DrawFn) -> dict[str, Any]:
    currency = draw(st.sampled_from([None, "EUR", "JPY", "KWD"]))
    items = draw(st.lists(_lines(currency), min_size=1, max_size=3))
    most = worth({"currency": currency or "USD", "items": items}, {}).minor
    off = draw(st.none() | st.integers(0, most))
    charge = st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Postage", "Gift wrap"]),
            "amountMinor": st.integers(0, 9_999),
            "includedInPrice": st.booleans(),
        }
    )
    return order(
        *items,
        currency=currency,
        discounts=None if off is None else [{"name": "Coupon", "amountMinor": off}],
        charges=draw(st.none() | st.lists(charge, max_size=2)),
        reasonForExport=draw(st.sampled_from([None, "SALE", "GIFT"])),
        incoterm=draw(st.sampled_from([None, "DAP"])),
    )


@settings(deadline=None, max_examples=60)
@given(
    st.lists(_orders(), min_size=1, max_size=4),
    st.lists(st.sampled_from(["EUR", "JPY", "KWD"]), unique=True),
)
def test_whatever_orders_say_the_files_agree_with_the_plan_and_each_other(
    orders: list[dict[str, Any]], rated: list[str]
) -> None:
    sold = {f"ord_{n}": each | {"externalId": f"A-{n}"} for n, each in enumerate(orders)}
    plan = shipped(a_plan(sold), exchangeRates=[RATE | {"currency": each} for each in rated])
    planned = {unit["unit_id"]: unit["totals"] for unit in decide(plan)["decision"]["units"]}
    assume(planned)

    invoices = document(files_of(plan))["invoices"]

    for invoice in invoices:
        totals = planned[invoice["unitId"]]
        entered = [each.get("enteredUsd") for each in invoice["subtotals"]]
        assert (totals["value_cents"] is None) == (None in entered)
        assert invoice["totals"]["pieces"] == totals["pieces"]
