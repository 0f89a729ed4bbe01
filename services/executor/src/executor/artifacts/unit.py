"""One export unit as an invoice: its lines, orders and sums."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

from executor.artifacts import notes
from executor.artifacts.facts import (
    Charge,
    Content,
    Discount,
    Invoice,
    Line,
    Order,
    Recipient,
    Totals,
)
from executor.artifacts.formats import printed_quantity, shares
from executor.artifacts.goods import Goods, Held, LineKey, Source
from executor.artifacts.shipment import bills_of, gross_of, packages_of, recipient
from executor.artifacts.subtotals import Entered, subtotals
from shared.contracts.decision import Flag
from shared.contracts.decision import Unit as ExportUnit
from shared.contracts.orders import Importer
from shared.contracts.snapshot import SnapshotOrder
from shared.errors import EntryGoError
from shared.money import USD, Money, less
from shared.privacy import guarded

Stated = TypeVar("Stated", Charge, Discount)


class UnequalTotals(EntryGoError):
    """The snapshot's totals are not those of its lines."""

    def __init__(self, unit_id: str, stated: object, summed: object) -> None:
        super().__init__(f"{self.__doc__} ({unit_id}: stated {stated}, summed {summed})")


class UnitInvoice:
    """One export unit while its invoice is made."""

    def __init__(self, source: Source, position: int, unit: ExportUnit) -> None:
        self.source, self.position, self.unit = source, position, unit
        self.goods = Goods(source, unit)
        self.held = {key: self.goods.line(key) for key in self.goods.keys()}  # noqa: SIM118  # sorted
        self.lines = {key: self._line(place, key) for place, key in enumerate(self.held, 1)}

    def made(self, shared_charges: tuple[Charge, ...]) -> Invoice:
        """The invoice, with its share of the shipment's charges."""
        orders, currency = self._orders(), self.goods.currency
        discounts = self._together(each for order in orders for each in order.discounts or ())
        own_charges = self._together(each for order in orders for each in order.charges or ())
        charges = (*shared_charges, *own_charges)
        lines, key = tuple(self.lines.values()), self.unit["grouping_key"]
        packages = packages_of(self.source.shipment, self.unit["order_ids"])
        return Invoice(
            position=self.position,
            number=f"{self.source.identity.package_number}-{self.position:02d}",
            date=self.source.identity.started_at[:10],
            unit_id=self.unit["unit_id"],
            entry_type=self.unit["entry_type"],
            grouping_key=key,
            bills=bills_of(self.source.shipment, self.unit["order_ids"]),
            packages=packages,
            gross_weight_grams=gross_of(packages or ()),
            currency=None if currency == USD else currency,
            exchange_rate=self.source.exchange_rates.get(currency),
            incoterm=key.get("incoterm"),
            importer_of_record=self._own_importer(key.get("importer_of_record")),
            sold_to=_only({order.recipient for order in orders}),
            lines=lines,
            subtotals=subtotals(self._entered(), charges, self.source.hts_units),
            discounts=discounts or None,
            charges=charges,
            totals=self._checked(self._totals(discounts, charges)),
            flags=self.source.notes.flags_of(self.unit, lines),
            class_notes=notes.class_notes(lines),
            findings=self.source.notes.findings_of(self.unit, lines),
            orders=orders,
        )

    def _own_importer(self, number: str | None) -> Importer | None:
        """Its orders' importer, where that is not the account's."""
        first = self.goods.orders[self.unit["order_ids"][0]].get("importerOfRecord")
        own = first is not None and number != self.source.account_importer
        return guarded(Importer.model_validate(first)) if own else None

    def _line(self, number: int, key: LineKey) -> Line:
        held, product = self.held[key], self.source.products[key.product_id]
        units = self.source.hts_units.get(product.hts_code, ())
        flags = self.source.notes.flags_on(self.unit["unit_id"], key.product_id)
        known = key.price if self.goods.currency == USD else None
        return Line(
            number=number,
            product_id=key.product_id,
            product=product,
            quantity=printed_quantity(key.unit, held.thousandths),
            quantity_unit=key.unit.value,
            hts_quantities=held.measures.asked(units),
            net_weight_grams=held.grams,
            unit_value=Money(key.price, self.goods.currency, known),
            line_value=held.value,
            agencies=_named(flags, "agency"),
            programmes=_named(flags, "programme"),
            headings=notes.headings(flags),
            order_ids=tuple(sorted(self.goods.sold[key])),
        )

    def _orders(self) -> tuple[Order, ...]:
        has: dict[str, dict[LineKey, Held]] = {order_id: {} for order_id in self.goods.orders}
        for key in self.lines:
            for order_id in self.goods.sold[key]:
                has[order_id][key] = self.goods.of_order(key, order_id)
        orders = (self._order(order_id, held) for order_id, held in has.items())
        return tuple(sorted(orders, key=lambda order: (order.external_id, order.order_id)))

    def _order(self, order_id: str, held: Mapping[LineKey, Held]) -> Order:
        order, money = self.goods.orders[order_id], self.goods.money
        charges = order.get("charges", ())
        return Order(
            order_id=order_id,
            external_id=order["externalId"],
            recipient=recipient(order),
            reason_for_export=order.get("reasonForExport"),
            contents=tuple(
                Content(self.lines[key].number, printed_quantity(each.unit, each.thousandths))
                for key, each in held.items()
            ),
            pieces=sum(each.pieces for each in held.values()),
            net_weight_grams=sum(each.grams or 0 for each in held.values()),
            value=self.goods.total(each.value for each in held.values()),
            discounts=self._discounts(order) or None,
            charges=tuple(
                Charge(e["name"], money(e["amountMinor"]), e["includedInPrice"]) for e in charges
            )
            or None,
        )

    def _together(self, stated: Iterable[Stated]) -> tuple[Stated, ...]:
        """What orders state, those of one name as one."""
        alike: dict[Stated, list[Money]] = defaultdict(list)
        for each in stated:
            alike[replace(each, amount=self.goods.money(0))].append(each.amount)
        return tuple(
            replace(each, amount=self.goods.total(amounts)) for each, amounts in alike.items()
        )

    def _entered(self) -> list[Entered]:
        """The lines, with each order's discounts taken off its own by value."""
        off = dict.fromkeys(self.lines, 0)
        for order_id, order in self.goods.orders.items():
            if "discounts" not in order:
                continue
            keys = [key for key in self.lines if order_id in self.goods.sold[key]]
            cents = sum(each.amount.cents or 0 for each in self._discounts(order))
            values = [self.goods.of_order(key, order_id).value.cents or 0 for key in keys]
            for key, share in zip(keys, shares(cents, values), strict=True):
                off[key] += share
        return [Entered(line, self.held[key], off[key]) for key, line in self.lines.items()]

    def _discounts(self, order: SnapshotOrder) -> tuple[Discount, ...]:
        stated = order.get("discounts", ())
        return tuple(Discount(e["name"], self.goods.money(e["amountMinor"])) for e in stated)

    def _totals(self, discounts: Sequence[Discount], charges: Sequence[Charge]) -> Totals:
        held = self.held.values()
        goods = self.goods.total(each.value for each in held)
        off = self.goods.total(each.amount for each in discounts)
        added = self._added([each.amount for each in charges if not each.included_in_price])
        return Totals(
            orders=len(self.goods.orders),
            lines=len(held),
            pieces=sum(each.pieces for each in held),
            net_weight_grams=sum(each.grams or 0 for each in held),
            lines_without_weight=sum(each.grams is None for each in held),
            goods=goods,
            discounts=off if discounts else None,
            charges_added=added,
            invoice=self.goods.total((less(goods, off), added)),
        )

    def _added(self, amounts: Sequence[Money]) -> Money:
        """In the invoice's currency what is stated in it; in dollars the shipment's charges too."""
        currency = self.goods.currency
        own = self.goods.total(each for each in amounts if each.currency == currency)
        known = self.goods.money(0).cents is not None
        cents = sum(each.cents or 0 for each in amounts) if known else None
        return Money(own.minor, currency, cents)

    def _checked(self, totals: Totals) -> Totals:
        stated: Mapping[str, Any] = self.unit["totals"]
        nothing = self.goods.money(0)
        value = less(totals.goods or nothing, totals.discounts or nothing)
        summed = {
            "orders": totals.orders,
            "pieces": totals.pieces,
            "value_cents": value.cents,
            "net_weight_grams": totals.net_weight_grams,
        }
        if self.goods.currency != USD:
            summed["value_minor"] = value.minor
        if summed != {name: stated[name] for name in summed}:
            raise UnequalTotals(self.unit["unit_id"], stated, totals)
        return totals


def _named(flags: Iterable[Flag], kind: Literal["agency", "programme"]) -> tuple[str, ...]:
    return tuple(sorted({flag[kind] for flag in flags if kind in flag}))


def _only(recipients: set[Recipient]) -> Recipient | None:
    """The one person that all is sold to, if it is one and named."""
    return next((one for one in recipients if len(recipients) == 1 and one.consignee), None)
