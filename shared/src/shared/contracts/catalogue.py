"""Products: what is synced, as messages carry it and the store keeps it (orders: orders.py).

A record's *content* is its substance: what plan hashes depend on. It is kept as the camelCase
object these classes dump (`synced.py`), with money in integer US cents (`...Cents`), weight in
integer grams and percents in whole hundredths (`...Hundredths`). `metadata` is not substance.
"""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from shared.contracts.base import Fact
from shared.text import (
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

MAX_CENTS = 1_000_000_000  # USD 10,000,000.00
MAX_QUANTITY = 1_000_000
MAX_GRAMS = 1_000_000_000
LAST_BASIC = "\uffff"

Hundredths = Annotated[int, Field(ge=0, le=10_000)]
Cents = Annotated[int, Field(ge=0, le=MAX_CENTS)]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Thousandths = Annotated[int, Field(ge=1, le=MAX_QUANTITY * 1000)]
Grams = Annotated[int, Field(ge=0, le=MAX_GRAMS)]
AgencyData = Annotated[dict[Text, dict[Text, Text]], BeforeValidator(without_empty), EmptyIsTaken]


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
    """Of steel `meltPourCountry`, of aluminium `primarySmeltCountry` and `castCountry` in one."""

    melt_pour_country: Maybe[CountryText] = None
    """Steel: where it was melted and poured. Two letters, ISO 3166-1."""

    primary_smelt_country: Maybe[CountryText] = None
    """Aluminium: where most of the new metal was smelted, or `NONE`."""

    secondary_smelt_country: Maybe[CountryText] = None
    """Aluminium: where most of the recycled metal was smelted, or `NONE`."""

    cast_country: Maybe[CountryText] = None
    """Aluminium: where it was last cast."""


class Usmca(Fact):
    """Preference under the USMCA."""

    claim: bool
    """Whether the preference is claimed."""

    certification: Maybe[Text] = None
    """Reference of the certification of origin."""


class Preference(Usmca):
    """Preference under a trade programme."""

    programme: Text
    """Which, as `USMCA`, `KORUS`, `CAFTA-DR`."""


class ReportingQuantity(Fact):
    """How much of a unit of the tariff one piece is."""

    unit: Text
    """A unit of `OrderLine.unit`, or the tariff's own words, as `pf.liters`."""

    quantity_thousandths: Thousandths
    """How many of it, at most three decimals (whole thousandths inside)."""


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

    secondary_hts_code: Maybe[HtsNumber] = None
    """A number of chapter 98 (or 99) beside it, as 9802.00.50 for goods repaired abroad."""

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

    preference: Preference | None = None
    """The claim of preference under a trade programme; for the USMCA `usmca` is the same."""

    reporting_quantities: tuple[ReportingQuantity, ...] | None = Field(default=None, max_length=10)
    """What one piece is in units that the tariff asks for."""

    pga: AgencyData | None = Field(default=None, max_length=50)
    """What partner agencies ask for: agency, field, value."""

    metadata: dict[str, Any] | None = None
    """Your own notes, at most 16 KiB as JSON; they change no revision and no hash."""

    @property
    def claimed_programme(self) -> str | None:
        """Under which preference is claimed, if any."""
        if self.usmca:
            return "USMCA" if self.usmca.claim else None
        claim = self.preference
        return claim.programme.upper() if claim and claim.claim else None

    @model_validator(mode="after")
    def one_claim(self) -> Self:
        if self.usmca and self.preference:
            raise ValueError("usmca or preference, not both")
        return self

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
