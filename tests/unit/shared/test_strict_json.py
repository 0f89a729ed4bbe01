"""What is checked sooner is refused exactly where parsing refuses it, in the same words."""

from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import strict_json
from shared.strict_json import MAX_DEPTH, MOST_KEYS, NotStrictJson

DEEPEST = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
WIDEST = orjson.dumps({str(number): 1 for number in range(MOST_KEYS)})
TEXTS = [
    b'{"a":1,"a":1}',
    b'[{"b":{"a":1,"a":2}}]',
    b'{"a":1,"\\u0061":2}',
    b"NaN",
    b"-Infinity",
    b"[1,]",
    b"{",
    b"",
    b"\xff",
    b'"\xed\xa0\x80"',
    b'"\\ud800"',
    b"\xef\xbb\xbf{}",
    b' { "a" : 1.50 } ',
    b"1e999",
    b"1" * 60,
    b"18446744073709551616",
    DEEPEST,
    b"[" + DEEPEST + b"]",
    b"[" * 2_000 + b"]" * 2_000,
    WIDEST,
    WIDEST[:-1] + b',"one more":1}',
    b"[" + WIDEST[:-1] + b',"one more":1}]',
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def told(read: Callable[[bytes], object], raw: bytes) -> str | None:
    try:
        read(raw)
    except NotStrictJson as error:
        return str(error)
    return None


@pytest.mark.parametrize("raw", TEXTS, ids=range(len(TEXTS)))
def test_a_text_is_refused_by_the_check_as_by_the_parser(raw: bytes) -> None:
    assert told(strict_json.check, raw) == told(strict_json.parse, raw)


@given(VALUES.map(lambda value: orjson.dumps(value) if _fits(value) else b"0"))
def test_what_is_written_once_is_never_refused(raw: bytes) -> None:
    assert told(strict_json.check, raw) is None


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_refused_by_the_check_as_by_the_parser(raw: bytes) -> None:
    assert told(strict_json.check, raw) == told(strict_json.parse, raw)


def _fits(value: object) -> bool:
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:  # beyond 64 bits, or half of a letter
        return False
    return True
