"""What planning asks of an account, its warehouses and its brokers, and the command that sets it.

The planner's rules, the account as it is answered, and the operator's command all read it here.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from shared.privacy import without_ssn

EXECUTE, ENTRY = "EXECUTE", "ENTRY"
IMPORTER_NUMBER: Final = "account.importerOfRecord.number"
# Importer numbers (CBP Form 5106): an EIN, with its suffix or without, or one CBP assigned.
_IMPORTER_NUMBER: Final = re.compile(r"\d{2}-\d{7}([0-9A-Z]{2})?|\d{6}-\d{5}")
_IMPORTER: Final = "account.importerOfRecord"


class Need(NamedTuple):
    """A field of a party's record: `account.exporter.name`."""

    path: str
    what: str
    options: str  # of the operator's command; words in capitals are to be filled in
    required_for: str = EXECUTE  # ENTRY: of formal entries alone; empty: of nothing

    @property
    def party(self) -> str:
        """`account`, `warehouse` or `broker`: a command of the operator's, too."""
        return self.path.partition(".")[0]


NEEDS: Final = (
    Need(IMPORTER_NUMBER, "The importer of record's number", "--importer-number NUMBER"),
    Need(f"{_IMPORTER}.bond", "bond", "--bond NUMBER", ENTRY),
    Need(f"{_IMPORTER}.powerOfAttorney", "power of attorney", "--power-of-attorney", ENTRY),
    Need("account.exporter.name", "The seller's name", "--exporter-name NAME"),
    Need(
        "account.responsibleEmployee.name",
        "The exporter's responsible employee",
        "--employee-name NAME",
    ),
    Need("account.formalAlways", "formal entry for all", "--formal-always", ""),
    Need("warehouse.address", "The warehouse's address", "--address STREET --city CITY"),
    Need("warehouse.email", "The warehouse's e-mail address", "--email ADDRESS", ""),
    Need("broker.email", "The broker's e-mail address", "--email ADDRESS"),
)


_WITHIN: Final = {need.path: need.path.split(".")[1:] for need in NEEDS}
_OF: Final = {
    party: [need for need in NEEDS if need.party == party and need.required_for]
    for party in ("account", "warehouse", "broker")
}
_MADE_WITH: Final = {
    "warehouse": "--name NAME --country CC --address STREET --city CITY --email ADDRESS",
    "broker": "--name NAME --email ADDRESS",
}


class Lack(NamedTuple):
    need: Need
    state: str  # as in "is missing"
    required_for: str
    command: str  # the operator's, that sets it


def lacks(party: str, id_: str, content: Mapping[str, Any]) -> Iterator[Lack]:
    """What an account, a warehouse or a broker lacks, in the order of the questions."""
    for need in _OF[party]:
        if state := _state(need, content):
            formal = content.get("formalAlways", False)
            required_for = EXECUTE if formal else need.required_for
            yield Lack(need, state, required_for, setting(need, id_, content))


def setting(need: Need, id_: str, content: Mapping[str, Any]) -> str:
    """The operator's command that sets it on this record; an importer has a name first."""
    unnamed = need.path.startswith(_IMPORTER) and "importerOfRecord" not in content
    name = "--importer-name NAME " if unnamed else ""
    return f"entrygo {need.party} update {id_} {name}{need.options}"


def making(party: str, account_id: str) -> str:
    """The operator's command that makes a warehouse or a broker."""
    return f"entrygo {party} create --account {account_id} {_MADE_WITH[party]}"


def wrong_with_importer(number: str | None) -> str | None:
    """What is wrong with an importer's number, if anything."""
    if number is None:
        return "missing"
    if without_ssn(number) != number and not _IMPORTER_NUMBER.fullmatch(number):
        return "a social security number and is refused"
    return None if _IMPORTER_NUMBER.fullmatch(number) else "invalid"


def _state(need: Need, content: Mapping[str, Any]) -> str | None:
    value: Any = content
    for name in _WITHIN[need.path]:
        value = value.get(name) if isinstance(value, Mapping) else None
    if need.path == IMPORTER_NUMBER:
        return wrong_with_importer(value)
    return None if value else "missing"
