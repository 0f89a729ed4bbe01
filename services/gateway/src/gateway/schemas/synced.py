"""Orders and products as requests have them: see requests.py."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from gateway.schemas.values import (
    Amount,
    Flag,
    Grams,
    Metadata,
    OfUnit,
    Percent,
    Pieces,
    Thousandths,
    Usd,
    in_its_currency,
)
from shared.contracts.catalogue import (
    Manufacturer,
    Material,
    Metal,
    Preference,
    ProductFact,
    ReportingQuantity,
    Usmca,
)
from shared.contracts.orders import (
    MAX_LINES,
    Buyer,
    Consignee,
    Discount,
    Importer,
    OrderCharge,
    OrderFact,
    OrderLine,
)
from shared.validation import UntilEnough

STRICT = ConfigDict(
    extra="forbid",
    frozen=True,
    alias_generator=to_camel,
    populate_by_name=False,
    use_attribute_docstrings=True,
)


class ConsigneeBody(Consignee):
    model_config = STRICT


class BuyerBody(Buyer):
    model_config = STRICT


class ImporterBody(Importer):
    model_config = STRICT
    power_of_attorney: Flag | None = None


class DiscountBody(Discount):
    model_config = STRICT
    amount_minor: Amount = Field(alias="amount")


class OrderChargeBody(OrderCharge):
    model_config = STRICT
    amount_minor: Amount = Field(alias="amount")
    included_in_price: Flag = False


class OrderLineBody(OrderLine):
    """A line; its `quantity` is pieces or thousandths of a unit, whichever it has."""

    model_config = STRICT
    quantity: Pieces
    """Whole pieces, or at most three decimals of `unit`."""
    quantity_thousandths: OfUnit = Field(default=None, alias="quantity")
    """Whole pieces, or at most three decimals of `unit`."""
    unit_value_cents: Usd | None = Field(default=None, alias="unitValueUsd")
    unit_value_minor: Amount | None = Field(default=None, alias="unitValue")


class OrderBody(OrderFact):
    model_config = STRICT
    consignee: ConsigneeBody | None = None
    sold_to: BuyerBody | None = None
    items: tuple[Annotated[OrderLineBody, UntilEnough], ...] = Field(
        min_length=1, max_length=MAX_LINES
    )
    discounts: tuple[DiscountBody, ...] | None = Field(default=None, max_length=100)
    charges: tuple[OrderChargeBody, ...] | None = Field(default=None, max_length=100)
    importer_of_record: ImporterBody | None = None
    metadata: Metadata | None = None

    @model_validator(mode="before")
    @classmethod
    def with_the_decimals(cls, order: object) -> object:
        return in_its_currency(order)


class MaterialBody(Material):
    model_config = STRICT
    percent_hundredths: Percent = Field(alias="percent")


class ManufacturerBody(Manufacturer):
    model_config = STRICT


class MetalBody(Metal):
    model_config = STRICT
    weight_percent_hundredths: Percent = Field(alias="weightPercent")


class UsmcaBody(Usmca):
    model_config = STRICT
    claim: Flag


class PreferenceBody(Preference):
    model_config = STRICT
    claim: Flag


class ReportingQuantityBody(ReportingQuantity):
    model_config = STRICT
    quantity_thousandths: Thousandths = Field(alias="quantity")


class ProductBody(ProductFact):
    model_config = STRICT
    unit_value_cents: Usd | None = Field(default=None, alias="unitValueUsd")
    weight_grams: Grams | None = None
    materials: tuple[MaterialBody, ...] | None = Field(default=None, max_length=50)
    manufacturer: ManufacturerBody | None = None
    metal: MetalBody | None = None
    childrens: Flag | None = None
    usmca: UsmcaBody | None = None
    preference: PreferenceBody | None = None
    reporting_quantities: tuple[ReportingQuantityBody, ...] | None = Field(
        default=None, max_length=10
    )
    metadata: Metadata | None = None
