"""What a plan was decided on, against what holds now: the differences that PLAN_STALE names.

Paths are the protocol's: ids in brackets, names of the HTTP contract. Money is given as decimal
text (`"12.50"`, under a name in `Usd`) and percents likewise, so that no float is needed.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, cast

from planner.domain.text import dollars
from shared.contracts.snapshot import Snapshot


class Change(TypedDict):
    path: str
    planned: Any
    current: Any


_PARTS = ("ruleset_version", "destination_country", "account", "warehouse", "broker", "shipment")
_BY_ID = ("orders", "products")
_ABSENT: Mapping[str, Any] = {}


def changes(planned: Snapshot, current: Snapshot) -> list[Change]:
    """The inputs that differ, sorted by path; the decision only where no input does."""
    one, other = cast("Mapping[str, Any]", planned), cast("Mapping[str, Any]", current)
    found = [change for part in _PARTS for change in _compare(part, one[part], other[part])]
    for part in _BY_ID:
        for key in sorted(one[part].keys() | other[part].keys()):
            found += _compare(f"{part}[{key}]", one[part].get(key), other[part].get(key))
    moved = set(planned["exported_order_ids"]) ^ set(current["exported_order_ids"])
    for order_id in moved:
        before = order_id in planned["exported_order_ids"]
        found.append(
            Change(path=f"orders[{order_id}].exported", planned=before, current=not before)
        )
    if not found and planned != current:
        found = list(_compare("decision", one["decision"], other["decision"]))
    return sorted(found, key=lambda change: change["path"])


def _compare(path: str, one: object, other: object) -> Iterator[Change]:
    if one == other and type(one) is type(other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from _compare(f"{path}.{key}", one.get(key), other.get(key))
    elif isinstance(one, list) and isinstance(other, list):
        for place in range(max(len(one), len(other))):
            yield from _compare(f"{path}[{place}]", _at(one, place), _at(other, place))
    else:
        name, planned = _shown(path, one)
        _, current = _shown(path, other)
        yield Change(path=name, planned=planned, current=current)


def _at(values: list[Any], place: int) -> object:
    return values[place] if place < len(values) else None


def _shown(path: str, value: object) -> tuple[str, object]:
    """The value under its name in the HTTP contract."""
    if isinstance(value, dict):
        return path, dict(_shown(key, part) for key, part in value.items())
    if isinstance(value, list):
        return path, [_shown("", part)[1] for part in value]
    for ending, name in (("Cents", "Usd"), ("_cents", "_usd"), ("Hundredths", "")):
        if path.endswith(ending):
            shown = dollars(value) if isinstance(value, int) else value
            return path.removesuffix(ending) + name, shown
    return path, value
