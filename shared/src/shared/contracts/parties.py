"""Accounts, warehouses and brokers: what the operator's command sets and the planner reads.

Stored as `{_id, account_id, content, hash, revision, created_at, updated_at}` with `content` the
camelCase dump of these classes without what is absent.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from shared.contracts.base import Fact
from shared.contracts.catalogue import Country, Text

# A bare address: no display name, no comment, nothing a header could be broken with.
Email = Annotated[
    str,
    StringConstraints(
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$",
    ),
]
Port = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
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
    region: Text | None = None
    postal_code: Text | None = None
    country: Country


class Party(Fact):
    name: Text
    address: Address | None = None


class ImporterOfRecord(Party):
    """`number`: an EIN (`NN-NNNNNNN` with an optional two-character suffix) or CBP-assigned."""

    number: Text | None = None
    bond: Text | None = None  # the bond's number or reference; absent: none on file
    power_of_attorney: bool | None = None


class ResponsibleEmployee(Fact):
    """The exporter's employee who knows the deal (19 CFR 141.86(j))."""

    name: Text
    title: Text | None = None
    phone: Text | None = None
    email: Email | None = None


class AccountContent(Fact):
    name: Text
    test: bool = False
    exporter: Party | None = None
    importer_of_record: ImporterOfRecord | None = None
    responsible_employee: ResponsibleEmployee | None = None
    related_parties: bool | None = None
    assists: Text | None = None
    grouping: Grouping = Grouping.CONSOLIDATED_IOR
    formal_always: bool = False
    value_floor_cents: int = 100
    denied_hts_prefixes: tuple[HtsPrefix, ...] = ()


class ShipmentDefaults(Fact):
    port_of_entry: Port | None = None
    transport_mode: TransportMode | None = None
    carrier: Text | None = None
    incoterm: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None


class WarehouseContent(Fact):
    name: Text
    country: Country
    address: Address | None = None
    email: Email | None = None
    shipment_defaults: ShipmentDefaults | None = None


class BrokerContent(Fact):
    name: Text
    email: Email | None = None
    phone: Text | None = None
    filer_code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{3}$")] | None = None
    completes_classification: bool = False


PartyContent = AccountContent | WarehouseContent | BrokerContent


def dump_party(content: PartyContent) -> dict[str, Any]:
    return content.model_dump(mode="json", by_alias=True, exclude_none=True)
