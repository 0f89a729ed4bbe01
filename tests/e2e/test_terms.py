"""An order with all that an order can say: synced, planned, executed, and read in the documents."""

import csv
import io
from typing import Any

import pytest
from stack.servers import Addresses

from support.shop import SWEATER, Shop

pytestmark = pytest.mark.e2e

BUYER = {
    "name": "Robin Grant",
    "addressLines": ["5 King Street"],
    "city": "Leeds",
    "region": "WYK",
    "postalCode": "LS1 1AA",
    "country": "GB",
}
SOLD: dict[str, Any] = {
    "externalId": "O-everything",
    "destinationCountry": "US",
    "destinationRegion": "NY",
    "destinationPostalCode": "14201",
    "consignee": {"name": "Pat Doe", "addressLines": ["1 Elm St"], "taxId": "SSN 123-45-6789"},
    "soldTo": BUYER,
    "currency": "KWD",
    "items": [
        {"productExternalId": "SW-1", "unit": "DOZ", "quantity": 0.25, "unitValue": 300.125},
        {"productExternalId": "WOOL", "unit": "M", "quantity": 2.125, "unitValue": 4},
    ],
    "discounts": [{"name": "Coupon", "amount": 10.5}],
    "charges": [{"name": "Gift wrap", "amount": 1.25, "includedInPrice": False}],
    "reasonForExport": "GIFT",
    "importerOfRecord": {
        "name": "Lakeside Imports LLC",
        "addressLines": ["9 Lake Road"],
        "number": "98-7654321",
    },
    "incoterm": "DAP",
}
WOOL = SWEATER | {
    "externalId": "WOOL",
    "sku": "WOOL",
    "title": "Wool cloth",
    "reportingQuantities": [{"unit": "M2", "quantity": 1.5}],
    "preference": {"programme": "USMCA", "claim": True, "certification": "COO-2026-1"},
}
RATE = {
    "currency": "KWD",
    "usdPerUnit": 3.251234,
    "date": "2026-11-27",
    "source": "Federal Reserve H.10",
}


async def test_an_order_that_says_everything_is_read_again_in_every_document(
    shop: Shop, servers: Addresses
) -> None:
    products = await shop.post("/api/products/sync", {"items": [SWEATER, WOOL]})
    assert products.status_code == 200, products.text
    synced = await shop.post("/api/orders/sync", {"items": [SOLD]})
    assert synced.status_code == 200, synced.text
    [order] = synced.json()["data"]
    assert (order["totalValue"], order["totalValueUsd"]) == (73.031, None)
    assert _as_given(order) == _as_given(SOLD)
    got = (await shop.http.get(f"/api/orders/{order['id']}")).json()
    assert _as_given(got) == _as_given(SOLD)
    [_, wool] = products.json()["data"]
    assert wool["preference"] == WOOL["preference"]
    assert wool["reportingQuantities"] == WOOL["reportingQuantities"]

    unpriced = await shop.plan([order["id"]], dryRun=True)
    [unit] = unpriced["export_units"]
    assert unit["totals"]["value_usd"] is None
    assert (unit["totals"]["currency"], unit["totals"]["value"]) == ("KWD", 73.031)
    assert "EXCHANGE_RATE_MISSING" in {each["code"] for each in unpriced["validationMessages"]}

    plan = await shop.plan([order["id"]], shipment={"exchangeRates": [RATE]})
    assert plan["totals"]["value_usd"] == 237.44
    assert plan["export_units"][0]["grouping_key"]["importer_of_record"] == "98-7654321"
    executed = await shop.execute(plan)
    assert executed.status_code == 200, executed.text
    files = {each["filename"]: each["url"] for each in executed.json()["artifacts"]}

    document = (await shop.http.get(files["commercial_customs_invoice.json"])).json()
    [invoice] = document["invoices"]
    assert (invoice["currency"], invoice["incoterm"]) == ("KWD", "DAP")
    assert invoice["exchangeRate"]["usdPerUnit"] == "3.251234"
    assert invoice["soldTo"]["soldTo"]["name"] == "Robin Grant"
    assert invoice["importerOfRecord"]["number"] == "98-7654321"
    totals = invoice["totals"]
    assert (totals["goods"], totals["discounts"]) == ("83.531", "10.500")
    assert (totals["invoice"], totals["invoiceUsd"]) == ("74.281", "241.50")
    table = (await shop.http.get(files["commercial_customs_invoice.csv"])).text.lstrip("\ufeff")
    rows = {row["sku"]: row for row in csv.DictReader(io.StringIO(table, newline=""))}
    assert (rows["SW-1"]["quantity"], rows["SW-1"]["uom"]) == ("0.25", "DOZ")
    assert rows["WOOL"]["currency"] == "KWD"
    page = (await shop.http.get(files["commercial_customs_invoice.html"])).text
    for said in ("Robin Grant", "Lakeside Imports LLC", "KWD 1 = USD 3.251234", "2.125 M", "gift"):
        assert said in page
    for name, url in files.items():
        assert "6789" not in (await shop.http.get(url)).text, name
    await shop.until_status(plan["exportId"], "COMPLETED")
    [mail] = await shop.mails(servers)
    assert "USD 237.44" in mail["Subject"]


def _as_given(order: dict[str, Any]) -> dict[str, Any]:
    """What was said, without what the answer adds or names by id."""
    said = {name: order[name] for name in SOLD}
    lines = [
        {name: value for name, value in line.items() if not name.startswith("product")}
        for line in said["items"]
    ]
    return said | {"items": lines}
