"""Accounts, warehouses and brokers: what the operator's command sets and the planner reads.

Stored as `{_id, account_id, content, hash, revision, created_at, updated_at}` with `content` the
camelCase dump of these classes without what is absent.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from shared.contracts.base import Fact
from shared.text import CANONICAL, Country, Incoterm, Maybe, Port, Text

# A bare address: no display name, no comment, nothing a header could be broken with.
Email = Annotated[
    str,
    StringConstraints(
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$",
    ),
]
GivenEmail = Annotated[Email, CANONICAL]
HtsPrefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,10}$")]


class Grouping(StrEnum):
    CONSOLIDATED_IOR = "CONSOLIDATED_IOR"
    PER_CONSIGNEE = "PER_CONSIGNEE"
    PER_ORDER = "PER_ORDER"


class TransportMode(StrEnum):
    TRUCK = "TRUCK"
    RAIL = "RAIL"
    AIR = "AIR"
    OCEAN = "OCEAN"


class Address(Fact):
    address_lines: tuple[Text, ...] = Field(min_length=1, max_length=10)
    city: Text
    region: Maybe[Text] = None
    postal_code: Maybe[Text] = None
    country: Country


class Party(Fact):
    name: Text
    address: Address | None = None


class ImporterOfRecord(Party):
    """`number`: an EIN (`NN-NNNNNNN` with an optional two-character suffix) or CBP-assigned."""

    number: Maybe[Text] = None
    bond: Maybe[Text] = None  # the bond's number or reference; absent: none on file
    power_of_attorney: bool | None = None


class ResponsibleEmployee(Fact):
    """The exporter's employee who knows the deal (19 CFR 141.86(j))."""

    name: Text
    title: Maybe[Text] = None
    phone: Maybe[Text] = None
    email: Maybe[GivenEmail] = None


class AccountContent(Fact):
    name: Text
    test: bool = False
    exporter: Party | None = None
    importer_of_record: ImporterOfRecord | None = None
    responsible_employee: ResponsibleEmployee | None = None
    related_parties: bool | None = None
    assists: Maybe[Text] = None
    grouping: Grouping = Grouping.CONSOLIDATED_IOR
    formal_always: bool = False
    value_floor_cents: int = 100
    denied_hts_prefixes: tuple[HtsPrefix, ...] = ()


class ShipmentDefaults(Fact):
    port_of_entry: Maybe[Port] = None
    transport_mode: TransportMode | None = None
    carrier: Maybe[Text] = None
    incoterm: Maybe[Incoterm] = None


class WarehouseContent(Fact):
    name: Text
    country: Country
    address: Address | None = None
    email: Maybe[GivenEmail] = None
    shipment_defaults: ShipmentDefaults | None = None


class Attach(Fact):
    """What the mail carries beside the five documents."""

    invoice_pdf: bool | None = None  # of each entry
    entry_lines: bool | None = None


class BrokerContent(Fact):
    name: Text
    email: Maybe[GivenEmail] = None
    phone: Maybe[Text] = None
    filer_code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{3}$")] | None = None
    completes_classification: bool = False
    attach: Attach | None = None


PartyContent = AccountContent | WarehouseContent | BrokerContent


def dump_party(content: PartyContent) -> dict[str, Any]:
    return content.model_dump(mode="json", by_alias=True, exclude_none=True)
