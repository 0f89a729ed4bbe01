"""What the tools take: the API's own names and limits, without what an agent seldom needs said.

The API judges the values; here stand their types, enums and counts, so that a model writes them
right at once. A test holds each name to the OpenAPI document.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict  # pydantic reads meanings from no other before Python 3.12

MOST_ITEMS = 200  # of the API's 1,000: what one call of a model can write
MOST_ORDERS = 10_000

Id = Annotated[str, Field(max_length=255)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Usd = Annotated[float, Field(ge=0, le=10_000_000)]
Amount = Annotated[float, Field(ge=0, le=100_000_000_000)]
Percent = Annotated[float, Field(ge=0, le=100)]
Grams = Annotated[int, Field(ge=0, le=1_000_000_000)]
Pieces = Annotated[int, Field(ge=1, le=1_000_000)]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Lines = Annotated[list[str], Field(max_length=10)]

_closed = with_config(ConfigDict(extra="forbid", use_attribute_docstrings=True))


@_closed
class Material(TypedDict):
    name: str
    percent: Percent


@_closed
class Manufacturer(TypedDict):
    name: str
    addressLines: NotRequired[Lines]
    city: NotRequired[str]
    region: NotRequired[str]
    postalCode: NotRequired[str]
    country: Country
    mid: NotRequired[str]
    """CBP's manufacturer code."""


@_closed
class Metal(TypedDict):
    kind: Literal["steel", "aluminium", "copper"]
    weightPercent: Percent
    meltCountry: NotRequired[str]
    meltPourCountry: NotRequired[str]
    primarySmeltCountry: NotRequired[str]
    secondarySmeltCountry: NotRequired[str]
    castCountry: NotRequired[str]


@_closed
class Usmca(TypedDict):
    claim: bool
    certification: NotRequired[str]


@_closed
class Preference(Usmca):
    programme: str
    """As KORUS."""


@_closed
class ReportingQuantity(TypedDict):
    unit: str
    quantity: Annotated[float, Field(gt=0, le=1_000_000)]


@_closed
class ProductItem(TypedDict):
    externalId: Id
    """The shop's own reference."""
    sku: NotRequired[str]
    title: str
    description: NotRequired[Annotated[str, Field(max_length=2_000)]]
    """What it is, in words for customs, English."""
    htsCode: NotRequired[str]
    """US tariff number, 6 to 10 digits."""
    secondaryHtsCode: NotRequired[str]
    countryOfOrigin: NotRequired[Country]
    """Where it was made."""
    unitValueUsd: NotRequired[Usd]
    weightGrams: NotRequired[Grams]
    """Net, of one piece."""
    materials: NotRequired[Annotated[list[Material], Field(max_length=50)]]
    manufacturer: NotRequired[Manufacturer]
    adcvdCase: NotRequired[str]
    """Antidumping case number, or `none`."""
    casNumber: NotRequired[str]
    metal: NotRequired[Metal]
    childrens: NotRequired[bool]
    """For children of 12 or younger."""
    usmca: NotRequired[Usmca]
    preference: NotRequired[Preference]
    """In place of usmca."""
    reportingQuantities: NotRequired[Annotated[list[ReportingQuantity], Field(max_length=10)]]
    pga: NotRequired[dict[str, dict[str, str]]]
    """What agencies ask: agency, field, value."""
    metadata: NotRequired[dict[str, Any]]


@_closed
class Person(TypedDict):
    name: str
    addressLines: NotRequired[Lines]
    city: NotRequired[str]


@_closed
class Consignee(Person):
    phone: NotRequired[str]
    email: NotRequired[str]
    taxId: NotRequired[str]


@_closed
class Buyer(Person):
    region: NotRequired[str]
    postalCode: NotRequired[str]
    country: NotRequired[Country]


@_closed
class Importer(Buyer):
    number: NotRequired[str]
    bond: NotRequired[str]
    powerOfAttorney: NotRequired[bool]


@_closed
class Discount(TypedDict):
    name: str
    amount: Amount


@_closed
class OrderCharge(Discount):
    includedInPrice: NotRequired[bool]


@_closed
class OrderLine(TypedDict):
    productId: NotRequired[Id]
    """This or productExternalId."""
    productExternalId: NotRequired[Id]
    quantity: Annotated[float, Field(gt=0, le=1_000_000)]
    """Whole pieces; with unit up to 3 decimals."""
    unit: NotRequired[
        Literal["PCS", "PR", "DOZ", "DPR", "GRO", "HUN", "THO", "CM", "M", "CM2", "M2", "ML", "L",
                "M3", "G", "KG", "T"]
    ]  # fmt: skip
    unitValueUsd: NotRequired[Usd]
    """Price paid for one."""
    unitValue: NotRequired[Amount]
    """In the order's currency, in its place."""


@_closed
class OrderItem(TypedDict):
    externalId: Id
    """The shop's own reference."""
    destinationCountry: Country
    """Only US can be exported."""
    destinationRegion: NotRequired[str]
    destinationPostalCode: NotRequired[str]
    consignee: NotRequired[Consignee]
    soldTo: NotRequired[Buyer]
    currency: NotRequired[Currency]
    """Absent: USD."""
    items: Annotated[list[OrderLine], Field(min_length=1, max_length=2_000)]
    discounts: NotRequired[Annotated[list[Discount], Field(max_length=100)]]
    charges: NotRequired[Annotated[list[OrderCharge], Field(max_length=100)]]
    reasonForExport: NotRequired[Literal["SALE", "SAMPLE", "GIFT", "RETURN", "REPAIR", "OTHER"]]
    importerOfRecord: NotRequired[Importer]
    incoterm: NotRequired[Currency]
    metadata: NotRequired[dict[str, Any]]


@_closed
class PackageGroup(TypedDict):
    kind: str
    count: Pieces
    grossWeightGrams: NotRequired[Annotated[int, Field(ge=0, le=10_000_000_000)]]
    """Of all of them."""
    orderIds: NotRequired[list[str]]


@_closed
class Charge(TypedDict):
    name: str
    amountUsd: Usd
    includedInPrice: NotRequired[bool]


@_closed
class Bill(TypedDict):
    kind: Literal["PAPS", "AWB", "OCEAN_BILL", "RAIL_BILL"]
    number: str
    orderIds: NotRequired[list[str]]


@_closed
class ExchangeRate(TypedDict):
    currency: Currency
    usdPerUnit: Annotated[float, Field(gt=0, le=1_000)]
    date: Day
    source: str


@_closed
class Shipment(TypedDict):
    portOfEntry: NotRequired[Annotated[str, Field(pattern="^[0-9]{4}$")]]
    transportMode: NotRequired[Literal["TRUCK", "RAIL", "AIR", "OCEAN"]]
    carrier: NotRequired[str]
    paps: NotRequired[str]
    eta: NotRequired[Annotated[str, Field(json_schema_extra={"format": "date-time"})]]
    exportDate: NotRequired[Day]
    incoterm: NotRequired[Currency]
    packages: NotRequired[list[PackageGroup]]
    charges: NotRequired[Annotated[list[Charge], Field(max_length=100)]]
    bills: NotRequired[list[Bill]]
    exchangeRates: NotRequired[Annotated[list[ExchangeRate], Field(max_length=100)]]
