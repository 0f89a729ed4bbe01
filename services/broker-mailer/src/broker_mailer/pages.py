"""What the mail says: the facts that its two pages, text and HTML, are drawn from."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from broker_mailer.repository import Package
from shared.contracts.lifecycle import ExportRecord
from shared.contracts.snapshot import Decision, Snapshot

MOST_NOTES: Final = 20  # the invoice holds them all

_FOLDERS: Final = {"BROKER": "broker_submission", "WAREHOUSE": "warehouse_notice"}
_ENTRY_TYPES: Final = {
    "01": "01 formal",
    "03": "03 antidumping/countervailing duty",
    "11": "11 informal",
}
_TRANSPORT: Final = {
    "portOfEntry": "port of entry",
    "transportMode": "by",
    "carrier": "carrier",
    "paps": "PAPS",
    "incoterm": "Incoterm",
}


@dataclass(frozen=True)
class Document:
    filename: str
    size_bytes: int
    sha256: str


def render(
    export: ExportRecord, recipient_type: str, package: Package, *, archived: bool
) -> tuple[str, str]:
    """The text and the HTML page."""
    facts = _facts(export, package.snapshot) | {
        "documents": [
            Document(record["filename"], record["size_bytes"], record["sha256"])
            for record, _ in package.documents
        ],
        "archive": f"{export['package_number']}.zip" if archived else None,
    }
    folder = _FOLDERS[recipient_type]
    text = _environment().get_template(f"{folder}/body.txt").render(facts)
    html = _environment().get_template(f"{folder}/body.html").render(facts)
    return text, html


def _facts(export: ExportRecord, snapshot: Snapshot) -> dict[str, Any]:
    account, decision = snapshot["account"], snapshot["decision"]
    notes = _notes(decision)
    entries = [
        _ENTRY_TYPES.get(unit["entry_type"], unit["entry_type"]) for unit in decision["units"]
    ]
    return {
        "test": export["test"],
        "package_number": export["package_number"],
        "export_id": export["_id"],
        "plan_revision": export["plan"]["revision"],
        "plan_hash": export["plan"]["plan_hash"],
        "ruleset_version": snapshot["ruleset_version"],
        "exporter": account.get("exporter", {}).get("name", account["name"]),
        "importer": account.get("importerOfRecord", {}).get("name", "not on file"),
        "warehouse": snapshot["warehouse"]["name"],
        "transport": _transport(snapshot["shipment"]),
        "contact": _contact(account.get("responsibleEmployee", {})),
        "totals": decision["totals"],
        "units": list(zip(decision["units"], entries, strict=True)),
        "entries": ", ".join(sorted(set(entries))),
        "notes": notes[:MOST_NOTES],
        "more_notes": max(0, len(notes) - MOST_NOTES),
    }


def _notes(decision: Decision) -> list[str]:
    """What needs the broker's eye: flags, whose reasons name the agency, then accepted warnings."""
    flags = [flag["reason"] for flag in decision["flags"]]
    warnings = [f["message"] for f in decision["findings"] if f["severity"] == "WARNING"]
    return list(dict.fromkeys(flags + warnings))


def _transport(shipment: dict[str, Any]) -> str:
    known = [f"{label} {shipment[key]}" for key, label in _TRANSPORT.items() if key in shipment]
    if "eta" in shipment:
        known.append(f"arrival {shipment['eta'][:16].replace('T', ' ')} UTC")
    known += [f"{group['count']} x {group['kind']}" for group in shipment.get("packages", ())]
    return f"Transport: {'; '.join(known)}." if known else "Transport details are not known yet."


def _contact(employee: dict[str, str]) -> str:
    known = [employee[key] for key in ("name", "title", "email", "phone") if key in employee]
    return ", ".join(known) or "the sender of this mail"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("broker_mailer"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"usd": _usd, "kg": _kg, "line": _line, "many": _many}
    return environment


def _usd(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"


def _kg(grams: int) -> str:
    return f"{grams // 1000:,}.{grams % 1000:03d}"


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def _line(text: str) -> str:
    """Free text on one line, so that no name can make lines of its own."""
    return " ".join(text.split())
