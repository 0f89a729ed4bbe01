"""The bodies of the four writes: the message contracts in the names and units of HTTP.

Each class is the contract's own class with HTTP's strictness: no unknown field, camelCase names
only, USD as decimal numbers (kept as cents), percents as decimals (kept as hundredths), no
coercion. An instance is therefore a valid part of a message as it stands.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
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
from shared.contracts.catalogue import (
    MAX_LINES,
    Consignee,
    Manufacturer,
    Material,
    Metal,
    OrderFact,
    OrderLine,
    ProductFact,
    Usmca,
)
from shared.contracts.exports import MAX_PLAN_ORDERS, Charge, PackageGroup, Shipment
from shared.contracts.sync import MAX_ORDERS
from shared.text import Id, Text

_STRICT = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False)


class ConsigneeBody(Consignee):
    model_config = _STRICT


class OrderLineBody(OrderLine):
    model_config = _STRICT
    quantity: Quantity
    unit_value_cents: Usd = Field(alias="unitValueUsd")


class OrderBody(OrderFact):
    model_config = _STRICT
    consignee: ConsigneeBody | None = None
    items: tuple[OrderLineBody, ...] = Field(min_length=1, max_length=MAX_LINES)
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


class ChargeBody(Charge):
    model_config = _STRICT
    amount_cents: Usd = Field(alias="amountUsd")
    included_in_price: Flag = False


class ShipmentBody(Shipment):
    model_config = _STRICT
    eta: Moment | None = None
    export_date: Day | None = None
    packages: tuple[PackageGroupBody, ...] | None = Field(default=None, max_length=1_000)
    charges: tuple[ChargeBody, ...] | None = Field(default=None, max_length=100)


class WriteBody(BaseModel):
    """What every write says: for which account, and under which key."""

    model_config = _STRICT

    account_id: Id
    idempotency_key: Key | None = None


class SyncOrdersBody(WriteBody):
    items: tuple[OrderBody, ...] = Field(min_length=1, max_length=MAX_ORDERS)


class SyncProductsBody(WriteBody):
    items: tuple[ProductBody, ...] = Field(min_length=1, max_length=MAX_ORDERS)


BatchId = Annotated[Id, Field(min_length=3)]


class PlanBody(WriteBody):
    warehouse_id: Id
    broker_id: Id
    order_ids: tuple[Id, ...] = Field(min_length=1, max_length=MAX_PLAN_ORDERS)
    destination_country: Literal["US"] = "US"
    batch_id: BatchId | None = None
    dry_run: Flag = False
    shipment: ShipmentBody | None = None


class ExecuteBody(WriteBody):
    batch_id: BatchId
    plan_hash: Text | None = None
    resubmit: Flag = False
