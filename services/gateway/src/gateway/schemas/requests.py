"""The bodies of the four writes: the message contracts in the names and units of HTTP.

Each class is the contract's own class with HTTP's strictness: no unknown field, camelCase names
only, USD as decimal numbers (kept as cents), percents as decimals (kept as hundredths), no
coercion. An instance is therefore a valid part of a message as it stands.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from gateway.schemas.synced import STRICT, OrderBody, ProductBody
from gateway.schemas.values import (
    Day,
    Flag,
    GrossGrams,
    Key,
    Moment,
    Quantity,
    Rate,
    Usd,
)
from shared.contracts.exports import MAX_PLAN_ORDERS
from shared.contracts.shipments import Bill, Charge, ExchangeRate, PackageGroup, Shipment
from shared.contracts.sync import MAX_ORDERS
from shared.text import Id, Maybe, Text
from shared.validation import UntilEnough


class PackageGroupBody(PackageGroup):
    model_config = STRICT
    count: Quantity
    gross_weight_grams: GrossGrams | None = None


class BillBody(Bill):
    model_config = STRICT


class ChargeBody(Charge):
    model_config = STRICT
    amount_cents: Usd = Field(alias="amountUsd")
    included_in_price: Flag = False


class ExchangeRateBody(ExchangeRate):
    model_config = STRICT
    usd_per_unit_millionths: Rate = Field(alias="usdPerUnit")
    date: Day


class ShipmentBody(Shipment):
    model_config = STRICT
    eta: Moment | None = None
    export_date: Day | None = None
    bills: tuple[BillBody, ...] | None = Field(default=None, max_length=10_000)
    packages: tuple[PackageGroupBody, ...] | None = Field(default=None, max_length=10_000)
    charges: tuple[ChargeBody, ...] | None = Field(default=None, max_length=100)
    exchange_rates: tuple[ExchangeRateBody, ...] | None = Field(default=None, max_length=100)


class WriteBody(BaseModel):
    """What every write says: for which account, and under which key."""

    model_config = STRICT

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
