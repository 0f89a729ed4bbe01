"""An address given in one line, as people write it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_TAIL = re.compile(
    r"(?P<city>.*?)\s*\b(?P<region>[A-Za-z]{2})\s+(?P<code>[A-Za-z0-9 -]*\d[A-Za-z0-9 -]*)"
)


def completed(
    given: Mapping[str, Any], known: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """What was given for a warehouse, with the address's city and country where they are implied.

    One line with commas and no city is read as `street, city, REGION CODE[, country]`; the
    address's country is the warehouse's, as it is given or `known`, unless it was said.
    """
    lines = given.get("address.addressLines")
    if not lines:
        return dict(given)
    whole = dict(given)
    if country := given.get("country") or known.get("country"):
        whole.setdefault("address.country", country)
    if "address.city" not in given and len(lines) == 1:
        whole |= _read(lines[0])
    return whole


def _read(line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.split(",") if part.strip()]
    for end in (len(parts), len(parts) - 1):  # a country may stand at the end
        tail = _TAIL.fullmatch(parts[end - 1]) if end > 1 else None
        if tail:
            before = parts[: end - 1]
            city = tail["city"] or (before.pop() if len(before) > 1 else "")
            return _placed(before, city) | {
                "address.region": tail["region"].upper(),
                "address.postalCode": tail["code"].upper(),
            }
    return _placed(parts[:-1], parts[-1]) if len(parts) > 1 else {}


def _placed(lines: list[str], city: str) -> dict[str, Any]:
    return {"address.addressLines": lines} | ({"address.city": city} if city else {})
