"""The bodies of the four writes: the message contracts in the names and units of HTTP.

Each class is the contract's own class with HTTP's strictness: no unknown field, camelCase names
only, USD as decimal numbers (kept as cents), percents as decimals (kept as hundredths), no
coercion. An instance is therefore a valid part of a message as it stands.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import WithJsonSchema as Documented
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from shared.clock import timestamp
from shared.contracts.catalogue import (
    MAX_CENTS,
    MAX_LINES,
    MAX_ORDERS,
    MAX_QUANTITY,
    Consignee,
    Id,
    Manufacturer,
    Material,
    Metal,
    OrderFact,
    OrderLine,
    ProductFact,
    Text,
    Usmca,
)
from shared.contracts.exports import MAX_PLAN_ORDERS, Charge, PackageGroup, Shipment

MAX_METADATA_BYTES: Final = 16 * 1024
_STRICT = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False)
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_VISIBLE_ASCII = re.compile(r"[!-~]{1,255}")
_MOST_DIGITS = 18


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("invalid_type", "Expected a number")
    number = Decimal(value)
    if number and number.adjusted() > _MOST_DIGITS:
        raise PydanticCustomError("too_big", "The number is out of range")
    return number


def _hundredths(value: object) -> int:
    number = _number(value)
    # Exact without the context's rounding: look at the digits, not at a product.
    sign, digits, exponent = number.as_tuple()
    cut = -int(exponent) - 2
    if cut > 0:
        if any(digits[-cut:]) if cut < len(digits) else any(digits):
            raise PydanticCustomError("custom", "At most two decimals")
        digits, cut = digits[:-cut], 0
    whole = int("".join(map(str, digits)) + "0" * -cut or "0")
    return -whole if sign else whole


def _whole(value: object) -> int:
    number = _number(value)
    whole = int(number)
    if whole != number:
        raise PydanticCustomError("invalid_type", "Expected an integer")
    return whole


Quantity = Annotated[
    int,
    BeforeValidator(_whole),
    Field(ge=1, le=MAX_QUANTITY),
    Documented({"type": "integer", "minimum": 1, "maximum": MAX_QUANTITY}),
]
Grams = Annotated[
    int,
    BeforeValidator(_whole),
    Field(ge=0, le=1_000_000_000),
    Documented({"type": "integer", "minimum": 0, "maximum": 1_000_000_000}),
]
GrossGrams = Annotated[
    int,
    BeforeValidator(_whole),
    Field(ge=0, le=10_000_000_000),
    Documented({"type": "integer", "minimum": 0, "maximum": 10_000_000_000}),
]
Usd = Annotated[
    int,
    BeforeValidator(_hundredths),
    Field(ge=0, le=MAX_CENTS),
    Documented({"type": "number", "minimum": 0, "maximum": 10_000_000, "multipleOf": 0.01}),
]
Percent = Annotated[
    int,
    BeforeValidator(_hundredths),
    Field(ge=0, le=10_000),
    Documented({"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.01}),
]
Flag = Annotated[bool, Field(strict=True)]


def rfc3339(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("invalid_type", "Expected a string")
    try:
        if _RFC3339.fullmatch(value):
            return timestamp(datetime.fromisoformat(value.upper()))
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError("invalid_string", "Expected an RFC 3339 time")


def _calendar_date(value: str) -> str:
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise PydanticCustomError("invalid_string", "Expected a date, YYYY-MM-DD")


Moment = Annotated[
    str, BeforeValidator(rfc3339), Documented({"type": "string", "format": "date-time"})
]
Day = Annotated[
    str, AfterValidator(_calendar_date), Documented({"type": "string", "format": "date"})
]


def idempotency_key(value: str) -> str:
    """1 to 255 visible ASCII characters, bare or quoted (protocol.md section 9)."""
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    bare = value[1:-1] if quoted else value
    if not _VISIBLE_ASCII.fullmatch(bare):
        raise PydanticCustomError("invalid_string", "Expected 1 to 255 visible ASCII characters")
    return bare


Key = Annotated[
    str,
    AfterValidator(idempotency_key),
    Documented({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}),
]


def _plain(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """Metadata as the store can keep it: checked strings, numbers of the machine's size."""
    if isinstance(value, dict):
        return {_plain(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, str) and _FORBIDDEN.search(value):
        raise PydanticCustomError("invalid_string", "Control characters are not allowed")
    if isinstance(value, Decimal):
        number = float(value)
        if abs(number) == float("inf") or value == value.to_integral_value() > 2**53:
            raise PydanticCustomError("too_big", "A number is out of range")
        return number
    return value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(value)
    if len(orjson.dumps(plain)) > MAX_METADATA_BYTES:
        raise PydanticCustomError("too_big", "At most 16 KiB as JSON")
    return plain


Metadata = Annotated[dict[str, Any], AfterValidator(_metadata)]


class ConsigneeBody(Consignee):
    model_config = _STRICT


class OrderLineBody(OrderLine):
    model_config = _STRICT
    quantity: Quantity
    unit_value_cents: Usd = Field(alias="unitValueUsd")


class OrderBody(OrderFact):
    model_config = _STRICT
    consignee: ConsigneeBody | None = None
    items: tuple[OrderLineBody, ...] = Field(min_length=1, max_length=MAX_LINES)
    metadata: Metadata | None = None


class MaterialBody(Material):
    model_config = _STRICT
    percent_hundredths: Percent = Field(alias="percent")


class ManufacturerBody(Manufacturer):
    model_config = _STRICT


class MetalBody(Metal):
    model_config = _STRICT
    weight_percent_hundredths: Percent = Field(alias="weightPercent")


class UsmcaBody(Usmca):
    model_config = _STRICT
    claim: Flag


class ProductBody(ProductFact):
    model_config = _STRICT
    unit_value_cents: Usd | None = Field(default=None, alias="unitValueUsd")
    weight_grams: Grams | None = None
    materials: tuple[MaterialBody, ...] | None = Field(default=None, max_length=50)
    manufacturer: ManufacturerBody | None = None
    metal: MetalBody | None = None
    childrens: Flag | None = None
    usmca: UsmcaBody | None = None
    metadata: Metadata | None = None


class PackageGroupBody(PackageGroup):
    model_config = _STRICT
    count: Quantity
    gross_weight_grams: GrossGrams | None = None


class ChargeBody(Charge):
    model_config = _STRICT
    amount_cents: Usd = Field(alias="amountUsd")
    included_in_price: Flag = False


class ShipmentBody(Shipment):
    model_config = _STRICT
    eta: Moment | None = None
    export_date: Day | None = None
    packages: tuple[PackageGroupBody, ...] | None = Field(default=None, max_length=1_000)
    charges: tuple[ChargeBody, ...] | None = Field(default=None, max_length=100)


class WriteBody(BaseModel):
    """What every write says: for which account, and under which key."""

    model_config = _STRICT

    account_id: Id
    idempotency_key: Key | None = None


class SyncOrdersBody(WriteBody):
    items: tuple[OrderBody, ...] = Field(min_length=1, max_length=MAX_ORDERS)


class SyncProductsBody(WriteBody):
    items: tuple[ProductBody, ...] = Field(min_length=1, max_length=MAX_ORDERS)


BatchId = Annotated[Id, Field(min_length=3)]


class PlanBody(WriteBody):
    warehouse_id: Id
    broker_id: Id
    order_ids: tuple[Id, ...] = Field(min_length=1, max_length=MAX_PLAN_ORDERS)
    destination_country: Literal["US"] = "US"
    batch_id: BatchId | None = None
    dry_run: Flag = False
    shipment: ShipmentBody | None = None


class ExecuteBody(WriteBody):
    batch_id: BatchId
    plan_hash: Text | None = None
    resubmit: Flag = False
