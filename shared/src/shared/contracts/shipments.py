"""How goods travel: what a plan's request says of its shipment."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.contracts.base import Fact, Timestamp
from shared.contracts.catalogue import Cents
from shared.contracts.parties import TransportMode
from shared.text import Incoterm, Maybe, Port, Text

Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9][0-9]-[0-9][0-9]$")]


class PackageGroup(Fact):
    """Packages of one kind."""

    kind: Text
    """What it is: a pallet, a box."""

    count: Annotated[int, Field(ge=1, le=1_000_000)]
    """How many."""

    gross_weight_grams: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None
    """Gross weight of all of them, in whole grams."""


class Charge(Fact):
    """A charge beside the price of the goods, as freight or insurance."""

    name: Text
    """What it is for."""

    amount_cents: Cents
    """In US dollars (cents inside)."""

    included_in_price: bool = False
    """Whether the goods' prices hold it already."""


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

    packages: tuple[PackageGroup, ...] | None = Field(default=None, max_length=1_000)
    """Packages by kind."""

    charges: tuple[Charge, ...] | None = Field(default=None, max_length=100)
    """Charges beside the price of the goods."""
