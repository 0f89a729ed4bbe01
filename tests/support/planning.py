"""Planning inputs to take from: a plan with nothing to object to, and ways to spoil one thing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from planner import rulesets
from planner.domain.facts import Party, PlanningInput, Tariff

TODAY = date(2026, 11, 24)
BOOK, ORDER = "prod_book", "ord_1"

ACCOUNT = {
    "name": "Maple Goods",
    "exporter": {"name": "Maple Goods Inc."},
    "importerOfRecord": {
        "name": "Maple Goods US LLC",
        "number": "12-3456789",
        "bond": "B-1001",
        "powerOfAttorney": True,
    },
    "responsibleEmployee": {"name": "Ana Roy", "phone": "+1 416 555 0100"},
    "grouping": "CONSOLIDATED_IOR",
    "valueFloorCents": 100,
}
WAREHOUSE = {
    "name": "Toronto",
    "country": "CA",
    "email": "dock@example.com",
    "address": {"addressLines": ["1 Front St"], "city": "Toronto", "country": "CA"},
}
BROKER = {"name": "Border Brokers", "email": "entries@example.com"}
SHIPMENT = {
    "portOfEntry": "0901",
    "transportMode": "TRUCK",
    "carrier": "Lakes Freight",
    "paps": "LAKE123456",
    "eta": "2026-11-26T14:00:00.000Z",
    "packages": [{"kind": "CARTON", "count": 1, "grossWeightGrams": 900}],
}
MAKER = {
    "name": "Print House",
    "addressLines": ["4 Mill Road"],
    "city": "Leeds",
    "country": "GB",
    "postalCode": "LS1 1AA",
}
PRODUCT = {
    "externalId": "book",
    "sku": "BK-1",
    "title": "A Walk in the Woods",
    "description": "Printed paperback book about hiking, for reading",
    "htsCode": "4901.99.0093",
    "countryOfOrigin": "GB",
    "unitValueCents": 2_000,
    "weightGrams": 400,
    "manufacturer": MAKER,
}
ADDRESSED = {
    "externalId": "A-1001",
    "destinationCountry": "US",
    "destinationRegion": "NY",
    "destinationPostalCode": "14201",
    "consignee": {"name": "Jo Alvarez", "addressLines": ["221 Elm St"], "city": "Buffalo"},
}
TARIFF = Tariff(sha256="ab" * 32, units={"4901990093": ["No."]})


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the changes; None takes a field away, an object is merged into an object."""
    result = dict(base)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(result.get(name), Mapping):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


def product(**changes: object) -> dict[str, Any]:
    return merged(PRODUCT, changes)


def line(
    product_id: str = BOOK, quantity: int = 1, unit_value_cents: int = 2_000
) -> dict[str, Any]:
    return {
        "productId": product_id,
        "quantity": quantity,
        "unitValueCents": unit_value_cents,
    }


def order(*lines: dict[str, Any], **changes: object) -> dict[str, Any]:
    return merged({**ADDRESSED, "items": list(lines) or [line()]}, changes)


def a_plan(
    orders: Mapping[str, Mapping[str, Any]] | None = None,
    products: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    as_of: date = TODAY,
    tariff: Tariff | None = TARIFF,
    exported: frozenset[str] = frozenset(),
) -> PlanningInput:
    """One order of one book from Leeds: nothing is missing, nothing is doubtful."""
    return PlanningInput(
        as_of=as_of,
        account=Party("acc_1", ACCOUNT),
        warehouse=Party("wh_1", WAREHOUSE),
        broker=Party("br_1", BROKER),
        shipment=SHIPMENT,
        orders=orders or {ORDER: order()},
        products=products or {BOOK: product()},
        exported_order_ids=exported,
        ruleset=rulesets.load(as_of),
        tariff=tariff,
    )


def with_product(*, as_of: date = TODAY, **changes: object) -> PlanningInput:
    return a_plan(products={BOOK: product(**changes)}, as_of=as_of)


def with_order(*lines: dict[str, Any], **changes: object) -> PlanningInput:
    return a_plan({ORDER: order(*lines, **changes)})


def with_account(plan: PlanningInput | None = None, **changes: object) -> PlanningInput:
    plan = plan or a_plan()
    return replace(plan, account=Party("acc_1", merged(plan.account.content, changes)))


def with_warehouse(**changes: object) -> PlanningInput:
    return replace(a_plan(), warehouse=Party("wh_1", merged(WAREHOUSE, changes)))


def with_broker(plan: PlanningInput | None = None, **changes: object) -> PlanningInput:
    return replace(plan or a_plan(), broker=Party("br_1", merged(BROKER, changes)))


def with_shipment(**changes: object) -> PlanningInput:
    return replace(a_plan(), shipment=merged(SHIPMENT, changes))
