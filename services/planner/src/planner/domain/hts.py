"""Tariff numbers as they are written, and their digits."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

# HTS digits: chapters 01-97 without the reserved 77, 98 and 99; 6, 8 or 10 digits; a heading is
# never 00 (domain of the Harmonized System; the form alone says nothing about existence).
_HTS_FORM = re.compile(r"(0[1-9]|[1-6]\d|7[0-689]|8\d|9\d)(?!00)\d{4}(\d{2}(\d{2})?)?")
_SPECIAL_FORM = re.compile(r"9[89]\d{6}(\d{2})?")
HTSUS_DIGITS = 10
_HTS_PUNCTUATION = str.maketrans("", "", ". -")


@lru_cache(maxsize=10_000)
def clean_hts(code: str) -> str | None:
    """The digits of an HTS number of 6, 8 or 10 digits, if it is well-formed."""
    digits = code.translate(_HTS_PUNCTUATION)
    return digits if digits.isascii() and _HTS_FORM.fullmatch(digits) else None


@lru_cache(maxsize=10_000)
def special_hts(code: str) -> str | None:
    digits = code.translate(_HTS_PUNCTUATION)
    return digits if digits.isascii() and _SPECIAL_FORM.fullmatch(digits) else None


def hts_numbers(products: Iterable[Mapping[str, Any]]) -> set[str]:
    """The ten-digit numbers to look up in the tariff table for these products."""
    cleaned = {clean_hts(content.get("htsCode", "")) for content in products}
    return {each for each in cleaned if each is not None and len(each) == HTSUS_DIGITS}
