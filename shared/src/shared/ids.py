"""Derived ids: the same cause always names the same thing, so a repeated step writes it again."""

import base64
import hashlib
import re
import secrets

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEARD = str.maketrans("OIL", "011")


def derived_id(prefix: str, *parts: str) -> str:
    """An id that depends on nothing but its parts; `prefix` is one of the protocol's, as `ord_`."""
    digest = hashlib.sha256("\x1f".join((prefix, *parts)).encode()).hexdigest()
    return f"{prefix}{digest[:32]}"


def order_id(account_id: str, external_id: str) -> str:
    return derived_id("ord_", account_id, external_id)


def product_id(account_id: str, external_id: str) -> str:
    return derived_id("prod_", account_id, external_id)


def minted_id(prefix: str) -> str:
    """A new random id, for what has no cause to derive it from (commands, accounts, leases)."""
    return f"{prefix}{secrets.token_hex(16)}"


def package_number(package_id: str, year: int) -> str:
    """The package's number for people: `CP-2026-7KQ2M9XA-R` (year, base32 of the id's hash, check).

    The alphabet is Crockford's base32 (no I, L, O, U); the check character is the sum of the
    digits weighted by position, modulo 31 (a prime), so that one wrong or two swapped are noticed,
    but for Z and 0, which are 31 apart.
    """
    raw = base64.b32encode(hashlib.sha256(package_id.encode()).digest()[:5]).decode()
    standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    digits = [standard.index(letter) for letter in raw]
    return f"CP-{year:04d}-{''.join(_CROCKFORD[d] for d in digits)}-{_check(digits)}"


def read_package_number(text: str) -> str | None:
    """The number that somebody wrote, in whatever case and with whatever between its parts.

    O is read as 0, I and L as 1. None where the form or the check character does not fit: a slip.
    """
    plain = "".join(letter for letter in text.upper() if letter.isalnum())
    found = re.fullmatch(r"CP(\d{4})([0-9A-Z]{8})([0-9A-Z])", plain, re.ASCII)
    if found is None:
        return None
    year, body, check = (part.translate(_HEARD) for part in found.groups())
    if not set(body) <= set(_CROCKFORD) or _check([_CROCKFORD.index(d) for d in body]) != check:
        return None
    return f"CP-{year}-{body}-{check}"


def _check(digits: list[int]) -> str:
    return _CROCKFORD[sum((place + 1) * digit for place, digit in enumerate(digits)) % 31]
