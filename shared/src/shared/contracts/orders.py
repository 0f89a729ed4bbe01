"""Orders: what is synced, kept as catalogue.py says."""

from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, FailFast, Field, model_validator
from pydantic.config import JsonDict

from shared.contracts.base import Fact
from shared.contracts.catalogue import Cents, Quantity
from shared.text import Country, Id, Lines, Maybe, PostalCode, Region, Text

MAX_LINES = 2_000


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
