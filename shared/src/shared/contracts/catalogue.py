"""Products and orders: what is synced, as messages carry it and the store keeps it.

A record's *content* is its substance: what plan hashes depend on. It is kept as the camelCase
object these classes dump (`synced.py`), with money in integer US cents (`...Cents`), weight in
integer grams and percents in whole hundredths (`...Hundredths`). `metadata` is not substance.
"""

from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, ConfigDict, FailFast, Field, field_validator, model_validator
from pydantic.config import JsonDict

from shared.contracts.base import Fact
from shared.text import (
    Country,
    CountryText,
    EmptyIsTaken,
    HtsNumber,
    Id,
    Lines,
    LongText,
    Maybe,
    Mid,
    PostalCode,
    Region,
    Text,
    without_empty,
)

MAX_LINES = 2_000
MAX_CENTS = 1_000_000_000  # USD 10,000,000.00
MAX_QUANTITY = 1_000_000
MAX_GRAMS = 1_000_000_000
LAST_BASIC = "\uffff"

Hundredths = Annotated[int, Field(ge=0, le=10_000)]
Cents = Annotated[int, Field(ge=0, le=MAX_CENTS)]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Grams = Annotated[int, Field(ge=0, le=MAX_GRAMS)]
AgencyData = Annotated[dict[Text, dict[Text, Text]], BeforeValidator(without_empty), EmptyIsTaken]


class Consignee(Fact):
    """Who receives an order."""

    name: Text
    """The person's or company's name."""

    address_lines: Lines = Field(default=(), max_length=10)
    """Street and number, at most ten lines."""

    city: Maybe[Text] = None
    """City."""

    phone: Maybe[Text] = None
    """Telephone number."""

    email: Maybe[Text] = None
    """E-mail address."""

    tax_id: Maybe[Text] = None
    """Tax number, where one is needed; a social security number is withheld from documents."""


_NAMES = ("productId", "productExternalId")
_SAID: Final[JsonDict] = {"type": "string", "minLength": 1}
# Never both names; and with a quantity and a value there is at least one.
_ONE_NAME: Final[JsonDict] = {
    "not": {"required": [*_NAMES], "properties": dict.fromkeys(_NAMES, _SAID)},
    "minProperties": 3,
}


class OrderLine(Fact):
    """One line; a product is named by exactly one of its id and its external id."""

    model_config = ConfigDict(json_schema_extra=_ONE_NAME)

    product_id: Maybe[Id] = None
    """The product, by id. Exactly one of this and `productExternalId`."""

    product_external_id: Maybe[Id] = None
    """The product, by your own reference. Exactly one of this and `productId`."""

    quantity: Quantity
    """Pieces, a whole number."""

    unit_value_cents: Cents
    """Value of one piece in US dollars (cents inside): the price paid, not the retail price."""

    @model_validator(mode="after")
    def one_name(self) -> Self:
        if (self.product_id is None) == (self.product_external_id is None):
            raise ValueError("exactly one of productId and productExternalId")
        return self


class OrderFact(Fact):
    """An order, as it was sold."""

    external_id: Id
    """Your own reference; the id follows from it, so that a repeat updates."""

    destination_country: Country
    """Where the goods go: two letters, ISO 3166-1. Only `US` can be planned."""

    destination_region: Maybe[Region] = None
    """State or territory of the destination, two letters."""

    destination_postal_code: Maybe[PostalCode] = None
    """ZIP code of the destination."""

    consignee: Consignee | None = None
    """Who receives the order."""

    items: Annotated[tuple[OrderLine, ...], FailFast(), Field(min_length=1, max_length=MAX_LINES)]
    """The lines, in order; a product may repeat."""

    metadata: dict[str, Any] | None = None
    """Your own notes, at most 16 KiB as JSON; no substance: they change no revision and no hash."""


class Material(Fact):
    """One material and its share."""

    name: Text
    """The material, as `cotton`."""

    percent_hundredths: Hundredths
    """Its share in percent, at most two decimals (whole hundredths inside)."""


class Manufacturer(Fact):
    """Who made the goods, and where."""

    name: Text
    """The maker's name."""

    address_lines: Lines = Field(default=(), max_length=10)
    """Street and number, at most ten lines."""

    city: Maybe[Text] = None
    """City."""

    region: Maybe[Region] = None
    """State or province."""

    postal_code: Maybe[PostalCode] = None
    """Postal code; six digits where the maker is in China."""

    country: CountryText
    """Country of the maker: two letters, ISO 3166-1."""

    mid: Maybe[Mid] = None
    """CBP's manufacturer identification code (MID)."""


class Metal(Fact):
    """Steel, aluminium or copper in the goods (Section 232)."""

    kind: Text
    """Which metal: `steel`, `aluminium`, `copper`."""

    weight_percent_hundredths: Hundredths
    """Its share of the weight in percent, at most two decimals (whole hundredths inside)."""

    melt_country: Maybe[CountryText] = None
    """Where it was melted and poured, or smelted and cast: two letters, ISO 3166-1."""


class Usmca(Fact):
    """Preference under the USMCA."""

    claim: bool
    """Whether the preference is claimed."""

    certification: Maybe[Text] = None
    """Reference of the certification of origin."""


class ProductFact(Fact):
    """A product of the catalogue; one that is incomplete is accepted, and planning says so."""

    external_id: Id
    """Your own reference; the id follows from it, so that a repeat updates."""

    sku: Maybe[Text] = None
    """Stock-keeping unit."""

    title: Text
    """Retail title."""

    description: Maybe[LongText] = None
    """What it is, in words for customs; apart from the retail title."""

    hts_code: Maybe[HtsNumber] = None
    """Classification in the US tariff (HTSUS): six to ten digits, with or without dots."""

    country_of_origin: Maybe[CountryText] = None
    """Where it was made, not where it ships from: two letters, ISO 3166-1."""

    unit_value_cents: Cents | None = None
    """Usual value of one piece in US dollars (cents inside), which an order's price is held to."""

    weight_grams: Grams | None = None
    """Net weight of one piece, in whole grams."""

    materials: tuple[Material, ...] | None = Field(default=None, max_length=50)
    """What it is made of."""

    manufacturer: Manufacturer | None = None
    """Who made it."""

    adcvd_case: Maybe[Text] = None
    """Antidumping or countervailing duty case number, or `none`."""

    cas_number: Maybe[Text] = None
    """CAS number of a chemical."""

    metal: Metal | None = None
    """The metal in it, for the programmes on steel, aluminium and copper."""

    childrens: bool | None = None
    """Whether it is meant for children of 12 years or younger (CPSC)."""

    usmca: Usmca | None = None
    """The claim of preference under the USMCA."""

    pga: AgencyData | None = Field(default=None, max_length=50)
    """What partner agencies ask for: agency, field, value."""

    metadata: dict[str, Any] | None = None
    """Your own notes, at most 16 KiB as JSON; no substance: they change no revision and no hash."""

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
