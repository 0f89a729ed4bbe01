"""From a snapshot to the facts that all files print. Nothing here is decided, only summed."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from executor.artifacts import notes
from executor.artifacts.facts import (
    Broker,
    Content,
    CustomsPackage,
    Identity,
    Invoice,
    Line,
    Order,
    Parties,
    Recipient,
    Shipment,
    Subtotal,
    Totals,
)
from executor.artifacts.formats import hts, hts_quantities
from shared.contracts import exports
from shared.contracts.catalogue import Consignee, ProductFact
from shared.contracts.exports import Charge, PackageGroup
from shared.contracts.parties import AccountContent, BrokerContent, Party, WarehouseContent
from shared.contracts.snapshot import Snapshot, SnapshotOrder, Unit

TEST_NOTICE = "TEST - NOT FOR ENTRY"
QUANTITY_UNIT = "PCS"

_SOCIAL_SECURITY = re.compile(r"\d{3}-\d{2}-\d{4}")
_WITHHELD = "withheld: looks like a social security number"

LineKey = tuple[str, int]  # product id, unit value


class UnequalTotals(Exception):
    """The snapshot's totals are not those of its lines."""

    def __init__(self, unit_id: str, stated: object, summed: object) -> None:
        super().__init__(f"{self.__doc__} ({unit_id}: stated {stated}, summed {summed})")


def customs_package(snapshot: Snapshot, identity: Identity) -> CustomsPackage:
    account = AccountContent.model_validate(snapshot["account"])
    stated = exports.Shipment.model_validate(snapshot["shipment"])
    products = {key: ProductFact.model_validate(p) for key, p in snapshot["products"].items()}
    units = snapshot["decision"]["units"]
    charges = _apportioned(stated.charges or (), [unit["totals"]["value_cents"] for unit in units])
    source = _Source(snapshot, identity, products)
    invoices = tuple(
        _Unit(source, position, unit).invoice(charges[position - 1])
        for position, unit in enumerate(units, 1)
    )
    return CustomsPackage(
        identity=identity,
        notice=TEST_NOTICE if identity.test else None,
        protocol=snapshot["protocol"],
        ruleset_version=snapshot["ruleset_version"],
        parties=_parties(snapshot, account),
        shipment=_shipment(snapshot, account, stated, invoices),
        invoices=invoices,
        totals=_sum_totals(invoices),
    )


class _Source:
    """What all units of one package draw on."""

    def __init__(
        self, snapshot: Snapshot, identity: Identity, products: dict[str, ProductFact]
    ) -> None:
        self.orders, self.products, self.identity = snapshot["orders"], products, identity
        self.hts_units = {hts(number): units for number, units in snapshot["hts_units"].items()}
        self.notes = notes.Notes(snapshot)


