"""The planning snapshot: what a plan was decided on, and the decision. Hashed, stored, executed.

`planHash` is `sha256:` and the SHA-256 of `canonical_json(snapshot)`. Integers only: money in US
cents, weight in grams, percents in hundredths. Content objects are kept as synced, in camelCase;
what the planner adds is snake_case. Nothing in it depends on the replica, the clock or the order
in which the request named its orders: maps are keyed by id, lists are sorted.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, NotRequired, TypedDict

PROTOCOL = "entrygo-export-protocol/1"


class EntryType(NamedTuple):
    """One of CBP's entry types in words."""

    short: str
    in_full: str


ENTRY_TYPES: Final[Mapping[str, EntryType]] = {
    "01": EntryType("formal", "formal"),
    "03": EntryType("formal, AD/CVD", "antidumping/countervailing duty"),
    "11": EntryType("informal", "informal"),
}


class Source(TypedDict):
    """Where a rule or a figure comes from; `verified` false is printed as such."""

    citation: str
    date: str | None
    verified: bool


class Finding(TypedDict):
    """One of the plan's `validationMessages`."""

    code: str
    rule_id: str
    severity: str  # BLOCKING, WARNING, INFO
    message: str
    order_id: NotRequired[str]
    product_id: NotRequired[str]
    unit_id: NotRequired[str]
    field: NotRequired[str]
    order_count: NotRequired[int]  # orders that a finding about a product touches
    remedy: str
    source: Source


class Flag(TypedDict):
    """Regulatory treatment carried forward; never lowers readiness."""

    code: str
    agency: NotRequired[str]
    programme: NotRequired[str]
    order_count: int
    product_ids: list[str]
    unit_ids: list[str]
    reason: str
    source: Source


class MissingDatum(TypedDict):
    path: str
    order_id: NotRequired[str]
    product_id: NotRequired[str]
    required_for: str  # EXECUTE, ENTRY
    fixable_by: str  # CLIENT, OPERATOR


class UnitTotals(TypedDict):
    orders: int
    lines: int
    pieces: int
    value_cents: int
    net_weight_grams: int


class Totals(UnitTotals):
    units: int


class Unit(TypedDict):
    """An export unit: orders that travel on one entry."""

    unit_id: str
    grouping_key: dict[str, str]
    entry_type: str  # CBP's two digits, as in ENTRY_TYPES
    order_ids: list[str]
    totals: UnitTotals


class ExcludedOrder(TypedDict):
    order_id: str
    codes: list[str]


class StrategyHint(TypedDict):
    code: str
    message: str
    alternative: NotRequired[str]


class Decision(TypedDict):
    readiness: str
    findings: list[Finding]
    flags: list[Flag]
    missing_data: list[MissingDatum]
    included_order_ids: list[str]
    excluded_orders: list[ExcludedOrder]
    units: list[Unit]
    strategy_hint: StrategyHint
    totals: Totals


class SnapshotLine(TypedDict):
    productId: str
    quantity: int
    unitValueCents: int


class SnapshotOrder(TypedDict):
    """The order's content as synced (lines name their product by id), and `exported`."""

    externalId: str
    destinationCountry: str
    destinationRegion: NotRequired[str]
    destinationPostalCode: NotRequired[str]
    consignee: NotRequired[dict[str, Any]]
    items: list[SnapshotLine]


class Snapshot(TypedDict):
    protocol: str
    ruleset_version: str
    destination_country: str
    account: dict[str, Any]  # {"id": ...} and AccountContent's camelCase content
    warehouse: dict[str, Any]  # {"id": ...} and WarehouseContent's
    broker: dict[str, Any]  # {"id": ...} and BrokerContent's
    shipment: dict[str, Any]  # exports.Shipment's content over the warehouse's defaults
    orders: dict[str, SnapshotOrder]
    exported_order_ids: list[str]  # those of the orders that are in an executed export
    products: dict[str, dict[str, Any]]  # ProductFact's content, by id
    hts_units: dict[str, list[str]]  # HTS number -> units of quantity, where a table is loaded
    decision: Decision
