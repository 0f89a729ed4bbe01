"""The bodies of the four writes: the message contracts in the names and units of HTTP.

Each class is the contract's own class with HTTP's strictness: no unknown field, camelCase names
only, USD as decimal numbers (kept as cents), percents as decimals (kept as hundredths), no
coercion. An instance is therefore a valid part of a message as it stands.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from gateway.schemas.values import (
    Day,
    Flag,
    Grams,
    GrossGrams,
    Key,
    Metadata,
    Moment,
    Percent,
    Quantity,
    Usd,
)
from shared.contracts.catalogue import Manufacturer, Material, Metal, ProductFact, Usmca
from shared.contracts.exports import MAX_PLAN_ORDERS
from shared.contracts.orders import MAX_LINES, Consignee, OrderFact, OrderLine
from shared.contracts.shipments import Bill, Charge, PackageGroup, Shipment
from shared.contracts.sync import MAX_ORDERS
from shared.text import Id, Maybe, Text
from shared.validation import UntilEnough

_STRICT = ConfigDict(
    extra="forbid",
    frozen=True,
    alias_generator=to_camel,
    populate_by_name=False,
    use_attribute_docstrings=True,
)


class ConsigneeBody(Consignee):
    model_config = _STRICT


class OrderLineBody(OrderLine):
    model_config = _STRICT
    quantity: Quantity
    unit_value_cents: Usd = Field(alias="unitValueUsd")


class OrderBody(OrderFact):
    model_config = _STRICT
    consignee: ConsigneeBody | None = None
    items: tuple[Annotated[OrderLineBody, UntilEnough], ...] = Field(
        min_length=1, max_length=MAX_LINES
    )
    metadata: Metadata | None = None


class MaterialBody(Material):
    model_config = _STRICT
    percent_hundredths: Percent = Field(alias="percent")


class ManufacturerBody(Manufacturer):
    model_config = _STRICT


class MetalBody(Metal):
    model_config = _STRICT
    weight_percent_hundredths: Percent = Field(alias="weightPercent")


class UsmcaBody(Usmca):
    model_config = _STRICT
    claim: Flag


class ProductBody(ProductFact):
    model_config = _STRICT
    unit_value_cents: Usd | None = Field(default=None, alias="unitValueUsd")
    weight_grams: Grams | None = None
    materials: tuple[MaterialBody, ...] | None = Field(default=None, max_length=50)
    manufacturer: ManufacturerBody | None = None
    metal: MetalBody | None = None
    childrens: Flag | None = None
    usmca: UsmcaBody | None = None
    metadata: Metadata | None = None


class PackageGroupBody(PackageGroup):
    model_config = _STRICT
    count: Quantity
    gross_weight_grams: GrossGrams | None = None


class BillBody(Bill):
    model_config = _STRICT


class ChargeBody(Charge):
    model_config = _STRICT
    amount_cents: Usd = Field(alias="amountUsd")
    included_in_price: Flag = False


class ShipmentBody(Shipment):
    model_config = _STRICT
    eta: Moment | None = None
    export_date: Day | None = None
    bills: tuple[BillBody, ...] | None = Field(default=None, max_length=10_000)
    packages: tuple[PackageGroupBody, ...] | None = Field(default=None, max_length=10_000)
    charges: tuple[ChargeBody, ...] | None = Field(default=None, max_length=100)


class WriteBody(BaseModel):
    """What every write says: for which account, and under which key."""

    model_config = _STRICT

    account_id: Id
    """The account the request is for: the API key's own."""

    idempotency_key: Key | None = None
    """The same as the header `Idempotency-Key`, which wins."""

    @property
    def orders(self) -> int:
        """How many records it is about: what it weighs."""
        return 1


class SyncOrdersBody(WriteBody):
    """Orders to create or to update."""

    items: tuple[Annotated[OrderBody, UntilEnough], ...] = Field(
        min_length=1, max_length=MAX_ORDERS
    )
    """The orders; no external id twice."""

    @property
    def orders(self) -> int:
        return len(self.items)


class SyncProductsBody(WriteBody):
    """Products to create or to update."""

    items: tuple[Annotated[ProductBody, UntilEnough], ...] = Field(
        min_length=1, max_length=MAX_ORDERS
    )
    """The products; no external id twice."""

    @property
    def orders(self) -> int:
        return len(self.items)


BatchId = Annotated[Id, Field(min_length=3)]


class PlanBody(WriteBody):
    """What is to be planned."""

    warehouse_id: Id
    """The warehouse the goods leave from."""

    broker_id: Id
    """The customs broker who gets the package."""

    order_ids: Annotated[
        tuple[Id, ...],
        Field(min_length=1, max_length=MAX_PLAN_ORDERS),
        AfterValidator(lambda ids: tuple(sorted(set(ids)))),
    ]
    """Ids of synced orders. A set: order and repetition change nothing."""

    destination_country: Literal["US"] = "US"
    """Where the goods go; only `US`, which it is where not given."""

    batch_id: BatchId | None = None
    """Plan this export again (`exportId` of its plan); absent: a new one."""

    dry_run: Flag = False
    """Decide only: nothing is stored, `exportId` is null."""

    shipment: ShipmentBody | None = None
    """How the goods travel; what is absent comes from the warehouse's defaults."""

    @property
    def orders(self) -> int:
        return len(self.order_ids)


class ExecuteBody(WriteBody):
    """Which export to execute."""

    batch_id: BatchId
    """The export to execute: `exportId` of its plan."""

    plan_hash: Maybe[Text] = None
    """A precondition: refuse unless this is the current plan's hash."""

    resubmit: Flag = False
    """Deliver again what ended `FAILED` or `UNKNOWN`; use a new key."""
