"""What planning asks of the parties, in the order of the questions; an operator sets it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple


class Need(NamedTuple):
    """A field of a party's content; `flag` is the operator's option that sets it."""

    path: str
    required_for: str
    flag: str


ACCOUNT_NEEDS: Final = (
    Need("importerOfRecord.number", "EXECUTE", "--importer-number"),
    Need("importerOfRecord.bond", "ENTRY", "--bond"),
    Need("importerOfRecord.powerOfAttorney", "ENTRY", "--power-of-attorney"),
    Need("exporter.name", "ENTRY", "--exporter-name"),
    Need("responsibleEmployee.name", "ENTRY", "--employee-name"),
)
WAREHOUSE_NEEDS: Final = (
    Need("address", "EXECUTE", "--address"),
    Need("email", "ENTRY", "--email"),
)
BROKER_NEEDS: Final = (Need("email", "EXECUTE", "--email"),)


def missing(content: Mapping[str, Any], needs: tuple[Need, ...]) -> list[Need]:
    return [need for need in needs if not _present(content, need.path)]


def _present(content: Mapping[str, Any], path: str) -> bool:
    value: Any = content
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return bool(value)
