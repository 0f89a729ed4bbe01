"""Numbers, times and free text of a request, checked and turned into what is stored.

Our errors carry the protocol's own codes (bodies.py passes them on).
"""

import re
from datetime import date, datetime
from decimal import Context, Decimal, Inexact
from functools import partial
from typing import Annotated, Any, Final, NamedTuple

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic import WithJsonSchema as Documented
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError

from shared.clock import timestamp
from shared.contracts.catalogue import MAX_CENTS, MAX_QUANTITY
from shared.contracts.orders import MAX_MINOR
from shared.money import DECIMALS, decimal
from shared.strict_json import MOST_DIGITS
from shared.text import canonical

MAX_METADATA_BYTES: Final = 16 * 1024
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_VISIBLE_ASCII = re.compile(r"[!-~]{1,255}")
_MOST_PLACES = 18
_EXACTLY = Context(prec=_MOST_PLACES + 10, traps=[Inexact])


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("invalid_type", "Expected a number")
    number = Decimal(value)
    if number and number.adjusted() > _MOST_PLACES:
        raise PydanticCustomError("too_big", f"At most {_MOST_PLACES} digits before the point")
    return number


def _scaled(value: object, places: int) -> int:
    try:
        number = _number(value).quantize(Decimal(1).scaleb(-places), context=_EXACTLY)
        return int(number.scaleb(places))
    except Inexact:
        raise PydanticCustomError("custom", _MOST[places]) from None


_MOST: Final = {
    0: "No decimals",
    2: "At most two decimals",
    3: "At most three decimals",
    6: "At most six decimals",
}
_hundredths = partial(_scaled, places=2)


class _Priced(NamedTuple):
    """A number of an order, and how many decimals the order's currency has."""

    number: object
    places: int


def in_its_currency(order: object) -> object:
    """The order as it was read, each of its amounts with the decimals of its currency."""
    if not isinstance(order, dict):
        return order
    currency = order.get("currency")
    places = DECIMALS.get(canonical(currency).upper(), 2) if isinstance(currency, str) else 2
    return order | {
        part: [_priced(each, name, places) for each in order[part]]
        for part, name in (("items", "unitValue"), ("discounts", "amount"), ("charges", "amount"))
        if places != 2 and isinstance(order.get(part), list)  # noqa: PLR2004  # as where none is named
    }


def _priced(part: object, name: str, places: int) -> object:
    if isinstance(part, dict) and name in part:
        return part | {name: _Priced(part[name], places)}
    return part


def _minor(value: object) -> int:
    return _scaled(*value) if isinstance(value, _Priced) else _hundredths(value)


def _pieces(value: object, info: ValidationInfo) -> int | None:
    """The quantity of a line without a unit; with one it is thousandths of it."""
    return _whole(value) if info.data.get("unit", "") is None else None


def _thousandths(value: object, info: ValidationInfo) -> int | None:
    return None if info.data.get("unit", "") is None else _scaled(value, 3)


def _whole(value: object) -> int:
    number = _number(value)
    whole = int(number)
    if whole != number:
        raise PydanticCustomError("invalid_type", "Expected an integer")
    return whole


def _between(least: int, most: int, places: int = 0, unit: str = "") -> AfterValidator:
    """The bounds of what was scaled, told as the caller writes numbers."""

    def bounded(number: int) -> int:
        if least <= number <= most:
            return number
        code, word, bound = (
            ("too_big", "most", most) if number > most else ("too_small", "least", least)
        )
        raise PydanticCustomError(code, f"At {word} {decimal(bound, places)}{unit}")

    return AfterValidator(bounded)


_QUANTITY: Final[JsonSchemaValue] = {
    "type": "number",
    "exclusiveMinimum": 0,
    "maximum": MAX_QUANTITY,
}
Quantity = Annotated[
    int,
    BeforeValidator(_whole),
    _between(1, MAX_QUANTITY),
    Documented({"type": "integer", "minimum": 1, "maximum": MAX_QUANTITY}),
]
Grams = Annotated[
    int,
    BeforeValidator(_whole),
    _between(0, 1_000_000_000),
    Documented({"type": "integer", "minimum": 0, "maximum": 1_000_000_000}),
]
GrossGrams = Annotated[
    int,
    BeforeValidator(_whole),
    _between(0, 10_000_000_000),
    Documented({"type": "integer", "minimum": 0, "maximum": 10_000_000_000}),
]
Usd = Annotated[
    int,
    BeforeValidator(_hundredths),
    _between(0, MAX_CENTS, 2),
    Documented({"type": "number", "minimum": 0, "maximum": 10_000_000}),
]
Percent = Annotated[
    int,
    BeforeValidator(_hundredths),
    _between(0, 10_000, 2),
    Documented({"type": "number", "minimum": 0, "maximum": 100}),
]
Pieces = Annotated[Quantity | None, BeforeValidator(_pieces), Documented(_QUANTITY)]
OfUnit = Annotated[int | None, BeforeValidator(_thousandths), Documented(_QUANTITY)]
Thousandths = Annotated[
    int,
    BeforeValidator(partial(_scaled, places=3)),
    _between(1, MAX_QUANTITY * 1000, 3),
    Documented(_QUANTITY),
]
Amount = Annotated[
    int,
    BeforeValidator(_minor),
    _between(0, MAX_MINOR, unit=" of the currency's smallest unit"),
    Documented({"type": "number", "minimum": 0, "maximum": MAX_MINOR}),
]
Rate = Annotated[
    int,
    BeforeValidator(partial(_scaled, places=6)),
    _between(1, 1_000_000_000, 6),
    Documented({"type": "number", "exclusiveMinimum": 0, "maximum": 1_000}),
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
        number = float(value)  # as everybody reads a fraction; a whole number stays one
        if value.adjusted() >= MOST_DIGITS or (value and not number):
            raise PydanticCustomError("too_big", f"Under 1e{MOST_DIGITS}, and not so near to zero")
        return number
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise PydanticCustomError("too_big", "A whole number from -2^63 to 2^63 - 1")
    return value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(value)
    if len(orjson.dumps(plain)) > MAX_METADATA_BYTES:
        raise PydanticCustomError("too_big", "At most 16 KiB as JSON")
    return plain


Metadata = Annotated[dict[str, Any], AfterValidator(_metadata)]
