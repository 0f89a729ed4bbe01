"""Stored integers as HTTP's decimal numbers: no float on the way."""

from typing import Any

import orjson

from shared.money import decimal, outer_name

# What the caller named himself is passed on as it is.
_FREE_FORM = frozenset({"metadata", "pga"})


def decimal_number(hundredths: int) -> orjson.Fragment:
    """A JSON number with two decimals."""
    return orjson.Fragment(decimal(hundredths))


def to_http(value: Any) -> Any:  # noqa: ANN401  # any stored value
    """`..._cents` becomes `..._usd`, `...Cents` `...Usd`, `...Hundredths` its plain name."""
    if isinstance(value, dict):
        return dict(_entry(key, entry) for key, entry in value.items())
    if isinstance(value, list | tuple):
        return [to_http(entry) for entry in value]
    return value


def _entry(key: str, value: Any) -> tuple[str, Any]:  # noqa: ANN401  # any stored value
    if isinstance(value, int) and not isinstance(value, bool) and (name := outer_name(key)):
        return name, decimal_number(value)
    return key, value if key in _FREE_FORM else to_http(value)


def dump(value: Any) -> bytes:  # noqa: ANN401  # any JSON value, with fragments
    return orjson.dumps(value)
