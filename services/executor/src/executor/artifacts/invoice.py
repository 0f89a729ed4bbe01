"""From a snapshot to the facts that all files print. Nothing here is decided, only summed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, Literal

from executor.artifacts import notes
from executor.artifacts.facts import (
    Charge,
    Content,
    CustomsPackage,
    Identity,
    Invoice,
    Line,
    Order,
    Recipient,
    Totals,
)
from executor.artifacts.formats import hts, hts_quantities
from executor.artifacts.shipment import (
    apportioned,
    bills_of,
    gross_of,
    packages_of,
    parties,
    recipient,
    shipment,
)
from executor.artifacts.subtotals import subtotals
from shared.contracts import shipments
from shared.contracts.catalogue import ProductFact
from shared.contracts.decision import Flag, Unit
from shared.contracts.parties import AccountContent
from shared.contracts.snapshot import Snapshot, SnapshotOrder
from shared.errors import EntryGoError
from shared.money import Money, total, usd

TEST_NOTICE = "TEST - NOT FOR ENTRY"
QUANTITY_UNIT = "PCS"

LineKey = tuple[str, int]  # product id, unit value


class UnequalTotals(EntryGoError):
    """The snapshot's totals are not those of its lines."""

    def __init__(self, unit_id: str, stated: object, summed: object) -> None:
        super().__init__(f"{self.__doc__} ({unit_id}: stated {stated}, summed {summed})")


def customs_package(snapshot: Snapshot, identity: Identity) -> CustomsPackage:
    account = AccountContent.model_validate(snapshot["account"])
    stated = shipments.Shipment.model_validate(snapshot["shipment"])
    source = _Source(snapshot, identity, stated)
    units = snapshot["decision"]["units"]
    charges = apportioned(stated.charges or (), [unit["totals"]["value_cents"] for unit in units])
    invoices = tuple(
        _Unit(source, position, unit).invoice(charges[position - 1])
        for position, unit in enumerate(units, 1)
    )
    totals = _sum_totals(invoices)
    return CustomsPackage(
        identity=identity,
        notice=TEST_NOTICE if identity.test else None,
        protocol=snapshot["protocol"],
        ruleset_version=snapshot["ruleset_version"],
        parties=parties(snapshot, account),
        shipment=shipment(stated, snapshot, account, totals),
        invoices=invoices,
        totals=totals,
    )


class _Source:
    """What all units of one package draw on."""

    def __init__(
        self, snapshot: Snapshot, identity: Identity, shipment: shipments.Shipment
    ) -> None:
        self.identity, self.orders = identity, snapshot["orders"]
        self.shipment = shipment
        self.products = {
            key: printed(ProductFact.model_validate(content))
            for key, content in snapshot["products"].items()
        }
        self.hts_units = {hts(number): units for number, units in snapshot["hts_units"].items()}
        self.notes = notes.Notes(snapshot)


def printed(product: ProductFact) -> ProductFact:
    """The product as invoices print it: its number as the tariff does, nothing asked for absent."""
    return product.model_copy(
        update={
            "sku": product.sku or product.external_id,
            "description": product.description or product.title,
            "hts_code": hts(product.hts_code),
            "secondary_hts_code": hts(product.secondary_hts_code),
            "materials": product.materials or (),
            "pga": product.pga or {},
        }
    )


