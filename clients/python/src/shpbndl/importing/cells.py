"""What a cell says: an amount, a count, a code. What could be read in two ways is refused."""

import re
from decimal import Decimal

LONGEST = 255
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}")  # a group of thousands has three digits
_GROUPS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+\.[0-9]+")
_POINTS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+,[0-9]+")
_TWO_WAYS = re.compile(r"[0-9]{1,3}([.,][0-9]{3})+")
_EXPONENT = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+[0-9]+")


class Doubtful(Exception):
    """The cell, in words for the report."""


def amount(text: str) -> Decimal:
    """Money: `1234.50`, `1,234.50`, `12,5` or `1.234,50`; never a guess."""
    if _TWO_WAYS.fullmatch(text):  # 1.000 too: a thousand of some, one of others
        raise Doubtful(
            f"{text!r} is a thousand or a fraction: write it with a point and two digits"
        )
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if _GROUPS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if has_decimal_comma(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    raise Doubtful(f"{text!r} is no amount")


def has_decimal_comma(text: str) -> bool:
    return bool(_COMMA.fullmatch(text) or _POINTS.fullmatch(text))


def whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]+([.,]0+)?", text):
        raise Doubtful(f"{text!r} is no whole number")
    return int(re.split(r"[.,]", text)[0])


def reference(text: str) -> str:
    """A name that the API can be asked for."""
    if len(text) > LONGEST or not text.isprintable():
        raise Doubtful(f"{text[:20]!r} is longer than {LONGEST} or has characters that are none")
    return text


def code(text: str) -> str:
    """A tariff number or SKU, unless a spreadsheet has made `1.23E+09` of it."""
    if _EXPONENT.fullmatch(text):
        raise Doubtful(f"{text!r}: a spreadsheet made a number of it; make the column text")
    return reference(text)
