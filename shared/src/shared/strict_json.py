"""JSON without ambiguity: UTF-8, unique keys, finite numbers, bounded nesting and width.

A number with a fraction becomes a Decimal, never a float, so that money arrives exact.
"""

import json
import math
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

import orjson

MAX_DEPTH: Final = 32
_NESTING: Final = frozenset({dict, list})
MOST_KEYS: Final = 10_000  # in one object; 16 KiB of metadata hold fewer
MOST_DIGITS: Final = (
    40  # of a whole number; what is longer stays a Decimal, for a range check to refuse
)


class NotStrictJson(ValueError):
    """The text says what is wrong; it is printable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason.encode("utf-8", "replace").decode()[:500])


def parse(raw: bytes) -> Any:  # noqa: ANN401  # any JSON value
    """The value.

    Raises:
        NotStrictJson: with what is wrong.
    """
    try:
        value = _DECODER.decode(raw.decode("utf-8-sig"))  # a byte order mark is taken off
    except UnicodeDecodeError as error:
        raise NotStrictJson("The body is not valid UTF-8.") from error
    except RecursionError as error:
        raise NotStrictJson(f"Nesting is limited to {MAX_DEPTH}.") from error
    except json.JSONDecodeError as error:
        raise NotStrictJson(f"{error.msg} at character {error.pos}.") from error
    except ValueError as error:
        raise NotStrictJson(str(error)) from error
    if _is_out_of_bounds(value):
        raise NotStrictJson(f"Nesting is limited to {MAX_DEPTH}.")
    return value


def check(raw: bytes) -> None:
    """Raises what `parse` raises, sooner: what reads and writes back as it was has no key twice."""
    try:
        value = orjson.loads(raw)
        if orjson.dumps(value) == raw and not _is_out_of_bounds(value, widest=MOST_KEYS):
            return
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass  # told by `parse`
    parse(raw)


def _is_out_of_bounds(value: Any, widest: float = math.inf) -> bool:  # noqa: ANN401  # any JSON value
    level = [value] if type(value) in _NESTING else []
    for _ in range(MAX_DEPTH):
        if any(type(each) is dict and len(each) > widest for each in level):
            return True
        level = [child for each in level for child in _children(each) if type(child) in _NESTING]
    return bool(level)


def _children(value: Any) -> Any:  # noqa: ANN401  # an object or an array
    return value.values() if type(value) is dict else value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_KEYS:
        raise ValueError(f"An object is limited to {MOST_KEYS} keys.")
    found = dict(pairs)
    if len(found) != len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"The key {twice[:100]!r} is there twice in one object.")
    return found


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= MOST_DIGITS else _fraction(text)


def _fraction(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("A number is out of range.") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")


_DECODER: Final = json.JSONDecoder(
    parse_float=_fraction,
    parse_int=_integer,
    parse_constant=_no_constant,
    object_pairs_hook=_unique,
)