class _Unit:
    """One export unit while its invoice is made."""

    def __init__(self, source: _Source, position: int, unit: Unit) -> None:
        self.source, self.position, self.unit = source, position, unit
        self.quantities: dict[LineKey, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for order_id in unit["order_ids"]:
            for item in source.orders[order_id]["items"]:
                key = (item["productId"], item["unitValueCents"])
                self.quantities[key][order_id] += item["quantity"]

    def invoice(self, charges: tuple[Charge, ...]) -> Invoice:
        keys = sorted(self.quantities, key=self._line_order)
        lines = tuple(self._line(number, key) for number, key in enumerate(keys, 1))
        orders = self._orders(lines)
        totals = self._checked(_totals(lines, orders, charges))
        recipients = {order.recipient for order in orders}
        packages = packages_of(self.source.shipment, self.unit["order_ids"])
        return Invoice(
            position=self.position,
            number=f"{self.source.identity.package_number}-{self.position:02d}",
            date=self.source.identity.started_at[:10],
            unit_id=self.unit["unit_id"],
            entry_type=self.unit["entry_type"],
            grouping_key=self.unit["grouping_key"],
            bills=bills_of(self.source.shipment, self.unit["order_ids"]),
            packages=packages,
            gross_weight_grams=gross_of(packages or ()),
            sold_to=_only(recipients),
            lines=lines,
            subtotals=subtotals(lines, charges, self.source.hts_units),
            charges=charges,
            totals=totals,
            flags=self.source.notes.flags_of(self.unit, lines),
            class_notes=notes.class_notes(lines),
            findings=self.source.notes.findings_of(self.unit, lines),
            orders=orders,
        )

    def _line_order(self, key: LineKey) -> tuple[str | int, ...]:
        product = self.source.products[key[0]]
        names = (product.hts_code, product.country_of_origin, product.sku)
        return *(name or "" for name in names), key[1], key[0]

    def _line(self, number: int, key: LineKey) -> Line:
        product_id, unit_value = key
        product = self.source.products[product_id]
        quantity = sum(self.quantities[key].values())
        grams = None if product.weight_grams is None else quantity * product.weight_grams
        units = self.source.hts_units.get(product.hts_code, ())
        flags = self.source.notes.flags_on(self.unit["unit_id"], product_id)
        return Line(
            number=number,
            product_id=product_id,
            product=product,
            quantity=quantity,
            quantity_unit=QUANTITY_UNIT,
            hts_quantities=hts_quantities(units, quantity, grams),
            net_weight_grams=grams,
            unit_value=usd(unit_value),
            line_value=usd(quantity * unit_value),
            agencies=_named(flags, "agency"),
            programmes=_named(flags, "programme"),
            headings=notes.headings(flags),
            order_ids=tuple(sorted(self.quantities[key])),
        )

    def _orders(self, lines: Iterable[Line]) -> tuple[Order, ...]:
        held: dict[str, list[tuple[Line, int]]] = {key: [] for key in self.unit["order_ids"]}
        for line in lines:
            by_order = self.quantities[line.product_id, line.unit_value.minor]
            for order_id, quantity in by_order.items():
                held[order_id].append((line, quantity))
        orders = (_order(key, self.source.orders[key], held[key]) for key in held)
        return tuple(sorted(orders, key=lambda order: (order.external_id, order.order_id)))

    def _checked(self, totals: Totals) -> Totals:
        stated = self.unit["totals"]
        summed = (totals.orders, totals.pieces, totals.goods.cents, totals.net_weight_grams)
        names = ("orders", "pieces", "value_cents", "net_weight_grams")
        if summed != tuple(stated[name] for name in names):  # type: ignore[literal-required]  # names above
            raise UnequalTotals(self.unit["unit_id"], stated, totals)
        return totals


def _named(flags: Iterable[Flag], kind: Literal["agency", "programme"]) -> tuple[str, ...]:
    return tuple(sorted({flag[kind] for flag in flags if kind in flag}))


def _order(order_id: str, order: SnapshotOrder, held: Sequence[tuple[Line, int]]) -> Order:
    return Order(
        order_id=order_id,
        external_id=order["externalId"],
        recipient=recipient(order),
        contents=tuple(Content(line.number, quantity) for line, quantity in held),
        pieces=sum(quantity for _, quantity in held),
        net_weight_grams=sum(
            quantity * (line.net_weight_grams // line.quantity)
            for line, quantity in held
            if line.net_weight_grams is not None
        ),
        value=usd(sum(quantity * line.unit_value.minor for line, quantity in held)),
    )


def _only(recipients: set[Recipient]) -> Recipient | None:
    """The one person that all is sold to, if it is one and named."""
    return next((one for one in recipients if len(recipients) == 1 and one.consignee), None)


def _totals(lines: Sequence[Line], orders: Sequence[Order], charges: Sequence[Charge]) -> Totals:
    goods = total(line.line_value for line in lines)
    added = total(charge.amount for charge in charges if not charge.included_in_price)
    return Totals(
        orders=len(orders),
        lines=len(lines),
        pieces=sum(line.quantity for line in lines),
        net_weight_grams=sum(line.net_weight_grams or 0 for line in lines),
        lines_without_weight=sum(line.net_weight_grams is None for line in lines),
        goods=goods,
        charges_added=added,
        invoice=total((goods, added)),
    )


def _sum_totals(invoices: Sequence[Invoice]) -> Totals:
    summed: dict[str, Any] = {
        each.name: (total if each.type is Money else sum)(
            getattr(i.totals, each.name) for i in invoices
        )
        for each in fields(Totals)
    }
    return Totals(**summed)
