"""What the mail says: its two pages, text and HTML, drawn from the letter and the record."""

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from broker_mailer.repository import carried
from shared.contracts.decision import UnitTotals
from shared.contracts.lifecycle import ExportRecord
from shared.letters import Letter
from shared.money import told

_FOLDERS: Final = {"BROKER": "broker_submission", "WAREHOUSE": "warehouse_notice"}


def render(
    export: ExportRecord, recipient_type: str, letter: Letter, *, archived: bool
) -> tuple[str, str]:
    """The text and the HTML page."""
    facts = {
        **letter,
        "test": export["test"],
        "package_number": export["package_number"],
        "export_id": export["_id"],
        "plan_revision": export["plan"]["revision"],
        "plan_hash": export["plan"]["plan_hash"],
        "entries": ", ".join(sorted({unit["entry"] for unit in letter["units"]})),
        "documents": carried(export, export["deliveries"][recipient_type]),
        "archive": f"{export['package_number']}.zip" if archived else None,
    }
    folder = _FOLDERS[recipient_type]
    text = _environment().get_template(f"{folder}/body.txt").render(facts)
    html = _environment().get_template(f"{folder}/body.html").render(facts)
    return text, html


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("broker_mailer"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"worth": _worth, "kg": _kg, "line": _line, "many": _many}
    return environment


def _worth(totals: UnitTotals) -> str:
    cents = totals["value_cents"]
    return told(totals) if cents is None else f"USD {cents // 100:,}.{cents % 100:02d}"


def _kg(grams: int) -> str:
    return f"{grams // 1000:,}.{grams % 1000:03d}"


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def _line(text: str) -> str:
    """Free text on one line, so that no name can make lines of its own."""
    return " ".join(text.split())
