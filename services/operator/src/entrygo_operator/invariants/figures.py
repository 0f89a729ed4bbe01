"""The figures of each of the five documents, so that they can be held against each other (I12).

A figure is an integer under the place and name that the JSON invoice gives it
(`CP-2026-7KQ2M9XA-R-01 goods`): pieces, lines, orders, grams, or minor units of the invoice's
currency, which are not summed where invoices have several. A document gives those that it has.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import orjson

from entrygo_operator.invariants.printed import read_page
from shared.units import UnitOfMeasure

Figures = dict[str, int]
_WHOLE: Final = "package"
_COUNTED: Final = ("orders", "lines", "pieces", "netWeightGrams")
_MONEY: Final = ("goods", "invoice")


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
    several = len({each.get("currency") for each in invoice["invoices"]}) > 1
    unsummed = {f"{_WHOLE} {name}" for name in _MONEY} if several else set()
    for where, figures in others:
        if missing := {key.rsplit(" ", 1)[0] for key in stated} - _places(figures):
            yield f"{where} has nothing of {sorted(missing)}"
        for name, value in figures.items():
            if stated.get(name) != value and name not in unsummed:
                yield f"{name}: {stated.get(name)} in the JSON, {value} in {where}"


def _places(figures: Figures) -> set[str]:
    return {_WHOLE} | {key.rsplit(" ", 1)[0] for key in figures}


def _stated(parts: Iterable[Any], by: str, totals: Mapping[str, Any]) -> Figures:
    """What the totals of each invoice, and of the package, say."""
    told = [*((part[by], part["totals"]) for part in parts), (_WHOLE, totals)]
    counts = {
        f"{place} {name}": figures[name]
        for place, figures in told
        for name in _COUNTED
        if name in figures
    }
    money = {
        f"{place} {name}": _own(figures, name)
        for place, figures in told
        for name in _MONEY
        if {name, f"{name}Usd"} & figures.keys()
    }
    return counts | money


def _own(figures: Mapping[str, Any], name: str) -> int:
    """An amount in the currency of purchase."""
    return whole(figures[name if name in figures else f"{name}Usd"])


def _of_lines(invoices: Iterable[Any]) -> Figures:
    found: Counter[str] = Counter()
    for invoice in invoices:
        place = invoice["number"]
        for line in invoice["lines"]:
            found[f"{place} lines"] += 1
            found[f"{place} pieces"] += _pieces(line["quantity"], line["quantityUnit"])
            found[f"{place} netWeightGrams"] += line.get("netWeightGrams", 0)
            found[f"{place} goods"] += _own(line, "lineValue")
            counted = isinstance(line["quantity"], int)
            found[f"{place} invoice"] += (
                line["quantity"] * _own(line, "unitValue") if counted else _own(line, "lineValue")
            )
        found[f"{place} invoice"] += sum(
            _own(charge, "amount")
            for charge in invoice["charges"]
            if not charge["includedInPrice"] and ("amount" in charge or "currency" not in invoice)
        )
        found[f"{place} invoice"] -= sum(
            _own(discount, "amount") for discount in invoice.get("discounts", ())
        )
    return _with_sums(found)


def _of_orders(parts: Iterable[Any], by: str) -> Figures:
    """What the orders of each invoice hold; a packing list's have no value."""
    found: Counter[str] = Counter()
    for part in parts:
        place = part[by]
        for order in part["orders"]:
            found[f"{place} orders"] += 1
            held = [content["quantity"] for content in order["contents"]]
            counted = all(isinstance(quantity, int) for quantity in held)
            found[f"{place} pieces"] += sum(held) if counted else order["pieces"]
            found[f"{place} netWeightGrams"] += order["netWeightGrams"]
            if {"value", "valueUsd"} & order.keys():
                found[f"{place} goods"] += _own(order, "value")
    return _with_sums(found)


def _of_csv(data: bytes) -> Figures:
    found: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        place = row["invoiceNumber"]
        found[f"{place} lines"] += 1
        found[f"{place} pieces"] += _pieces(row["quantity"], row["uom"])
        found[f"{place} netWeightGrams"] += whole(
            row.get("netWeightGrams", row["netWeightKg"]) or 0
        )
        found[f"{place} goods"] += whole(row.get("lineValueMinor", row["lineValue"]))
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
            f"{place} goods": whole(goods[3].partition("USD")[0]),
            f"{place} invoice": whole(total[-1]),
        }
        if sum(int(row[-2]) for row in orders) != figures[f"{place} pieces"]:
            raise ValueError(f"{place} says two numbers of pieces")
    return _with_sums(figures)


def _pieces(quantity: int | str, unit: str) -> int:
    return UnitOfMeasure[unit].pieces(int(Decimal(quantity) * 1000))


def _with_sums(found: Mapping[str, int]) -> Figures:
    """The figures of the invoices, and of the package their sums."""
    sums: Counter[str] = Counter()
    for key, value in found.items():
        sums[f"{_WHOLE} {key.rsplit(' ', 1)[1]}"] += value
    return {**found, **sums}


def whole(figure: int | str) -> int:
    """An integer as it stands; `12.50` as cents, `0.350` as grams."""
    return figure if isinstance(figure, int) else int(figure.replace(".", ""))
