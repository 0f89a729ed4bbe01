"""The planning snapshot: what a plan was decided on, and the decision. Hashed, stored, executed.

`planHash` is `sha256:` and the SHA-256 of `canonical_json(snapshot)`. Integers only: money in US
cents, weight in grams, percents in hundredths. Content objects are kept as synced, in camelCase;
what the planner adds is snake_case. Nothing in it depends on the replica, the clock or the order
in which the request named its orders: maps are keyed by id, lists are sorted.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, NotRequired, TypedDict

from shared.contracts.decision import Decision

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


class SnapshotLine(TypedDict):
    """Read by `shared.sold`: a unit has thousandths, a currency of the order's minor units."""

    productId: str
    unit: NotRequired[str]
    quantity: NotRequired[int]
    quantityThousandths: NotRequired[int]
    unitValueCents: NotRequired[int]
    unitValueMinor: NotRequired[int]


class SnapshotOrder(TypedDict):
    """The order's content as synced (lines name their product by id), and `exported`."""

    externalId: str
    destinationCountry: str
    destinationRegion: NotRequired[str]
    destinationPostalCode: NotRequired[str]
    consignee: NotRequired[dict[str, Any]]
    soldTo: NotRequired[dict[str, Any]]
    currency: NotRequired[str]
    discounts: NotRequired[list[dict[str, Any]]]
    charges: NotRequired[list[dict[str, Any]]]
    reasonForExport: NotRequired[str]
    importerOfRecord: NotRequired[dict[str, Any]]
    incoterm: NotRequired[str]
    items: list[SnapshotLine]


class TariffEdition(TypedDict, total=False):
    """Which tariff table is in use, as far as whoever loaded it said."""

    revision: str  # `2026 Revision 21`
    effective: str  # the day from which it is in force


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
    tariff: NotRequired[TariffEdition]
    decision: Decision
