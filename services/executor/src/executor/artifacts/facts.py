"""The facts that all five files print: computed once (invoice.py), never by a renderer.

Money is in the currency of purchase, and in US dollars where that is known; weight is in integer
grams, percents are in whole hundredths. Values that were synced keep the classes of
shared.contracts.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from shared.contracts import shipments
from shared.contracts.catalogue import ProductFact
from shared.contracts.decision import Source
from shared.contracts.orders import Buyer, Consignee, Importer
from shared.contracts.parties import BrokerContent, ImporterOfRecord, Party, ResponsibleEmployee
from shared.contracts.shipments import Bill, ExchangeRate, PackageGroup
from shared.money import Money

# Its fields stand among those of the fact that holds it, wherever a document names them.
INLINE: Final[dict[str, Any]] = {"inline": True}


@dataclass(frozen=True, slots=True)
class Identity:
    """What an execution adds to the snapshot: names, and the one moment all times come from."""

    export_id: str
    plan_revision: int
    plan_hash: str
    package_id: str
    package_number: str
    test: bool
    started_at: str  # RFC 3339, as shared.clock writes it


@dataclass(frozen=True, slots=True)
class Parties:
    seller: Party
    ship_from: Party
    importer_of_record: ImporterOfRecord | None
    broker: BrokerContent
    responsible_employee: ResponsibleEmployee | None  # 19 CFR 141.86(j)


@dataclass(frozen=True, slots=True)
class Shipment:
    """What travels together. Where nothing was stated, one package an order, gross as net."""

    stated: shipments.Shipment = field(metadata=INLINE)
    exporting_country: str
    destination_country: str
    related_parties: bool | None
    assists: str | None
    packages: tuple[PackageGroup, ...]
    packages_stated: bool
    package_count: int
    gross_weight_grams: int
    gross_weight_stated: bool
    gross_weight_note: str | None  # what stands in for it, where it was not stated


@dataclass(frozen=True, slots=True)
class HtsQuantity:
    """Quantity in a unit of the tariff; absent where only the broker can give it."""

    unit: str
    quantity: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an invoice: a product at one price, summed over the unit's orders."""

    number: int
    product_id: str
    product: ProductFact = field(metadata=INLINE)  # as invoice.py `printed` it
    quantity: int | str  # whole pieces, or a decimal of another unit
    quantity_unit: str
    hts_quantities: tuple[HtsQuantity, ...]
    net_weight_grams: int | None  # of the whole line; absent when the product has no weight
    unit_value: Money
    line_value: Money
    agencies: tuple[str, ...]
    programmes: tuple[str, ...]
    headings: tuple[str, ...]  # of chapter 99, under which the programmes' duties are due
    order_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subtotal:
    """An entry line, as subtotals.py forms it."""

    hts_code: str | None
    secondary_hts_code: str | None
    special_program: str | None
    country_of_origin: str | None
    manufacturer: str | None
    mid: str | None
    adcvd_case: str | None
    headings: tuple[str, ...]
    line_numbers: tuple[int, ...]
    quantity: int  # pieces and pairs
    measured: tuple[HtsQuantity, ...] | None  # and what is sold in other units
    hts_quantities: tuple[HtsQuantity, ...]
    net_weight_grams: int
    lines_without_weight: int
    value: Money  # before discounts
    entered: Money | None  # in dollars, less discounts; absent where no rate says them


@dataclass(frozen=True, slots=True)
class Content:
    line_number: int
    quantity: int | str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom goods are sold to, and where they go; who buys is told where it is somebody else."""

    sold_to: Buyer | None
    consignee: Consignee | None
    region: str | None
    postal_code: str | None
    country: str


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge beside the price of the goods, or in it."""

    name: str
    amount: Money
    included_in_price: bool


@dataclass(frozen=True, slots=True)
class Discount:
    """What is taken off the price of an order's goods."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Order:
    order_id: str
    external_id: str
    recipient: Recipient
    reason_for_export: str | None
    contents: tuple[Content, ...]
    pieces: int
    net_weight_grams: int
    value: Money  # before discounts
    discounts: tuple[Discount, ...] | None
    charges: tuple[Charge, ...] | None


@dataclass(frozen=True, slots=True)
class FlagNote:
    """A prompt to the broker, never a determination."""

    code: str
    agency: str | None
    programme: str | None
    reason: str
    line_numbers: tuple[int, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class FindingNote:
    """A finding of the plan that execute acknowledged, with all it concerns in this invoice."""

    code: str
    rule_id: str
    severity: str
    message: str
    remedy: str
    order_ids: tuple[str, ...]
    line_numbers: tuple[int, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class ClassNote:
    """Extra invoice data that 19 CFR 141.89 asks of a class of goods."""

    goods: str
    asks: str
    line_numbers: tuple[int, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Totals:
    orders: int
    lines: int
    pieces: int
    net_weight_grams: int
    lines_without_weight: int
    goods: Money | None  # None: of several currencies, and not known in US dollars
    discounts: Money | None  # None: none were stated
    charges_added: Money | None  # in the invoice's currency; in US dollars the shipment's too
    invoice: Money | None


@dataclass(frozen=True, slots=True)
class Invoice:
    position: int
    number: str
    date: str
    unit_id: str
    entry_type: str
    grouping_key: dict[str, str]
    bills: tuple[Bill, ...] | None  # that its orders travel under
    packages: tuple[PackageGroup, ...] | None  # that hold its orders alone, where they are named
    gross_weight_grams: int | None  # of these packages
    currency: str | None  # of purchase, where it is not US dollars
    exchange_rate: ExchangeRate | None
    incoterm: str | None  # its orders' own, in place of the shipment's
    importer_of_record: Importer | None  # its orders' own, in place of the account's
    sold_to: Recipient | None  # absent: one for each order, see the orders
    lines: tuple[Line, ...]
    subtotals: tuple[Subtotal, ...]
    discounts: tuple[Discount, ...] | None
    charges: tuple[Charge, ...]
    totals: Totals
    flags: tuple[FlagNote, ...]
    class_notes: tuple[ClassNote, ...]
    findings: tuple[FindingNote, ...]
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class CustomsPackage:
    identity: Identity
    notice: str | None  # on every document of a test account
    protocol: str
    ruleset_version: str
    parties: Parties
    shipment: Shipment
    invoices: tuple[Invoice, ...]
    totals: Totals
