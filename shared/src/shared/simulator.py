"""Reserved addresses of test accounts, one outcome each (protocol.md section 12).

What has happened of an outcome so far is read from the export's record, so that any worker goes on
with it. A live account gets none: neither at the door, nor where its mail would be sent.
"""

from enum import StrEnum
from typing import Final

from shared.contracts.lifecycle import EventType, ExportRecord
from shared.contracts.snapshot import Snapshot
from shared.errors import EntryGoError
from shared.validation import invalid

DOMAIN: Final = "simulator.invalid"  # no server of this world has it (RFC 6761)
CHANNEL: Final = "SIMULATOR"
SOONER: Final = 60  # by which its delays are divided


class Simulated(StrEnum):
    """The part of the address before the `@`, in capitals as a name."""

    SENT = "sent"
    REJECTS = "rejects"
    BUSY = "busy"
    SILENT = "silent"
    LATE = "late"
    STALLS = "stalls"

    @property
    def address(self) -> str:
        return f"{self}@{DOMAIN}"


class SimulatedFailure(EntryGoError):
    """An execution that fails because its broker's address says so."""


_BY_ADDRESS: Final = {each.address: each for each in Simulated}


def is_reserved(address: str) -> bool:
    return address.rpartition("@")[2].lower() == DOMAIN


def simulated_at(address: str) -> Simulated | None:
    return _BY_ADDRESS.get(address)


def check_address(address: str | None, *, test: bool) -> None:
    """Raises `Refused` where the address is not one that this account's partner may have."""
    if address is None or not is_reserved(address):
        return
    if not test:
        raise invalid("email", f"Addresses at {DOMAIN} are for test accounts alone.")
    if simulated_at(address) is None:
        raise invalid("email", f"At {DOMAIN} there are only: {', '.join(_BY_ADDRESS)}.")


def is_simulated(export: ExportRecord, address: str) -> bool:
    return export["test"] and is_reserved(address)


def fail_while_simulated(export: ExportRecord, snapshot: Snapshot) -> None:
    """Raises `SimulatedFailure` for `stalls@`, until an operator has resumed it."""
    if not export["test"] or snapshot["broker"].get("email") != Simulated.STALLS.address:
        return
    if all(event["type"] != EventType.EXECUTION_RESUMED for event in export["events"]):
        raise SimulatedFailure("Simulated by the broker's address; an operator's resume ends it.")
