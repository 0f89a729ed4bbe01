"""Products and orders: what is synced, as messages carry it and the store keeps it.

A record's *content* is its substance: what plan hashes depend on. It is kept as the camelCase
object these classes dump (`dump_content`), with money in integer US cents (`...Cents`), weight in
integer grams and percents in whole hundredths (`...Hundredths`). `metadata` is not substance.
"""

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from shared.contracts.base import Command, Fact, Message

MAX_ORDERS = 1_000
MAX_LINES = 2_000
MAX_CENTS = 1_000_000_000  # USD 10,000,000.00
MAX_QUANTITY = 1_000_000
LAST_BASIC = "\uffff"

_CONTROL = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"  # tab and line feed are allowed
Text = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_CONTROL)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=_CONTROL)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=_CONTROL)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")]
Hundredths = Annotated[int, Field(ge=0, le=10_000)]
Cents = Annotated[int, Field(ge=0, le=MAX_CENTS)]


class Consignee(Fact):
    name: Text
    address_lines: tuple[Text, ...] = Field(default=(), max_length=10)
    city: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    tax_id: Text | None = None


class OrderLine(Fact):
    """One line; a product is named by exactly one of its id and its external id."""

    product_id: Id | None = None
    product_external_id: Id | None = None
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
    unit_value_cents: Cents

    @model_validator(mode="after")
    def one_name(self) -> Self:
        if (self.product_id is None) == (self.product_external_id is None):
            raise ValueError("exactly one of productId and productExternalId")
        return self


class OrderFact(Fact):
    external_id: Id
    destination_country: Country
    destination_region: Text | None = None
    destination_postal_code: Text | None = None
    consignee: Consignee | None = None
    items: tuple[OrderLine, ...] = Field(min_length=1, max_length=MAX_LINES)
    metadata: dict[str, Any] | None = None


class Material(Fact):
    name: Text
    percent_hundredths: Hundredths


class Manufacturer(Fact):
    name: Text
    address_lines: tuple[Text, ...] = Field(default=(), max_length=10)
    city: Text | None = None
    region: Text | None = None
    postal_code: Text | None = None
    country: Text
    mid: Text | None = None


class Metal(Fact):
    kind: Text
    weight_percent_hundredths: Hundredths
    melt_country: Text | None = None


class Usmca(Fact):
    claim: bool
    certification: Text | None = None


class ProductFact(Fact):
    external_id: Id
    sku: Text | None = None
    title: Text
    description: LongText | None = None
    hts_code: Text | None = None
    country_of_origin: Text | None = None
    unit_value_cents: Cents | None = None
    weight_grams: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    materials: tuple[Material, ...] | None = Field(default=None, max_length=50)
    manufacturer: Manufacturer | None = None
    adcvd_case: Text | None = None
    cas_number: Text | None = None
    metal: Metal | None = None
    childrens: bool | None = None
    usmca: Usmca | None = None
    pga: dict[Text, dict[Text, Text]] | None = Field(default=None, max_length=50)
    metadata: dict[str, Any] | None = None

    @field_validator("pga")
    @classmethod
    def keys_in_the_basic_plane(
        cls, value: dict[str, dict[str, str]] | None
    ) -> dict[str, dict[str, str]] | None:
        # RFC 8785 sorts keys by UTF-16 unit; within the basic plane that is code point order.
        keys = [*(value or {}), *(key for part in (value or {}).values() for key in part)]
        if any(letter > LAST_BASIC for key in keys for letter in key):
            raise ValueError("agency and field names must not hold characters above U+FFFF")
        return value


class SyncProducts(Command):
    """`products.sync`: durable upsert of products by external id."""

    items: tuple[ProductFact, ...] = Field(min_length=1, max_length=MAX_ORDERS)


class SyncOrders(Command):
    """`orders.sync`: durable upsert of orders by external id."""

    items: tuple[OrderFact, ...] = Field(min_length=1, max_length=MAX_ORDERS)


class SyncedRecord(Message):
    id: str
    external_id: str
    revision: int
    superseded: bool = False


class ProductsSynced(Message):
    """Answer to `products.sync`: ids and revisions in the order of the request."""

    records: tuple[SyncedRecord, ...]


class OrdersSynced(Message):
    """Answer to `orders.sync`, and the event `orders.synced`."""

    account_id: str
    command_id: str
    records: tuple[SyncedRecord, ...]


class OrdersSyncRefused(Message):
    """The event `orders.sync_refused`: the envelope an internal publisher would have got."""

    account_id: str
    command_id: str
    status: int
    error: dict[str, Any]


def dump_content(fact: OrderFact | ProductFact) -> dict[str, Any]:
    """The record's substance: camelCase, without `metadata` and without what is absent."""
    return fact.model_dump(mode="json", by_alias=True, exclude={"metadata"}, exclude_none=True)
