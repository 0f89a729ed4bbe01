"""The collections of the store, each with the type of its documents.

A handle is the collection's name; who may write to it is in docs/architecture.md.
"""

from datetime import datetime
from typing import Any, Final, Generic, TypedDict, TypeVar

from shared.contracts.lifecycle import ExportRecord

Record = TypeVar("Record")
Document = dict[str, Any]  # of a collection that only one place knows


class Collection(str, Generic[Record]):
    """A collection's name, for which the store knows what its documents are."""

    __slots__ = ()


class SyncedDocument(TypedDict):
    """A product or an order as it was last synced."""

    _id: str
    account_id: str
    external_id: str
    content: dict[str, Any]  # the record's substance, see contracts/catalogue.py
    metadata: dict[str, Any] | None
    hash: str
    applied: str  # stamp of the newest command that touched it
    revision: int
    created_at: str
    updated_at: str


class PartyDocument(TypedDict):
    """An account, a warehouse or a broker."""

    _id: str
    account_id: str
    content: dict[str, Any]  # see contracts/parties.py
    hash: str
    revision: int
    created_at: str
    updated_at: str


class ApiKey(TypedDict):
    """An API key, under the SHA-256 of it; the key itself is kept nowhere."""

    _id: str
    account_id: str
    warehouse_id: str | None
    test: bool
    name: str
    prefix: str
    created_at: str
    revoked_at: str | None


class KeyRecord(TypedDict):
    """A write under its idempotency key."""

    _id: str
    account_id: str
    fingerprint: str
    state: str
    command_id: str
    command: bytes  # as it is published
    token: str  # who may settle the record
    lease_until: datetime
    outcome: dict[str, Any] | None
    expires_at: datetime


class Claim(TypedDict):
    """An order is in this attempt of this export; see claims.py for when that holds."""

    _id: str  # the order's
    account_id: str
    export: str
    attempt: int


class Blob(TypedDict):
    """Immutable bytes under their SHA-256; see blobs.py."""

    _id: str
    encoding: str  # identity, zstd
    data: bytes


EXPORTS: Final = Collection[ExportRecord]("exports")
PRODUCTS: Final = Collection[SyncedDocument]("products")
ORDERS: Final = Collection[SyncedDocument]("orders")
PLANS: Final = Collection[Document]("plans")
CLAIMS: Final = Collection[Claim]("exported_orders")
ACCOUNTS: Final = Collection[PartyDocument]("accounts")
WAREHOUSES: Final = Collection[PartyDocument]("warehouses")
BROKERS: Final = Collection[PartyDocument]("brokers")
API_KEYS: Final = Collection[ApiKey]("api_keys")
VERDICTS: Final = Collection[Document]("verdicts")
TARIFF_TABLES: Final = Collection[Document]("tariff_tables")
IDEMPOTENCY_KEYS: Final = Collection[KeyRecord]("idempotency_keys")
BLOBS: Final = Collection[Blob]("blobs")
