"""Orders: what is synced, kept as catalogue.py says.

An order that names its currency has its lines' prices in whole minor units of it (`...Minor`), one
that names none in US cents (`...Cents`); discounts and charges are in minor units of the one or the
other. A quantity of another unit than pieces is in whole thousandths.
"""

from enum import StrEnum
from typing import Annotated, Any, Final, NoReturn, Self

from pydantic import (
    ConfigDict,
    FailFast,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import InitErrorDetails, PydanticCustomError

from shared.contracts.base import Fact
from shared.contracts.catalogue import Cents, Quantity, Thousandths
from shared.money import USD
from shared.sold import Sold
from shared.text import (
    Country,
    CountryText,
    Currency,
    Id,
    Incoterm,
    Lines,
    Maybe,
    PostalCode,
    Region,
    Text,
)
from shared.units import UnitOfMeasure

MAX_LINES = 2_000
MAX_MINOR = 100_000_000_000  # of any currency

Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]


class Person(Fact):
    """A person or a company, and where."""

    name: Text
    """Name."""

    address_lines: Lines = Field(default=(), max_length=10)
    """Street and number."""

    city: Maybe[Text] = None
    """City."""


class Consignee(Person):
    """Who receives an order."""

    phone: Maybe[Text] = None
    """Telephone number."""

    email: Maybe[Text] = None
    """E-mail address."""

    tax_id: Maybe[Text] = None
    """Tax number, where one is needed; a social security number is withheld from documents."""


class Buyer(Person):
    """To whom an order was sold, where that is not who receives it."""

    region: Maybe[Region] = None
    """State or province."""

    postal_code: Maybe[PostalCode] = None
    """Postal code."""

    country: Maybe[CountryText] = None
    """Two letters, ISO 3166-1."""


class Importer(Buyer):
    """The importer of record of one order, in place of the account's."""

    number: Maybe[Text] = None
    """An EIN, as `12-3456789`, or CBP-assigned."""

    bond: Maybe[Text] = None
    """The bond's number."""

    power_of_attorney: bool | None = None
    """Whether the broker has it."""


class Discount(Fact):
    """A discount, coupon or rebate: what is taken off the lines' sum."""

    name: Text
    """What it is."""

    amount_minor: Minor
    """In the order's currency, else in US dollars (whole minor units inside)."""


class OrderCharge(Discount):
    """A charge of one order, as its shipping or gift wrap."""

    included_in_price: bool = False
    """Whether the goods' prices hold it already."""


class ReasonForExport(StrEnum):
    SALE = "SALE"
    SAMPLE = "SAMPLE"
    GIFT = "GIFT"
    RETURN = "RETURN"
    REPAIR = "REPAIR"
    OTHER = "OTHER"


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

    unit: UnitOfMeasure | None = None
    """What the quantity counts; pieces where absent."""

    quantity: Quantity | None = None
    """Pieces, a whole number; with `unit` `quantityThousandths` in its place."""

    quantity_thousandths: Thousandths | None = None
    """With `unit`: how many of it, at most three decimals (whole thousandths inside)."""

    unit_value_cents: Cents | None = None
    """Value of one in US dollars (cents inside): the price paid, not the retail price."""

    unit_value_minor: Minor | None = None
    """With the order's `currency`: the price of one in it (whole minor units inside)."""

    @property
    def sold(self) -> Sold:
        quantity, price = (self.quantity or 0) * 1000, self.unit_value_cents or 0
        return Sold(
            self.unit or UnitOfMeasure.PCS,
            self.quantity_thousandths or quantity,
            self.unit_value_minor or price,
        )

    @model_validator(mode="after")
    def one_name(self) -> Self:
        if (self.product_id is None) == (self.product_external_id is None):
            raise ValueError("exactly one of productId and productExternalId")
        return self

    @model_validator(mode="after")
    def one_quantity_and_value(self) -> Self:
        if (self.unit is None) == (self.quantity is None):
            _refuse(self, "quantity", "pieces, or with a unit thousandths of it")
        if (self.unit is None) != (self.quantity_thousandths is None):
            _refuse(self, "quantity_thousandths", "thousandths of a unit")
        if self.unit and self.unit.counted and self.sold.thousandths * self.unit.each % 1000:
            _refuse(self, "quantity_thousandths", "whole pieces")
        if (self.unit_value_cents is None) == (self.unit_value_minor is None):
            _refuse(self, "unit_value_cents", "either this or a value in the order's currency")
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

    sold_to: Buyer | None = None
    """Who bought it, where that is not the consignee."""

    currency: Currency | None = None
    """Of purchase, ISO 4217; absent: US dollars, and lines give `unitValueUsd`."""

    items: Annotated[tuple[OrderLine, ...], FailFast(), Field(min_length=1, max_length=MAX_LINES)]
    """The lines, in order; a product may repeat."""

    discounts: tuple[Discount, ...] | None = Field(default=None, max_length=100)
    """Taken off the lines' sum; at most all of it."""

    charges: tuple[OrderCharge, ...] | None = Field(default=None, max_length=100)
    """Charges beside the price, or in it."""

    reason_for_export: ReasonForExport | None = None
    """Why the goods are sent; a gift has a value too."""

    importer_of_record: Importer | None = None
    """Who imports it, in place of the account's importer."""

    incoterm: Maybe[Incoterm] = None
    """Terms of sale of this order, in place of the shipment's."""

    metadata: dict[str, Any] | None = None
    """Your own notes, at most 16 KiB as JSON; they change no revision and no hash."""

    @model_validator(mode="after")
    def in_its_currency(self) -> Self:
        # By getattr: what is past enough mistakes stands here as it was sent (UntilEnough).
        name = "unit_value_cents" if self.currency is None else "unit_value_minor"
        for place, line in enumerate(self.items):
            if self.currency != USD and getattr(line, name, 0) is None:
                _refuse(line, name, "a value in the order's currency", "items", place)
        off = sum(getattr(each, "amount_minor", 0) for each in self.discounts or ())
        if off and off > sum(line.sold.value for line in self.items if hasattr(line, "sold")):
            _refuse(self, "discounts", "no more than the lines add up to")
        return self


def _refuse(fact: Fact, field: str, expected: str, *where: str | int) -> NoReturn:
    """Refuses one field of what was read, under the name that it has where it was read."""
    error = PydanticCustomError("custom", "Expected {expected}", {"expected": expected})
    name = fact.__class__.model_fields[field].alias or field
    raise ValidationError.from_exception_data(
        field, [InitErrorDetails(type=error, loc=(*where, name), input=None)]
    )
