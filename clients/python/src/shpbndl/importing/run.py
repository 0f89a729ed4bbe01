"""One import from file to report."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from shpbndl import SHPBNDL
from shpbndl.importing import drafts, maps, orders, tables
from shpbndl.importing.drafts import Draft
from shpbndl.importing.maps import Map
from shpbndl.importing.sending import BATCH, Sender, chunks
from shpbndl.types import OrderInput, Product, ProductInput

SOME_REFUSED = 1


class Report:
    """A line for each row of a file that something is to be said of: what, which, why."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, int]] = {}  # by the file
        self.refused = False

    def about(self, name: str) -> None:
        print(f"{name}:")
        self._counts[name] = {}

    def tell(self, draft: Draft, what: str, why: str) -> None:
        self._count(what)
        self._line(_numbers(draft.rows), what, draft.reference, why)

    def finding(self, draft: Draft, severity: str, message: str) -> None:
        """What the rules find in what was sent, of each product by itself."""
        self._line(_numbers(draft.rows), severity, draft.reference, message)

    def faults(self, draft: Draft) -> None:
        self._count("refused")
        for row, why in draft.faults:
            self._line(str(row), "refused", draft.reference, why)

    def notes(self, draft: Draft) -> None:
        for row, why in draft.notes:
            self._line(str(row), "note", draft.reference, why)

    def summary(self) -> str:
        return "; ".join(
            f"{name}: {', '.join(f'{count} {what}' for what, count in counts.items()) or 'nothing'}"
            for name, counts in self._counts.items()
        )

    def _count(self, what: str) -> None:
        self.refused = self.refused or what == "refused"
        counts = list(self._counts.values())[-1]
        counts[what] = counts.get(what, 0) + 1

    def _line(self, rows: str, what: str, reference: str, why: str) -> None:
        print("\t".join(map(_shown, (f"row {rows}", what, reference, why))))


def _shown(text: str) -> str:
    """Nothing in a cell ends the line, begins another column, or makes a terminal do something."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def run(client: SHPBNDL, given: argparse.Namespace) -> int:
    """The exit code; raises Unreadable before anything is sent, else SHPBNDLError."""
    read = maps.load(given.map)
    table = tables.read(given.orders)
    read.check(table, ("order", "line"))
    inventory = _inventory(given.products, read)
    found = orders.orders(table, read, given.currency)
    report = Report()
    account = client.account()["id"]
    wanted = {line["productExternalId"] for each in found for line in each.body.get("items", ())}

    coming: set[str] = set()
    if inventory is not None:
        report.about(given.products.name)
        products = [each for each in inventory if each.reference in wanted]
        sender = Sender(
            client.products,
            [*ProductInput.__annotations__],
            account,
            report,
            dry=given.dry_run,
        )
        coming = _send_products(sender, products, report)
    report.about(given.orders.name)
    ids = _resolve(client, wanted)
    _name_products(found, ids, coming if given.dry_run else set())
    fine = _sorted_out(found, report)
    fields = [*OrderInput.__annotations__]
    Sender(client.orders, fields, account, report, dry=given.dry_run).send(fine)
    print(report.summary(), file=sys.stderr)
    return SOME_REFUSED if report.refused else 0


def _inventory(path: Path | None, given: Map) -> list[Draft] | None:
    if path is None:
        return None
    if not given.section("product"):
        raise tables.Unreadable("the map has no [product], so it can read no --products")
    table = tables.read(path)
    given.check(table, ("product",))
    return drafts.products(table, given)


def _send_products(sender: Sender, products: Sequence[Draft], report: Report) -> set[str]:
    """The references of those that there are then."""
    known = sender.known([draft.reference for draft in products])
    for draft in products:
        if not draft.body.get("title") and draft.reference not in known:
            draft.fault(draft.rows[0], "has no title")
    fine = _sorted_out(products, report)
    sender.send(fine)
    return {draft.reference for draft in fine}


def _sorted_out(found: Iterable[Draft], report: Report) -> list[Draft]:
    """Those that can be sent; the others are told."""
    fine = []
    for draft in found:
        report.notes(draft)
        if draft.left_out:
            report.tell(draft, "left out", draft.left_out)
        elif draft.faults:
            report.faults(draft)
        else:
            fine.append(draft)
    return fine


def _resolve(client: SHPBNDL, wanted: set[str]) -> dict[str, list[str]]:
    """The ids of the products that a SKU names: by reference, or else by their own SKU."""
    found: dict[str, list[str]] = {}
    for batch in chunks(sorted(wanted), BATCH):
        for row in client.products.iterate(batch, limit=BATCH):
            found[row["externalId"]] = [row["id"]]
    if wanted - set(found):
        by_sku: dict[str, list[Product]] = {}
        for row in client.products.iterate(limit=200):
            by_sku.setdefault(row["sku"] or "", []).append(row)
        for name in wanted - set(found):
            found[name] = [row["id"] for row in by_sku.get(name, ())]
    return found


def _name_products(found: Iterable[Draft], ids: dict[str, list[str]], coming: set[str]) -> None:
    for draft in found:
        for line in draft.body.get("items", ()):
            sku = line["productExternalId"]
            candidates = ids.get(sku, [])
            if len(candidates) == 1:
                del line["productExternalId"]
                line["productId"] = candidates[0]
            elif candidates:
                draft.fault(draft.rows[0], f"SKU {sku} is of several products")
            elif sku not in coming:
                draft.fault(draft.rows[0], f"SKU {sku} is no product: sync it, or give --products")


def _numbers(rows: Sequence[int]) -> str:
    """`2`, `2-4`, or `2-4, 9`."""
    parts: list[list[int]] = []
    for row in rows:
        if parts and row == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], row]
        else:
            parts.append([row])
    return ", ".join("-".join(map(str, part)) for part in parts)
