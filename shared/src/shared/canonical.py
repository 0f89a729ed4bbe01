"""Canonical JSON (RFC 8785) for values made of objects, arrays, strings, integers and booleans."""

import hashlib
from typing import Any

import orjson

MAX_SAFE_INTEGER = 2**53 - 1


def canonical_json(value: Any) -> bytes:  # noqa: ANN401  # any JSON value
    """The value's RFC 8785 bytes.

    With no floats in it, sorted keys and minimal escapes are all the RFC asks for. orjson sorts
    keys by code point while the RFC sorts by UTF-16 code unit; the two differ only where a key
    holds a character above U+FFFF, so keys of documents must stay within the basic plane.

    Raises:
        TypeError: for a float, or an integer outside the range every JSON reader keeps exact.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def content_hash(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """SHA-256 of the canonical JSON, in hex."""
    return sha256_hex(canonical_json(value))
