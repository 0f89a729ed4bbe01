"""The collections of the store, each with the type of its documents.

What belongs to an account is sharded by it: a document is reached by `EXPORTS.of(account_id)` and
its id, and by no less, so that each read and write goes to one shard. Who may write to a collection
is in docs/architecture.md.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, NotRequired, TypedDict, TypeVar

from shared.contracts.lifecycle import ExportRecord

Record = TypeVar("Record")
Document = dict[str, Any]  # of a collection that only one place knows


class Part(NamedTuple, Generic[Record]):
    """Where a document is looked for: what an account has in a collection.

    `account_id` is None for a collection whose documents belong to no account.
    """

    collection: str
    account_id: str | None

    def within(self, query: Mapping[str, Any]) -> Document:
        """The query, of what is the account's."""
        account = {} if self.account_id is None else {"account_id": self.account_id}
        return {**query, **account}


class Collection(str, Generic[Record]):
    """The name of a collection whose documents each belong to an account."""

    __slots__ = ()

    def of(self, account_id: str) -> Part[Record]:
        return Part(self, account_id)


Place = Collection[Record] | Part[Record]


def day_of(moment: datetime) -> str:
    """The day under which what was stored on it is counted."""
    return moment.strftime("%Y%m%d")


def named(place: str | Part[Any]) -> str:
    return str(place.collection if isinstance(place, Part) else place)


class SyncedDocument(TypedDict):
    """A product or an order as it was last synced."""

    _id: str
    account_id: str
    external_id: str
    content: dict[str, Any]  # the record's substance, see contracts/catalogue.py
    metadata: dict[str, Any] | None
    hash: str
    applied: str  # stamp of the newest command that touched it
    publisher: NotRequired[str | None]  # that wrote what stands here, where not the gateway did
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
    expires_at: NotRequired[str | None]


class KeyUse(TypedDict):
    """When an API key was last used, to the hour; under the key's id."""

    _id: str
    last_used_at: str


class Publisher(TypedDict):
    """A service of the company that publishes orders, under its name; see permissions.py."""

    _id: str
    accounts: list[str]  # for which it may
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
    traceparent: NotRequired[str | None]  # of the request that began it; see tracing.py
    expires_at: datetime


class Claim(TypedDict):
    """An order is in this attempt of this export; see claims.py for when that holds."""

    _id: str  # the order's
    account_id: str
    export: str
    attempt: int


class Print(TypedDict):
    """The PDF of a package's invoices, or of one entry's; its bytes are a blob."""

    _id: str  # entry_pages.print_id
    account_id: str
    sha256: str
    size_bytes: int
    created_at: str


class Blob(TypedDict):
    """Immutable bytes under their SHA-256; see blobs.py."""

    _id: str
    encoding: str  # identity, zstd
    data: bytes
    unused_since: NotRequired[str]  # nothing was found to refer to it: `entrygo purge`


class Epoch(TypedDict):
    """One store, restored: what was done between backup and restore is not known to it.

    While it is not released, what is older than it runs only where a person released it.
    """

    _id: str  # CURRENT_EPOCH: a further restore writes another over it
    began_at: str
    backup_id: str
    taken_at: str  # of the backup: what happened from here to `began_at` is lost
    restored_at: str | None  # None: not whole yet
    released_at: str | None
    released_by: str | None
    reason: str | None


CURRENT_EPOCH: Final = "current"

EXPORTS: Final = Collection[ExportRecord]("exports")
PRODUCTS: Final = Collection[SyncedDocument]("products")
ORDERS: Final = Collection[SyncedDocument]("orders")
PLANS: Final = Collection[Document]("plans")
CLAIMS: Final = Collection[Claim]("exported_orders")
PRINTS: Final = Collection[Print]("prints")
ACCOUNTS: Final = Collection[PartyDocument]("accounts")
WAREHOUSES: Final = Collection[PartyDocument]("warehouses")
BROKERS: Final = Collection[PartyDocument]("brokers")
STORAGE: Final = Collection[Document]("storage")  # about how much is stored of an account
VERDICTS: Final = Collection[Document]("verdicts")
IDEMPOTENCY_KEYS: Final = Collection[KeyRecord]("idempotency_keys")

# Of no account, so sharded by `_id` or not at all:
API_KEYS: Final = Part[ApiKey]("api_keys", None)  # its hash is what the account is found by
PUBLISHERS: Final = Part[Publisher]("publishers", None)  # each of some accounts
KEY_USES: Final = Part[KeyUse]("key_uses", None)  # as api_keys
TARIFF_TABLES: Final = Part[Document]("tariff_tables", None)  # the same for everybody
BLOBS: Final = Part[Blob]("blobs", None)  # equal bytes are one document, whoever has them
EPOCHS: Final = Part[Epoch]("epochs", None)  # of the whole store
