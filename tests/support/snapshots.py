"""Believable planning snapshots (any_snapshot.py makes any snapshot at all).

A builder answers a complete object and takes what a test wants different; what is absent in a
record stays absent, as `metadata` does. `a_snapshot` computes totals and groups orders, so that a
test only says which orders there are and how they fall into units.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.contracts.decision import Finding, Flag, Source, Unit, UnitTotals
from shared.contracts.snapshot import PROTOCOL, Snapshot, SnapshotLine, SnapshotOrder
from shared.ids import derived_id

RULESET = "2026-11-01+hts.none"
POLICY: Source = {"citation": "EntryGo policy", "date": None, "verified": False}
LAW: Source = {"citation": "19 CFR 141.86(a)(10)", "date": "2002-04-01", "verified": True}


def product_id(name: str) -> str:
    return derived_id("prod_", "acc_maple", name)


def order_id(name: str) -> str:
    return derived_id("ord_", "acc_maple", name)


def a_product(name: str = "TEE-BLK-M", **content: object) -> dict[str, Any]:
    """A knitted T-shirt with all that an entry asks for; `None` takes a field away."""
    product = {
        "externalId": name,
        "sku": name,
        "title": "Maple Basics Tee",
        "description": "Men's knitted T-shirt, short sleeves, crew neck, for casual wear",
        "htsCode": "6109.10.0012",
        "countryOfOrigin": "CN",
        "weightGrams": 180,
        "materials": [{"name": "cotton", "percentHundredths": 10000}],
        "manufacturer": {
            "name": "Shenzhen Textile Works",
            "addressLines": ["1234 Binhai Avenue"],
            "city": "Shenzhen",
            "postalCode": "518000",
            "country": "CN",
            "mid": "CNSHETEX1234SHE",
        },
        "adcvdCase": "none",
    }
    return _with(product, content)


def a_consignee(name: str = "Jordan Alvarez", **content: object) -> dict[str, Any]:
    consignee = {
        "name": name,
        "addressLines": ["221 Elm Street", "Apt 4"],
        "city": "Buffalo",
        "phone": "+1 716 555 0134",
    }
    return _with(consignee, content)


def a_line(
    product: str = "TEE-BLK-M", quantity: int = 2, unit_value_cents: int = 1850
) -> SnapshotLine:
    return {
        "productId": product_id(product),
        "quantity": quantity,
        "unitValueCents": unit_value_cents,
    }


def an_order(name: str = "A-1001", *lines: SnapshotLine, **content: object) -> SnapshotOrder:
    order = {
        "externalId": name,
        "destinationCountry": "US",
        "destinationRegion": "NY",
        "destinationPostalCode": "14201",
        "consignee": a_consignee(),
        "items": list(lines) or [a_line()],
    }
    return _with(order, content)  # type: ignore[return-value]  # a TypedDict made by parts


def an_account(**content: object) -> dict[str, Any]:
    address = {
        "addressLines": ["480 King Street West", "Suite 300"],
        "city": "Toronto",
        "region": "ON",
        "postalCode": "M5V 1L7",
        "country": "CA",
    }
    account = {
        "id": "acc_maple",
        "name": "Maple Basics",
        "test": False,
        "exporter": {"name": "Maple Basics Trading Ltd.", "address": address},
        "importerOfRecord": {
            "name": "Maple Basics Trading Ltd.",
            "address": address,
            "number": "123456-78901",
            "bond": "SB-2026-118",
            "powerOfAttorney": True,
        },
        "responsibleEmployee": {
            "name": "Renée Tremblay",
            "title": "Customs compliance manager",
            "phone": "+1 416 555 0101",
            "email": "renee.tremblay@maple.example",
        },
        "relatedParties": False,
        "assists": "none",
        "grouping": "CONSOLIDATED_IOR",
    }
    return _with(account, content)


def a_warehouse(**content: object) -> dict[str, Any]:
    warehouse = {
        "id": "wh_toronto",
        "name": "Toronto fulfilment centre",
        "country": "CA",
        "address": {
            "addressLines": ["6900 Airport Road, Dock 12"],
            "city": "Mississauga",
            "region": "ON",
            "postalCode": "L4V 1E8",
            "country": "CA",
        },
        "email": "dock@toronto.example",
    }
    return _with(warehouse, content)


def a_broker(**content: object) -> dict[str, Any]:
    broker = {
        "id": "br_niagara",
        "name": "Niagara Customs Brokers Inc.",
        "email": "entries@niagara.example",
        "phone": "+1 716 555 0177",
        "filerCode": "NCB",
        "completesClassification": False,
    }
    return _with(broker, content)


def a_shipment(**content: object) -> dict[str, Any]:
    shipment = {
        "portOfEntry": "0901",
        "transportMode": "TRUCK",
        "carrier": "Northway Freight",
        "paps": "NWAY0012345",
        "eta": "2026-11-25T14:00:00.000Z",
        "exportDate": "2026-11-25",
        "incoterm": "DDP",
        "packages": [{"kind": "carton", "count": 4, "grossWeightGrams": 9_600}],
        "charges": [
            {"name": "Freight", "amountCents": 12_450, "includedInPrice": False},
            {"name": "Insurance", "amountCents": 1_801, "includedInPrice": True},
        ],
    }
    return _with(shipment, content)


def a_flag(products: Sequence[str], units: Sequence[str], **content: object) -> Flag:
    flag = {
        "code": "PGA_REVIEW",
        "agency": "CPSC",
        "order_count": 1,
        "product_ids": sorted(products),
        "unit_ids": sorted(units),
        "reason": "CPSC may regulate this good: is a certificate required, and is it e-filed?",
        "source": LAW,
    }
    return _with(flag, content)  # type: ignore[return-value]  # a TypedDict made by parts


def a_finding(**content: object) -> Finding:
    finding = {
        "code": "MANUFACTURER_MISSING",
        "rule_id": "R24",
        "severity": "WARNING",
        "message": "Maker name/address is missing; most entries ask for it.",
        "remedy": "Sync the product with its manufacturer.",
        "source": POLICY,
    }
    return _with(finding, content)  # type: ignore[return-value]  # a TypedDict made by parts


def totals_of(
    orders: Sequence[SnapshotOrder], products: Mapping[str, Mapping[str, Any]]
) -> UnitTotals:
    lines = [line for order in orders for line in order["items"]]
    return {
        "orders": len(orders),
        "lines": len(lines),
        "pieces": sum(line["quantity"] for line in lines),
        "value_cents": sum(line["quantity"] * line["unitValueCents"] for line in lines),
        "net_weight_grams": sum(
            line["quantity"] * products[line["productId"]].get("weightGrams", 0) for line in lines
        ),
    }


def a_unit(
    orders: Mapping[str, SnapshotOrder], products: Mapping[str, Mapping[str, Any]], lane: str
) -> Unit:
    totals = totals_of(list(orders.values()), products)
    return {
        "unit_id": derived_id("unit_", lane, *sorted(orders)),
        "grouping_key": {"strategy": "CONSOLIDATED_IOR", "lane": lane},
        "entry_type": "01" if totals["value_cents"] > 250_000 else "11",
        "order_ids": sorted(orders),
        "totals": totals,
    }


def a_snapshot(
    *units: Sequence[SnapshotOrder], products: Sequence[dict[str, Any]] = (), **parts: object
) -> Snapshot:
    """A snapshot of these orders, a group is a unit; `parts` replaces whole parts."""
    groups = [list(unit) for unit in units] or [[an_order()]]
    catalogue = {product_id(p["externalId"]): p for p in products or [a_product()]}
    orders = {order_id(o["externalId"]): o for group in groups for o in group}
    made = [
        a_unit({order_id(o["externalId"]): o for o in group}, catalogue, f"LANE-{number}")
        for number, group in enumerate(groups, 1)
    ]
    snapshot: dict[str, Any] = {
        "protocol": PROTOCOL,
        "ruleset_version": RULESET,
        "destination_country": "US",
        "account": an_account(),
        "warehouse": a_warehouse(),
        "broker": a_broker(),
        "shipment": a_shipment(),
        "orders": orders,
        "exported_order_ids": [],
        "products": catalogue,
        "hts_units": {},
        "decision": {
            "readiness": "READY",
            "findings": parts.pop("findings", []),
            "flags": parts.pop("flags", []),
            "missing_data": [],
            "included_order_ids": sorted(orders),
            "excluded_orders": [],
            "units": sorted(made, key=lambda unit: unit["unit_id"]),
            "strategy_hint": {"code": "SINGLE_UNIT", "message": "All orders travel together."},
            "totals": {"units": len(made), **totals_of(list(orders.values()), catalogue)},
        },
    }
    return snapshot | parts  # type: ignore[return-value]  # a TypedDict made by parts


def a_long_snapshot(lines: int, products: int = 200) -> Snapshot:
    """One unit of `lines` order lines, ten an order, every one its own invoice line."""
    catalogue = [
        a_product(f"SKU-{n:05d}", htsCode=f"6109.{n % 90 + 10}.{n % 9000 + 1000}")
        for n in range(products)
    ]
    orders = [
        an_order(
            f"A-{start:05d}",
            *(
                a_line(f"SKU-{n % products:05d}", 1 + n % 7, 500 + n // products)
                for n in range(start, min(start + 10, lines))
            ),
        )
        for start in range(0, lines, 10)
    ]
    return a_snapshot(orders, products=catalogue)


def _with(base: dict[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    return {key: value for key, value in (base | dict(changes)).items() if value is not None}
