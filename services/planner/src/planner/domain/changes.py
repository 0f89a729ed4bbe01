"""What a plan was decided on, against what holds now: the differences that PLAN_STALE names.

Paths are the protocol's: ids in brackets, names of the HTTP contract. Money is given as decimal
text (`"12.50"`, under a name in `Usd`) and percents likewise, so that no float is needed.
"""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final, NamedTuple, cast

from shared.contracts.exports import PathChange
from shared.contracts.snapshot import Snapshot
from shared.money import USD, decimal, outer

_PARTS = ("ruleset_version", "destination_country", "account", "warehouse", "broker", "shipment")
_BY_ID = ("orders", "products")


def changes(planned: Snapshot, current: Snapshot) -> list[PathChange]:
    """The inputs that differ, sorted by path; the decision only where no input does."""
    one, other = cast("Mapping[str, Any]", planned), cast("Mapping[str, Any]", current)
    found = [change for part in _PARTS for change in _compare(part, one[part], other[part])]
    for part in _BY_ID:
        for key in sorted(one[part].keys() | other[part].keys()):
            found += _compare(f"{part}[{key}]", one[part].get(key), other[part].get(key))
    moved = set(planned["exported_order_ids"]) ^ set(current["exported_order_ids"])
    for order_id in moved:
        path, before = f"orders[{order_id}].exported", order_id in planned["exported_order_ids"]
        found.append(PathChange(path=path, planned=before, current=not before))
    if not found and planned != current:
        found = list(_compare("decision", one["decision"], other["decision"]))
    return sorted(found, key=lambda change: change.path)


class _Currencies(NamedTuple):
    """In which minor units are: as it was planned, and now."""

    planned: str = USD
    current: str = USD


_DOLLARS: Final = _Currencies()


def _compare(
    path: str, one: object, other: object, of: _Currencies = _DOLLARS
) -> Iterator[PathChange]:
    if one == other and type(one) is type(other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        of = _Currencies(one.get("currency", of.planned), other.get("currency", of.current))
        for key in sorted(one.keys() | other.keys()):
            yield from _compare(f"{path}.{key}", one.get(key), other.get(key), of)
    elif isinstance(one, list) and isinstance(other, list):
        for place, (planned, current) in enumerate(zip_longest(one, other)):
            yield from _compare(f"{path}[{place}]", planned, current, of)
    else:
        name, planned = _shown(path, one, of.planned)
        also, current = _shown(path, other, of.current)
        yield PathChange(path=name if one is not None else also, planned=planned, current=current)


def _shown(path: str, value: object, currency: str) -> tuple[str, object]:
    """The value under its name in the HTTP contract."""
    if isinstance(value, dict):
        currency = value.get("currency", currency)
        return path, dict(_shown(key, part, currency) for key, part in value.items())
    if isinstance(value, list):
        return path, [_shown("", part, currency)[1] for part in value]
    found = outer(path, currency)
    if found is None:
        return path, value
    return found[0], decimal(value, found[1]) if isinstance(value, int) else value