class _Unit:
    """One export unit while its invoice is made."""

    def __init__(self, source: _Source, position: int, unit: Unit) -> None:
        self.source, self.position, self.unit = source, position, unit
        self.flags = source.notes.flags_of(unit["unit_id"])
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
        return Invoice(
            position=self.position,
            number=f"{self.source.identity.package_number}-{self.position:02d}",
            date=self.source.identity.started_at[:10],
            unit_id=self.unit["unit_id"],
            entry_type=self.unit["entry_type"],
            grouping_key=self.unit["grouping_key"],
            sold_to=_only(recipients),
            lines=lines,
            subtotals=self._subtotals(lines),
            charges=charges,
            totals=totals,
            flags=self.flags.noted(lines),
            class_notes=notes.class_notes(lines),
            findings=self.source.notes.findings_of(self.unit, lines),
            orders=orders,
        )

    def _line_order(self, key: LineKey) -> tuple[str, str, str, int, str]:
        product = self.source.products[key[0]]
        sku = product.sku or product.external_id
        return hts(product.hts_code) or "", product.country_of_origin or "", sku, key[1], key[0]

    def _line(self, number: int, key: LineKey) -> Line:
        product_id, unit_value = key
        product = self.source.products[product_id]
        quantity = sum(self.quantities[key].values())
        grams = None if product.weight_grams is None else quantity * product.weight_grams
        code = hts(product.hts_code)
        return Line(
            number=number,
            product_id=product_id,
            hts_code=code,
            country_of_origin=product.country_of_origin,
            sku=product.sku or product.external_id,
            title=product.title,
            description=product.description or product.title,
            materials=product.materials or (),
            manufacturer=product.manufacturer,
            cas_number=product.cas_number,
            metal=product.metal,
            adcvd_case=product.adcvd_case,
            childrens=product.childrens,
            usmca=product.usmca,
            pga=product.pga or {},
            quantity=quantity,
            quantity_unit=QUANTITY_UNIT,
            hts_quantities=hts_quantities(self.source.hts_units.get(code, ()), quantity, grams),
            net_weight_grams=grams,
            unit_value_cents=unit_value,
            line_value_cents=quantity * unit_value,
            agencies=self.flags.agencies(product_id),
            programmes=self.flags.programmes(product_id),
            order_ids=tuple(sorted(self.quantities[key])),
        )

    def _orders(self, lines: Iterable[Line]) -> tuple[Order, ...]:
        held: dict[str, list[tuple[Line, int]]] = {key: [] for key in self.unit["order_ids"]}
        for line in lines:
            by_order = self.quantities[line.product_id, line.unit_value_cents]
            for order_id, quantity in by_order.items():
                held[order_id].append((line, quantity))
        orders = (_order(key, self.source.orders[key], held[key]) for key in held)
        return tuple(sorted(orders, key=lambda order: (order.external_id, order.order_id)))

    def _subtotals(self, lines: Iterable[Line]) -> tuple[Subtotal, ...]:
        groups: dict[tuple[str | None, str | None], list[Line]] = defaultdict(list)
        for line in lines:
            groups[line.hts_code, line.country_of_origin].append(line)
        return tuple(
            _subtotal(group, self.source.hts_units.get(code, ()))
            for (code, _), group in groups.items()
        )

    def _checked(self, totals: Totals) -> Totals:
        stated = self.unit["totals"]
        summed = (totals.orders, totals.pieces, totals.goods_cents, totals.net_weight_grams)
        names = ("orders", "pieces", "value_cents", "net_weight_grams")
        if summed != tuple(stated[name] for name in names):  # type: ignore[literal-required]  # names above
            raise UnequalTotals(self.unit["unit_id"], stated, totals)
        return totals


