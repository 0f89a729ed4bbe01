"""The letter of an export: the subjects, and the facts that both mails are drawn from.

The executor writes it once, when the export is executed, and its deliveries name it; the mailer
reads the letter, not the snapshot. A delivery that an executor of before letters stored names none:
for that one the mailer writes the letter itself, by this same function.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypedDict

from shared.contracts.decision import Decision, Totals, UnitTotals
from shared.contracts.lifecycle import ExportRecord
from shared.contracts.snapshot import ENTRY_TYPES, Snapshot
from shared.money import told
from shared.prompts import prompts
from shared.sold import sold

MOST_LISTED: Final = 10  # bills, packages
MOST_NOTES: Final = 20  # the invoice holds them all

_TRANSPORT: Final = {
    "portOfEntry": "port of entry",
    "transportMode": "by",
    "carrier": "carrier",
    "paps": "PAPS",
    "incoterm": "Incoterm",
}


class LetterUnit(TypedDict):
    unit_id: str
    entry: str  # the proposed entry type, in words
    totals: UnitTotals


class Letter(TypedDict):
    """What the mails say of what was executed; what the export's record says is not repeated."""

    ruleset_version: str
    exporter: str
    importer: str
    warehouse: str
    transport: str
    contact: str
    reply_to: str | None
    totals: Totals
    units: list[LetterUnit]
    notes: list[str]
    more_notes: int


def letter_of(snapshot: Snapshot, invoices: Sequence[Mapping[str, Any]] = ()) -> Letter:
    """With the invoices of the JSON document its notes say where, and come in order."""
    account, decision = snapshot["account"], snapshot["decision"]
    employee = account.get("responsibleEmployee", {})
    notes = prompts(invoices) if invoices else _notes(decision)
    return Letter(
        ruleset_version=snapshot["ruleset_version"],
        exporter=account.get("exporter", {}).get("name", account["name"]),
        importer=", ".join(_importers(snapshot)),
        warehouse=snapshot["warehouse"]["name"],
        transport=_transport(snapshot["shipment"]) + _unweighed(snapshot),
        contact=_contact(employee),
        reply_to=employee.get("email"),
        totals=decision["totals"],
        units=[
            LetterUnit(
                unit_id=unit["unit_id"],
                entry=f"{unit['entry_type']} {ENTRY_TYPES[unit['entry_type']].in_full}",
                totals=unit["totals"],
            )
            for unit in decision["units"]
        ],
        notes=notes[:MOST_NOTES],
        more_notes=max(0, len(notes) - MOST_NOTES),
    )


def subject_of(recipient_type: str, export: ExportRecord, snapshot: Snapshot, number: str) -> str:
    """Ids, codes and numbers only: no free text enters a header."""
    decision, totals = snapshot["decision"], snapshot["decision"]["totals"]
    types = ",".join(sorted({unit["entry_type"] for unit in decision["units"]}))
    words = [
        "ENTRY REQUEST" if recipient_type == "BROKER" else "EXPORT NOTICE",
        number,
        f"port {snapshot['shipment'].get('portOfEntry', 'TBD')}",
        f"type {types}",
        told(totals),
        f"{totals['orders']} orders",
        f"rev {export['plan_revision']}",
    ]
    mark = "TEST - NOT FOR ENTRY | " if export["test"] else ""
    return f"[EntryGo] {mark}{' | '.join(words)}"


def _notes(decision: Decision) -> list[str]:
    """The same of a snapshot alone: flags, whose reasons name the agency, then warnings."""
    flags = [flag["reason"] for flag in decision["flags"]]
    warnings = [f["message"] for f in decision["findings"] if f["severity"] == "WARNING"]
    return list(dict.fromkeys(flags + warnings))


def _importers(snapshot: Snapshot) -> list[str]:
    """An order's own, else the account's."""
    orders, usual = snapshot["orders"], snapshot["account"].get("importerOfRecord", {})
    each = (
        orders[key].get("importerOfRecord", usual)
        for key in snapshot["decision"]["included_order_ids"]
    )
    return _some(dict.fromkeys(importer.get("name", "not on file") for importer in each))


def _transport(shipment: Mapping[str, Any]) -> str:
    known = [f"{label} {shipment[key]}" for key, label in _TRANSPORT.items() if key in shipment]
    if "eta" in shipment:
        known.append(f"arrival {shipment['eta'][:16].replace('T', ' ')} UTC")
    known += _some(
        f"{b['kind'].replace('_', ' ')} {b['number']}" for b in shipment.get("bills", ())
    )
    known += _some(f"{g['count']} x {g['kind']}" for g in shipment.get("packages", ()))
    return f"Transport: {'; '.join(known)}." if known else "Transport details are not known yet."


def _some(told: Iterable[str]) -> list[str]:
    """The first of a list that may be long; the documents hold it."""
    each = list(told)
    return each[:MOST_LISTED] + (
        [f"and {len(each) - MOST_LISTED} more"] if each[MOST_LISTED:] else []
    )


def _unweighed(snapshot: Snapshot) -> str:
    """What the net weights leave out."""
    orders, products = snapshot["orders"], snapshot["products"]
    included = snapshot["decision"]["included_order_ids"]
    lines = [line for order_id in included for line in orders[order_id]["items"]]
    count = sum(sold(line).grams(products[line["productId"]]) is None for line in lines)
    return f" Net weights are without {count} order lines of unknown weight." if count else ""


def _contact(employee: Mapping[str, str]) -> str:
    known = [employee[key] for key in ("name", "title", "email", "phone") if key in employee]
    return ", ".join(known) or "the sender of this mail"
