"""Stored integers as HTTP's decimal numbers: no float on the way."""

from typing import Any

import orjson

from shared.money import USD, decimal, outer

# What the caller named himself is passed on as it is.
_FREE_FORM = frozenset({"metadata", "pga"})
_PARTS = (dict, list, tuple)


def decimal_number(number: int, places: int = 2) -> orjson.Fragment:
    """A JSON number with so many decimals."""
    return orjson.Fragment(decimal(number, places))


def to_http(value: Any, currency: str = USD) -> Any:  # noqa: ANN401  # any stored value
    """`..._cents` becomes `..._usd`, `...Cents` `...Usd`, `...Hundredths` its plain name.

    Minor units are those of the `currency` that stands beside them or around them.
    """
    if isinstance(value, dict):
        shown: dict[str, Any] = {}
        currency = value.get("currency", currency)
        for key, entry in value.items():
            if type(entry) is str:  # most are
                shown[key] = entry
            elif (type(entry) is int or entry is None) and (found := outer(key, currency)):
                shown[found[0]] = None if entry is None else decimal_number(entry, found[1])
            elif isinstance(entry, _PARTS) and key not in _FREE_FORM:
                shown[key] = to_http(entry, currency)
            else:
                shown[key] = entry
        return shown
    if isinstance(value, list | tuple):
        return [to_http(entry, currency) if isinstance(entry, _PARTS) else entry for entry in value]
    return value


def dump(value: Any) -> bytes:  # noqa: ANN401  # any JSON value, with fragments
    return orjson.dumps(value)
