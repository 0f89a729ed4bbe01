"""Commands and answers about products and orders: what is synced is in catalogue.py."""

from typing import Annotated, Any

from pydantic import FailFast, Field

from shared.contracts.base import Command, Message, Timestamp
from shared.contracts.catalogue import ProductFact
from shared.contracts.orders import OrderFact

MAX_ORDERS = 1_000
MOST_ISSUES = 20  # told of one record, those that block first


class SyncProducts(Command):
    """`products.sync`: durable upsert of products by external id."""

    items: Annotated[
        tuple[ProductFact, ...], FailFast(), Field(min_length=1, max_length=MAX_ORDERS)
    ]
    """The products; no external id twice. A refusal tells the first that is wrong."""


class SyncOrders(Command):
    """`orders.sync`: durable upsert of orders by external id."""

    items: Annotated[tuple[OrderFact, ...], FailFast(), Field(min_length=1, max_length=MAX_ORDERS)]
    """The orders; no external id twice. A refusal tells the first that is wrong."""


class SyncedRecord(Message):
    """What became of one item."""

    id: str
    """The record's id, which never changes."""

    external_id: str
    """Your own reference, as it is kept."""

    revision: int
    """Raised by every change of substance."""

    superseded: bool = False
    """A newer command was first: this one changed nothing."""

    created_at: Timestamp | None = None
    """When it was first synced."""

    updated_at: Timestamp | None = None
    """When its substance last changed."""


class ProductsSynced(Message):
    """Answer to `products.sync`: ids and revisions in the order of the request."""

    records: tuple[SyncedRecord, ...]
    """One for each item, in the order of the command."""

    issues: str | None = None
    """What the rules find in them, as JSON: by id, in the form of a plan's `validationMessages`."""


class OrdersSynced(Message):
    """Answer to `orders.sync`, and the event `orders.synced`."""

    account_id: str
    """The account it is about."""

    command_id: str
    """The command that is answered."""

    records: tuple[SyncedRecord, ...]
    """One for each item, in the order of the command."""

    issues: str | None = None
    """In the answer alone: what the rules find in them, as in that to `products.sync`."""


class OrdersSyncRefused(Message):
    """The event `orders.sync_refused`: the envelope an internal publisher would have got."""

    account_id: str
    """The account it is about."""

    command_id: str
    """The command that is answered."""

    status: int
    """The status that HTTP would have given."""

    error: dict[str, Any]
    """The error envelope that HTTP would have given."""
