"""Social security numbers: no document shows one, however it is spelled."""

import re
import unicodedata
from typing import Any, Final, TypeVar

from pydantic import BaseModel

Record = TypeVar("Record", bound=BaseModel)

WITHHELD: Final = "withheld"
_APART: Final = r"[\s./_-]{1,3}"
_MAYBE: Final = r"[\s./_-]{0,3}"
_HINT: Final = r"(?:S\.?\s?S\.?\s?N\b|SSN|SS\s?(?:#|NO)|SOCIAL|SECURITY|ITIN)"
_NINE: Final = re.compile(r"[0-9]{9}")
# Three, two and four digits apart; or nine together, where a hint says what they are.
_NUMBER: Final = re.compile(
    rf"(?<![0-9A-Z-])(?P<apart>[0-9]{{3}}{_APART}[0-9]{{2}}{_APART}[0-9]{{4}})(?![0-9A-Z-])"
    rf"|{_HINT}[^0-9]{{0,20}}(?P<after>[0-9]{{3}}{_MAYBE}[0-9]{{2}}{_MAYBE}[0-9]{{4}})(?![0-9])"
    rf"|(?<![0-9])(?P<before>[0-9]{{9}})[^0-9]{{0,5}}{_HINT}"
)


def without_ssn(text: str) -> str:
    """The text as documents may carry it.

    Nine digits and nothing else are taken for one: an EIN is written `12-3456789`.
    """
    plain = "".join(map(_plain, text))
    if _NINE.fullmatch(plain.strip()):
        return WITHHELD
    parts, end = [], 0
    for found in _NUMBER.finditer(plain):
        first, last = found.span(found.lastgroup or 0)
        parts += [text[end:first], WITHHELD]
        end = last
    return "".join((*parts, text[end:]))


def _plain(letter: str) -> str:
    """Any script's digit as ours, any dash as a hyphen; always one letter for one."""
    digit = unicodedata.digit(letter, None)
    if digit is not None and letter.isdecimal():
        return str(digit)
    if unicodedata.category(letter) == "Pd" or letter in "\u2212\u00ad":
        return "-"
    upper = letter.upper()
    return upper if len(upper) == 1 else letter


def guarded(record: Record) -> Record:
    """The record with all its texts as documents may carry them."""
    return record.model_copy(update={name: _guarded(value) for name, value in record})


def _guarded(value: Any) -> Any:  # noqa: ANN401  # any field of a record
    if isinstance(value, str):
        return without_ssn(value)
    if isinstance(value, tuple):
        return tuple(map(_guarded, value))
    return guarded(value) if isinstance(value, BaseModel) else value
