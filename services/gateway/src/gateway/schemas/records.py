"""Orders and products as they are answered."""

from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, WithJsonSchema, with_config
from typing_extensions import TypedDict  # as in shared/contracts/decision.py

from gateway.schemas.base import Name, Page, Revision
from shared.contracts import orders
from shared.contracts.base import Fact
from shared.contracts.catalogue import (
    Cents,
    Preference,
    ProductFact,
    ReportingQuantity,
    Thousandths,
)
from shared.contracts.decision import Finding, Moment, RecordId
from shared.contracts.lifecycle import Status
from shared.contracts.sync import MOST_ISSUES
from shared.units import UnitOfMeasure

MOST_EXPORTS: Final = 20  # of one order that are told; the list of exports has them all


def _not_always(schema: dict[str, Any]) -> None:
    for name in ("superseded", "issues"):
        schema["required"].remove(name)


class Synced(Fact):
    """What is stored about a synced record."""

    model_config = ConfigDict(
        json_schema_serialization_defaults_required=True, json_schema_extra=_not_always
    )

    id: RecordId
    """The record's id, which never changes."""

    revision: Revision
    """Raised by every change of substance."""

    superseded: bool = False
    """Only where a newer command was first: this is the current record."""

    issues: Annotated[tuple[Finding, ...], Field(max_length=MOST_ISSUES)] = ()
    """Answer to a sync alone: what the rules about it find today, as a plan's messages."""

    created_at: Moment
    """When it was first synced, UTC."""

    updated_at: Moment
    """When its substance last changed, UTC."""


# Their shapes are those of the request, and said there.
_AS_SYNCED: Final = WithJsonSchema({"type": ["object", "null"]})
_CODE: Final = WithJsonSchema({"type": ["string", "null"], "maxLength": 3})
_ALL_AS_SYNCED: Final = WithJsonSchema(
    {"type": ["array", "null"], "items": {"type": "object"}, "maxItems": 100}
)


class OrderLine(orders.OrderLine):
    """One line, as it was synced."""

    unit: Annotated[UnitOfMeasure | None, _CODE] = None
    """What the quantity counts; pieces where absent."""

    quantity_thousandths: Thousandths
    """Whole pieces, or at most three decimals of `unit`."""


class Order(orders.OrderFact, Synced):
    """An order as it was last synced."""

    items: Annotated[tuple[OrderLine, ...], Field(max_length=orders.MAX_LINES)]
    """The lines, in order; a product may repeat."""

    sold_to: Annotated[orders.Buyer | None, _AS_SYNCED] = None
    """As it was synced."""

    importer_of_record: Annotated[orders.Importer | None, _AS_SYNCED] = None
    """As it was synced."""

    discounts: Annotated[tuple[orders.Discount, ...] | None, _ALL_AS_SYNCED] = None
    """As they were synced."""

    charges: Annotated[tuple[orders.OrderCharge, ...] | None, _ALL_AS_SYNCED] = None
    """As they were synced."""

    total_value_cents: Cents | None
    """Lines less discounts in US dollars; null in another currency."""

    total_value_minor: orders.Minor
    """The same in the currency of purchase."""


@with_config(ConfigDict(use_attribute_docstrings=True))  # not the names of an order
class Place(TypedDict):
    """An export that has the order."""

    exportId: RecordId
    """The export's id."""

    status: Status
    """Where the export stands."""

    package_number: Name | None
    """Its package's number, null until executed."""


class LocatedOrder(Order):
    """An order, and where it went."""

    exports: Annotated[tuple[Place, ...], Field(max_length=MOST_EXPORTS)]
    """Exports that have it, newest change first; one that was executed without it has not."""


class Product(ProductFact, Synced):
    """A product as it was last synced."""

    preference: Annotated[Preference | None, _AS_SYNCED] = None
    """As it was synced."""

    reporting_quantities: Annotated[tuple[ReportingQuantity, ...] | None, _ALL_AS_SYNCED] = None
    """As they were synced."""


class SyncedOrders(TypedDict):
    """The orders as they stand now."""

    data: Annotated[list[Order], Field(max_length=1_000)]
    """The orders, in the order of the request."""


class SyncedProducts(TypedDict):
    """The products as they stand now."""

    data: Annotated[list[Product], Field(max_length=1_000)]
    """The products, in the order of the request."""


class OrderList(TypedDict):
    """A page of orders."""

    data: Annotated[list[LocatedOrder], Field(max_length=200)]
    """The orders, newest change first."""

    next_cursor: Page | None
    """`cursor` of the next page, null on the last."""


class ProductList(TypedDict):
    """A page of products."""

    data: Annotated[list[Product], Field(max_length=200)]
    """The products, newest change first."""

    next_cursor: Page | None
    """`cursor` of the next page, null on the last."""
