"""What the planner decides is what the executor prints: the two services meet in the snapshot."""

import json

from executor.artifacts import render_all
from planner.domain.decide import decide, plan_hash
from support.documents import an_identity, read_page
from support.planning import MAKER, a_plan, line, order, product


def test_a_planned_export_of_two_units_prints_its_flags_findings_and_tariff_units() -> None:
    made_in_china = {**MAKER, "country": "CN", "postalCode": "510000", "city": "Guangzhou"}
    shirt = product(
        externalId="shirt",
        sku="TEE-1",
        description="Men's knitted cotton T-shirt for casual wear",
        htsCode="6109.10.0012",
        countryOfOrigin="CN",
        manufacturer=made_in_china,
    )
    plan = a_plan(
        {
            "ord_1": order(line(), line("prod_shirt", 3)),
            "ord_2": order(line("prod_shirt", 200), externalId="A-1002", consignee=None),
        },
        {"prod_book": product(), "prod_shirt": shirt},
    )
    snapshot = decide(plan)

    html, _, document, *_ = render_all(snapshot, an_identity())

    invoices = json.loads(document.data)["invoices"]
    assert plan_hash(snapshot).startswith("sha256:")
    units = snapshot["decision"]["units"]
    assert [invoice["unitId"] for invoice in invoices] == [unit["unit_id"] for unit in units]
    lines = [line for invoice in invoices for line in invoice["lines"]]
    assert sum(line["quantity"] for line in lines) == snapshot["decision"]["totals"]["pieces"]
    (book,) = [line for line in lines if line["sku"] == "BK-1"]
    assert book["htsQuantities"] == [{"unit": "No.", "quantity": "1"}]
    flags = snapshot["decision"]["flags"]
    page = read_page(html)
    assert flags
    assert all(flag["reason"] in page.text for flag in flags)
    warnings = [f for f in snapshot["decision"]["findings"] if f["severity"] == "WARNING"]
    assert warnings
    assert all(finding["message"] in page.text for finding in warnings)
