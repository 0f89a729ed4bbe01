"""The invoices for a broker's eyes: one self-contained page, on screen and on paper."""

import csv
import re
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from executor.artifacts.base import RenderedFile, artifact
from executor.artifacts.facts import CustomsPackage
from executor.artifacts.subtotals import deductible
from shared.contracts.snapshot import ENTRY_TYPES
from shared.entry_pages import policy_hash
from shared.money import DECIMALS, Money, decimal, kilograms, total, usd
from shared.prompts import ranges

TEMPLATES = "commercial_customs_invoice"


@artifact("cci_human_readable", "commercial_customs_invoice.html", "text/html; charset=utf-8")
def invoice_html(package: CustomsPackage, _: tuple[RenderedFile, ...]) -> bytes:
    style = (
        _templates()
        .get_template(f"{TEMPLATES}/style.css")
        .render(package=package, identity=package.identity)
    )
    page = _templates().get_template(f"{TEMPLATES}/document.html")
    return page.render(
        package=package,
        identity=package.identity,
        # Markup: the style sheet is ours, and every value in it went through css_string.
        style=Markup(style),  # noqa: S704
        style_hash=policy_hash(style),
    ).encode()


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("executor"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"entry_types": ENTRY_TYPES, "ports": _ports()}
    environment.tests["deductible"] = deductible
    environment.filters |= {
        "total": total,
        "money": _money,
        "in_usd": lambda amount: _money(usd(amount.cents)),
        "rate": partial(decimal, places=6),
        "kg": kilograms,
        "percent": decimal,
        "ranges": ranges,
        "css_string": css_string,
        "moment": _moment,
    }
    return environment


def _ports() -> dict[str, str]:
    """Names of the ports that cargo mostly enters by; of others the code alone is printed.

    Schedule D (HTSUS, Statistical Annex C), from a public copy of 2025: unverified.
    """
    with files("executor.artifacts").joinpath("ports.csv").open(encoding="utf-8") as lines:
        return {row["code"]: row["name"] for row in csv.DictReader(lines)}


def css_string(text: str) -> Markup:
    """The text inside a quoted CSS string: all but letters, digits and blanks by code point."""
    escaped = re.sub(r"[^A-Za-z0-9 ]", lambda found: f"\\{ord(found[0]):x} ", text)
    return Markup(escaped)  # noqa: S704  # nothing that HTML or CSS gives a meaning is left


def _money(amount: Money) -> Markup:
    """Thousands apart for people, the plain figure for whoever reads by machine."""
    plain, places = amount.text, DECIMALS[amount.currency]
    whole, fraction = divmod(amount.minor, 10**places)
    grouped = f"{whole:,}" + (f".{fraction:0{places}d}" if places else "")
    return Markup("<data value={}>{}</data>").format(plain, grouped)


def _moment(timestamp: str) -> str:
    return f"{timestamp[:10]} {timestamp[11:16]} UTC"
