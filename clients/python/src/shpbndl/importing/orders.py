"""Orders out of rows: lines, currency, what was taken off, what shipping cost."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shpbndl.importing import cells, drafts
from shpbndl.importing.drafts import Draft
from shpbndl.importing.maps import Map
from shpbndl.importing.tables import Row, Table

ANYTHING = "*"
_SUMS = ("currency", "subtotal", "discount", "shipping")
_ZERO = Decimal(0)


def orders(table: Table, given: Map, currency: str | None = None) -> list[Draft]:
    """Every order of the file; `currency` is that of files without a column for it."""
    fields = given.section("order")
    found = []
    for draft, rows in drafts.grouped(table, fields["externalId"], "order's reference"):
        if rows:
            draft.left_out = _found(rows, given.leave_out)
            if doubt := _found(rows, given.refuse):
                draft.fault(draft.rows[0], f"{doubt}: what was sent?")
            elif not draft.left_out:
                _Order(draft, rows, given).fill(currency)
        found.append(draft)
    return found


def _found(rows: list[Row], sought: Mapping[str, list[str]]) -> str:
    """The first cell of these columns that is one of their words, in words."""
    for column, words in sought.items():
        for row in rows:
            cell = row.cells.get(column)
            if cell and (ANYTHING in words or cell.casefold() in words):
                return f"{column} is {cell!r}"
    return ""


class _Order:
    def __init__(self, draft: Draft, rows: list[Row], given: Map) -> None:
        self._draft = draft
        self._rows = rows
        self._fields = given.section("order")
        self._line = given.section("line")
        self._sold = _ZERO  # by all lines, those that do not ship too
        self._unshipped = False

    def fill(self, currency: str | None) -> None:
        draft = self._draft
        merged = drafts.together(draft, self._rows, self._fields.values())
        drafts.put(draft, merged, self._fields, without=_SUMS)
        draft.body["externalId"] = draft.reference
        if "name" not in draft.body.get("consignee", {"name": ""}):
            draft.fault(draft.rows[0], "the consignee has no name")
        told = drafts.value(draft, self._fields.get("currency"), merged, str) or currency
        if told is None:
            draft.fault(draft.rows[0], "no column says the currency: give --currency")
            return
        money = str(told).upper()
        self._lines("unitValueUsd" if money == "USD" else "unitValue")
        if money != "USD":
            draft.body["currency"] = money
        if not draft.faults:
            self._sums(merged)

    def _lines(self, price: str) -> None:
        columns = {
            name
            for path in ("sku", "title", "quantity")
            for name in (self._line[path].columns if path in self._line else ())
        }
        rows = [row for row in self._rows if columns & row.cells.keys()]
        lines = [line for row in rows if (line := self._one(row, price))]
        if not lines and not self._draft.faults:
            self._draft.fault(self._draft.rows[0], "has no line with goods that ship")
        self._draft.body["items"] = lines

    def _one(self, row: Row, price: str) -> dict[str, Any] | None:
        """One line, None where it has nothing that ships, or is in doubt."""
        probe = Draft(self._draft.reference, [row.number])
        quantity = drafts.value(probe, self._line["quantity"], row.cells, cells.whole)
        each = self._price(probe, row.cells, quantity)
        sku = drafts.value(probe, self._line["sku"], row.cells, cells.code)
        ships = drafts.value(probe, self._line.get("ships"), row.cells, str)
        self._draft.faults += probe.faults
        self._draft.notes += probe.notes
        title = next(iter(self._line["title"].of(row.cells)), "") if "title" in self._line else ""
        if probe.faults:
            return None
        if quantity is None or each is None:
            self._draft.fault(row.number, f"the line has no {'price' if quantity else 'quantity'}")
            return None
        self._sold += quantity * each
        if str(ships).casefold() in ("false", "no", "0") or quantity == 0:
            self._unshipped = self._unshipped or quantity > 0
            self._draft.notes.append((row.number, f"{title or sku} does not ship; left out"))
            return None
        if sku is None:
            self._draft.fault(row.number, f"the line {title!r} has no SKU")
            return None
        return {"productExternalId": sku, "quantity": quantity, price: each}

    def _price(
        self, probe: Draft, found: Mapping[str, str], quantity: int | None
    ) -> Decimal | None:
        each: Decimal | None = drafts.value(probe, self._line.get("price"), found, cells.amount)
        total: Decimal | None = drafts.value(probe, self._line.get("total"), found, cells.amount)
        if each is not None or total is None or not quantity:
            return each if each is not None else total and _ZERO
        piece = (total / quantity).quantize(Decimal("0.01"))
        if piece * quantity != total:
            probe.fault(probe.rows[0], f"{total} is no price of whole cents for {quantity} pieces")
        return piece

    def _sums(self, merged: Mapping[str, str]) -> None:
        """A discount is what the lines come to above what was paid for them."""
        draft, fields = self._draft, self._fields
        paid = drafts.value(draft, fields.get("subtotal"), merged, cells.amount)
        discount = drafts.value(draft, fields.get("discount"), merged, cells.amount)
        if paid is not None:
            discount = self._sold - paid
        if discount is not None and discount < 0:
            draft.fault(draft.rows[0], f"the lines come to {self._sold}, the subtotal is {paid}")
        elif discount and self._unshipped:
            draft.fault(
                draft.rows[0], f"a discount of {discount} is also of lines that do not ship"
            )
        elif discount is not None:
            amounts = [{"name": "Discount", "amount": discount}] if discount else None
            draft.body["discounts"] = amounts
        shipping = drafts.value(draft, fields.get("shipping"), merged, cells.amount)
        if shipping is not None:
            charge = {"name": "Shipping", "amount": shipping, "includedInPrice": False}
            draft.body["charges"] = [charge] if shipping else None
