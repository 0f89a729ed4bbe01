"""How goods travel: what a plan's request says of its shipment."""

from collections import Counter
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from shared.contracts.base import Fact, Timestamp
from shared.contracts.catalogue import Cents
from shared.contracts.parties import TransportMode
from shared.text import Currency, Id, Incoterm, Maybe, Port, Text

Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9][0-9]-[0-9][0-9]$")]


OrderIds = Annotated[
    tuple[Id, ...],
    Field(min_length=1, max_length=10_000),
    AfterValidator(lambda ids: tuple(sorted(set(ids)))),
]


class PackageGroup(Fact):
    """Packages of one kind."""

    kind: Text
    """What it is: a pallet, a box."""

    count: Annotated[int, Field(ge=1, le=1_000_000)]
    """How many."""

    gross_weight_grams: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None
    """Gross weight of all of them, in whole grams; 0 is not given."""

    order_ids: OrderIds | None = None
    """The orders in them; absent: of the whole shipment."""


class BillKind(StrEnum):
    PAPS = "PAPS"
    AWB = "AWB"
    OCEAN_BILL = "OCEAN_BILL"
    RAIL_BILL = "RAIL_BILL"


class Bill(Fact):
    """A bill that goods travel under; what is on one bill is one shipment (19 CFR 101.1)."""

    kind: BillKind
    """A truck's PAPS number, an air waybill, an ocean or a rail bill of lading."""

    number: Text
    """Its number."""

    order_ids: OrderIds | None = None
    """The orders on it, each on one bill; absent: all that no bill names."""


class Charge(Fact):
    """A charge beside the price of the goods, as freight or insurance."""

    name: Text
    """What it is for."""

    amount_cents: Cents
    """In US dollars (cents inside)."""

    included_in_price: bool = False
    """Whether the goods' prices hold it already."""


class ExchangeRate(Fact):
    """What one of a currency is in US dollars, of which day and by whom."""

    currency: Currency
    """The currency, ISO 4217."""

    usd_per_unit_millionths: Annotated[int, Field(ge=1, le=1_000_000_000)]
    """US dollars for one of it, at most six decimals (whole millionths inside)."""

    date: Day
    """The day that it holds for: by 19 CFR 159.32 the day of export."""

    source: Text
    """Who says so."""


class Shipment(Fact):
    """How the goods travel; what is absent comes from the warehouse's defaults."""

    port_of_entry: Maybe[Port] = None
    """CBP's four-digit port code."""

    transport_mode: TransportMode | None = None
    """How the goods cross the border."""

    carrier: Maybe[Text] = None
    """The carrier's name or SCAC."""

    paps: Maybe[Text] = None
    """PAPS or other pre-arrival number on the truck's manifest."""

    eta: Timestamp | None = None
    """Expected arrival at the port of entry, RFC 3339."""

    export_date: Day | None = None
    """The day of export from the country of dispatch."""

    incoterm: Maybe[Incoterm] = None
    """Three letters, as DAP or DDP."""

    bills: tuple[Bill, ...] | None = Field(default=None, max_length=10_000)
    """Bills of lading, waybills, PAPS numbers; without them all is one shipment."""

    packages: tuple[PackageGroup, ...] | None = Field(default=None, max_length=10_000)
    """Packages by kind."""

    charges: tuple[Charge, ...] | None = Field(default=None, max_length=100)
    """Charges beside the price of the goods."""

    exchange_rates: tuple[ExchangeRate, ...] | None = Field(default=None, max_length=100)
    """Rates of the currencies that orders were sold in, each currency once."""

    @field_validator("exchange_rates")
    @classmethod
    def each_once(cls, rates: tuple[ExchangeRate, ...] | None) -> tuple[ExchangeRate, ...] | None:
        if rates and len({rate.currency for rate in rates}) < len(rates):
            raise ValueError("each currency once")
        return rates

    @field_validator("bills")
    @classmethod
    def an_order_is_on_one_bill(cls, bills: tuple[Bill, ...] | None) -> tuple[Bill, ...] | None:
        named = Counter(id_ for bill in bills or () for id_ in bill.order_ids or ())
        for order_id, count in named.items():
            if count > 1:
                raise ValueError(f"each order on one bill; {order_id} is on {count}")
        return bills
