"""Believable planning snapshots (any_snapshot.py makes any snapshot at all).

A builder answers a complete object and takes what a test wants different; what is absent in a
record stays absent, as `metadata` does. `a_snapshot` computes totals and groups orders, so that a
test only says which orders there are and how they fall into units.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from shared.contracts.decision import Finding, Flag, Source, Unit, UnitTotals
from shared.contracts.snapshot import PROTOCOL, Snapshot, SnapshotLine, SnapshotOrder
from shared.ids import derived_id
from support import world

RULESET = "2026-11-01+hts.none"
POLICY: Source = {"citation": "EntryGo policy", "date": None, "verified": False}
LAW: Source = {"citation": "19 CFR 141.86(a)(10)", "date": "2002-04-01", "verified": True}


def product_id(name: str) -> str:
    return derived_id("prod_", "acc_maple", name)


def order_id(name: str) -> str:
    return derived_id("ord_", "acc_maple", name)


def a_product(name: str = "TEE-BLK-M", **content: object) -> dict[str, Any]:
    """A knitted T-shirt with all that an entry asks for; `None` takes a field away."""
    return _with(world.TEE | {"externalId": name, "sku": name}, content)


def a_consignee(name: str = "Jordan Alvarez", **content: object) -> dict[str, Any]:
    return _with(world.CONSIGNEE | {"name": name}, content)


def a_line(
    product: str = "TEE-BLK-M", quantity: int = 2, unit_value_cents: int = 1850
) -> SnapshotLine:
    return {
        "productId": product_id(product),
        "quantity": quantity,
        "unitValueCents": unit_value_cents,
    }


def an_order(name: str = "A-1001", *lines: SnapshotLine, **content: object) -> SnapshotOrder:
    order = world.ORDER | {"externalId": name, "items": list(lines) or [a_line()]}
    return _with(order, content)  # type: ignore[return-value]  # a TypedDict made by parts


def an_account(**content: object) -> dict[str, Any]:
    return _with({"id": "acc_maple"} | world.ACCOUNT, content)


def a_shipment(**content: object) -> dict[str, Any]:
    return _with(world.SHIPMENT, content)


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
        "entry_type": "01" if (totals["value_cents"] or 0) > 250_000 else "11",
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
        "warehouse": _with({"id": "wh_toronto"} | world.WAREHOUSE, {}),
        "broker": _with({"id": "br_niagara"} | world.BROKER, {}),
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


def _with(base: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """A copy of its own, whole: tests write into what they get."""
    made = copy.deepcopy(dict(base)) | dict(changes)
    return {key: value for key, value in made.items() if value is not None}
