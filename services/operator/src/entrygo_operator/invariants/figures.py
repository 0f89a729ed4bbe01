"""The figures of each of the five documents, so that they can be held against each other (I12).

A figure is an integer under the place and name that the JSON invoice gives it
(`CP-2026-7KQ2M9XA-R-01 goodsUsd`): pieces, lines, orders, cents or grams. A document gives those
that it has.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from entrygo_operator.invariants.printed import read_page

Figures = dict[str, int]
_WHOLE: Final = "package"
_SUMMED: Final = ("orders", "lines", "pieces", "netWeightGrams", "goodsUsd", "invoiceUsd")


def disagreements(files: Mapping[str, bytes]) -> Iterator[str]:
    """Where a document, by its artifact type, says another figure than the JSON invoice states.

    Raises:
        ValueError, LookupError, TypeError: where a document is not of the form it is written in.
    """
    invoice, packing, manifest = (
        orjson.loads(files[kind]) for kind in ("cci_json", "packing_list", "manifest")
    )
    stated = _stated(invoice["invoices"], "number", invoice["totals"])
    others = (
        ("its lines", _of_lines(invoice["invoices"])),
        ("its orders", _of_orders(invoice["invoices"], "number")),
        ("the CSV", _of_csv(files["cci_csv"])),
        ("the HTML", _of_html(files["cci_human_readable"])),
        ("the packing list", _stated(packing["units"], "invoiceNumber", packing["totals"])),
        ("the packing list's orders", _of_orders(packing["units"], "invoiceNumber")),
        ("the manifest", _stated(manifest["units"], "invoiceNumber", manifest["totals"])),
    )
    for where, figures in others:
        if missing := {key.rsplit(" ", 1)[0] for key in stated} - _places(figures):
            yield f"{where} has nothing of {sorted(missing)}"
        for name, value in figures.items():
            if stated.get(name) != value:
                yield f"{name}: {stated.get(name)} in the JSON, {value} in {where}"


def _places(figures: Figures) -> set[str]:
    return {_WHOLE} | {key.rsplit(" ", 1)[0] for key in figures}


def _stated(parts: Iterable[Any], by: str, totals: Mapping[str, Any]) -> Figures:
    """What the totals of each invoice, and of the package, say."""
    told = [*((part[by], part["totals"]) for part in parts), (_WHOLE, totals)]
    return {
        f"{place} {name}": whole(figures[name])
        for place, figures in told
        for name in _SUMMED
        if name in figures
    }


def _of_lines(invoices: Iterable[Any]) -> Figures:
    found: Counter[str] = Counter()
    for invoice in invoices:
        place = invoice["number"]
        for line in invoice["lines"]:
            found[f"{place} lines"] += 1
            found[f"{place} pieces"] += line["quantity"]
            found[f"{place} netWeightGrams"] += line.get("netWeightGrams", 0)
            found[f"{place} goodsUsd"] += whole(line["lineValueUsd"])
            found[f"{place} invoiceUsd"] += line["quantity"] * whole(line["unitValueUsd"])
        found[f"{place} invoiceUsd"] += sum(
            whole(charge["amountUsd"])
            for charge in invoice["charges"]
            if not charge["includedInPrice"]
        )
    return _with_sums(found)


def _of_orders(parts: Iterable[Any], by: str) -> Figures:
    """What the orders of each invoice hold; a packing list's have no value."""
    found: Counter[str] = Counter()
    for part in parts:
        place = part[by]
        for order in part["orders"]:
            found[f"{place} orders"] += 1
            found[f"{place} pieces"] += sum(content["quantity"] for content in order["contents"])
            found[f"{place} netWeightGrams"] += order["netWeightGrams"]
            if "valueUsd" in order:
                found[f"{place} goodsUsd"] += whole(order["valueUsd"])
    return _with_sums(found)


def _of_csv(data: bytes) -> Figures:
    found: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        place = row["invoiceNumber"]
        found[f"{place} lines"] += 1
        found[f"{place} pieces"] += int(row["quantity"])
        found[f"{place} netWeightGrams"] += whole(
            row.get("netWeightGrams", row["netWeightKg"]) or 0
        )
        found[f"{place} goodsUsd"] += whole(row["lineValue"])
    return _with_sums(found)


def _of_html(data: bytes) -> Figures:
    figures: Figures = {}
    for article in read_page(data.decode()):
        place = article.facts["Invoice no."]
        goods, total = article.rows["sums", "tfoot"][0], article.rows["charges", "tfoot"][0]
        orders = article.rows["orders", "tbody"]
        if whole(total[-1]) != whole(article.facts["Total"]):
            raise ValueError(f"{place} says two totals")
        figures |= {
            f"{place} orders": len(orders),
            f"{place} lines": len(article.rows["lines", "tbody"]),
            f"{place} pieces": int(goods[1].removesuffix(" PCS")),
            f"{place} netWeightGrams": whole(goods[2]),
            f"{place} goodsUsd": whole(goods[3]),
            f"{place} invoiceUsd": whole(total[-1]),
        }
        if sum(int(row[-2]) for row in orders) != figures[f"{place} pieces"]:
            raise ValueError(f"{place} says two numbers of pieces")
    return _with_sums(figures)


def _with_sums(found: Mapping[str, int]) -> Figures:
    """The figures of the invoices, and of the package their sums."""
    sums: Counter[str] = Counter()
    for key, value in found.items():
        sums[f"{_WHOLE} {key.rsplit(' ', 1)[1]}"] += value
    return {**found, **sums}


def whole(figure: int | str) -> int:
    """An integer as it stands; `12.50` as cents, `0.350` as grams."""
    return figure if isinstance(figure, int) else int(figure.replace(".", ""))