def _order(order_id: str, order: SnapshotOrder, held: Sequence[tuple[Line, int]]) -> Order:
    return Order(
        order_id=order_id,
        external_id=order["externalId"],
        recipient=_recipient(order),
        contents=tuple(Content(line.number, quantity) for line, quantity in held),
        pieces=sum(quantity for _, quantity in held),
        net_weight_grams=sum(
            quantity * (line.net_weight_grams // line.quantity)
            for line, quantity in held
            if line.net_weight_grams is not None
        ),
        value_cents=sum(quantity * line.unit_value_cents for line, quantity in held),
    )


def _recipient(order: SnapshotOrder) -> Recipient:
    consignee = order.get("consignee")
    person = Consignee.model_validate(consignee) if consignee else None
    if person and person.tax_id and _SOCIAL_SECURITY.fullmatch(person.tax_id):
        person = person.model_copy(update={"tax_id": _WITHHELD})
    return Recipient(
        consignee=person,
        region=order.get("destinationRegion"),
        postal_code=order.get("destinationPostalCode"),
        country=order["destinationCountry"],
    )


def _only(recipients: set[Recipient]) -> Recipient | None:
    """The one person that all is sold to, if it is one and named."""
    if len(recipients) != 1:
        return None
    (recipient,) = recipients
    return recipient if recipient.consignee else None


def _subtotal(lines: Sequence[Line], units: Sequence[str]) -> Subtotal:
    pieces = sum(line.quantity for line in lines)
    weights = [line.net_weight_grams for line in lines if line.net_weight_grams is not None]
    whole = sum(weights) if len(weights) == len(lines) else None
    return Subtotal(
        hts_code=lines[0].hts_code,
        country_of_origin=lines[0].country_of_origin,
        line_numbers=tuple(line.number for line in lines),
        quantity=pieces,
        hts_quantities=hts_quantities(units, pieces, whole),
        net_weight_grams=sum(weights),
        lines_without_weight=len(lines) - len(weights),
        value_cents=sum(line.line_value_cents for line in lines),
    )


def _totals(lines: Sequence[Line], orders: Sequence[Order], charges: Sequence[Charge]) -> Totals:
    goods = sum(line.line_value_cents for line in lines)
    added = sum(charge.amount_cents for charge in charges if not charge.included_in_price)
    return Totals(
        orders=len(orders),
        lines=len(lines),
        pieces=sum(line.quantity for line in lines),
        net_weight_grams=sum(line.net_weight_grams or 0 for line in lines),
        lines_without_weight=sum(line.net_weight_grams is None for line in lines),
        goods_cents=goods,
        charges_added_cents=added,
        invoice_cents=goods + added,
    )


def _sum_totals(invoices: Sequence[Invoice]) -> Totals:
    names = Totals.__dataclass_fields__
    return Totals(**{name: sum(getattr(i.totals, name) for i in invoices) for name in names})


def _apportioned(charges: Sequence[Charge], values: Sequence[int]) -> list[tuple[Charge, ...]]:
    """The shipment's charges on its invoices, by value; the shares add up to the cent."""
    whole = sum(values)
    if not whole:  # nothing to share by: the first invoice carries them
        return [tuple(charges), *((),) * (len(values) - 1)]
    reached = [0, *accumulate(values)]
    return [
        tuple(
            charge.model_copy(
                update={
                    "amount_cents": charge.amount_cents * after // whole
                    - charge.amount_cents * before // whole
                }
            )
            for charge in charges
        )
        for before, after in pairwise(reached)
    ]


def _parties(snapshot: Snapshot, account: AccountContent) -> Parties:
    warehouse = WarehouseContent.model_validate(snapshot["warehouse"])
    broker = BrokerContent.model_validate(snapshot["broker"])
    importer = account.importer_of_record
    if importer and importer.number and _SOCIAL_SECURITY.fullmatch(importer.number):
        importer = importer.model_copy(update={"number": _WITHHELD})
    return Parties(
        seller=account.exporter or Party(name=account.name),
        ship_from=Party(name=warehouse.name, address=warehouse.address),
        importer_of_record=importer,
        broker=Broker(broker.name, broker.email, broker.phone, broker.filer_code),
        responsible_employee=account.responsible_employee,
    )


def _shipment(
    snapshot: Snapshot,
    account: AccountContent,
    stated: exports.Shipment,
    invoices: Sequence[Invoice],
) -> Shipment:
    groups = stated.packages or ()
    weights = [g.gross_weight_grams for g in groups if g.gross_weight_grams is not None]
    weighed = bool(groups) and len(weights) == len(groups)
    orders = sum(invoice.totals.orders for invoice in invoices)
    packages = groups or (PackageGroup(kind="package", count=orders),)
    return Shipment(
        port_of_entry=stated.port_of_entry,
        exporting_country=snapshot["warehouse"]["country"],
        destination_country=snapshot["destination_country"],
        export_date=stated.export_date,
        transport_mode=stated.transport_mode,
        carrier=stated.carrier,
        paps=stated.paps,
        eta=stated.eta,
        incoterm=stated.incoterm,
        related_parties=account.related_parties,
        assists=account.assists,
        packages=packages,
        packages_stated=bool(groups),
        package_count=sum(group.count for group in packages),
        gross_weight_grams=sum(weights)
        if weighed
        else sum(i.totals.net_weight_grams for i in invoices),
        gross_weight_stated=weighed,
    )
