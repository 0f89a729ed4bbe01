"""The facts of the whole shipment: who, how it travels, and its charges on each invoice."""

from collections.abc import Collection, Sequence

from executor.artifacts.facts import Charge, Parties, Recipient, Shipment, Totals
from executor.artifacts.formats import shares
from shared.contracts import shipments
from shared.contracts.orders import Buyer, Consignee
from shared.contracts.parties import AccountContent, BrokerContent, Party, WarehouseContent
from shared.contracts.shipments import Bill, PackageGroup
from shared.contracts.snapshot import Snapshot, SnapshotOrder
from shared.money import usd
from shared.privacy import guarded


def apportioned(
    charges: Sequence[shipments.Charge], values: Sequence[int | None]
) -> list[tuple[Charge, ...]]:
    """The shipment's charges on its invoices, by value, to the cent.

    Where a value is not known, the first invoice has them all.
    """
    known = [0 if None in values else value or 0 for value in values]
    by_charge = [shares(charge.amount_cents, known) for charge in charges]
    return [
        tuple(
            Charge(charge.name, usd(cents[place]), charge.included_in_price)
            for charge, cents in zip(charges, by_charge, strict=True)
        )
        for place in range(len(values))
    ]


def parties(snapshot: Snapshot, account: AccountContent) -> Parties:
    warehouse = WarehouseContent.model_validate(snapshot["warehouse"])
    importer = account.importer_of_record
    return Parties(
        seller=account.exporter or Party(name=account.name),
        ship_from=Party(name=warehouse.name, address=warehouse.address),
        importer_of_record=importer and guarded(importer),
        broker=BrokerContent.model_validate(snapshot["broker"]),
        responsible_employee=account.responsible_employee,
    )


def recipient(order: SnapshotOrder) -> Recipient:
    consignee = order.get("consignee")
    buyer = order.get("soldTo")
    return Recipient(
        sold_to=guarded(Buyer.model_validate(buyer)) if buyer else None,
        consignee=guarded(Consignee.model_validate(consignee)) if consignee else None,
        region=order.get("destinationRegion"),
        postal_code=order.get("destinationPostalCode"),
        country=order["destinationCountry"],
    )


def shipment(
    stated: shipments.Shipment, snapshot: Snapshot, account: AccountContent, totals: Totals
) -> Shipment:
    groups = stated.packages or ()
    gross = gross_of(groups)
    packages = groups or (PackageGroup(kind="package", count=totals.orders),)
    return Shipment(
        stated=stated,
        exporting_country=snapshot["warehouse"]["country"],
        destination_country=snapshot["destination_country"],
        related_parties=account.related_parties,
        assists=account.assists,
        packages=packages,
        packages_stated=bool(groups),
        package_count=sum(group.count for group in packages),
        gross_weight_grams=totals.net_weight_grams if gross is None else gross,
        gross_weight_stated=gross is not None,
        gross_weight_note=None if gross is not None else _note(groups, totals),
    )


def gross_of(groups: Sequence[PackageGroup]) -> int | None:
    """The gross weight in grams, where each of the groups was weighed; 0 is not."""
    weights = [group.gross_weight_grams or 0 for group in groups]
    return sum(weights) if weights and all(weights) else None


def bills_of(stated: shipments.Shipment, order_ids: Collection[str]) -> tuple[Bill, ...] | None:
    """The bill that names these orders (a unit is on one), or those that name none."""
    bills = stated.bills or ()
    named = [bill for bill in bills if not set(bill.order_ids or ()).isdisjoint(order_ids)]
    own = named or [bill for bill in bills if bill.order_ids is None]
    return tuple(bill.model_copy(update={"order_ids": None}) for bill in own) or None


def packages_of(
    stated: shipments.Shipment, order_ids: Collection[str]
) -> tuple[PackageGroup, ...] | None:
    """The packages that hold these orders and no others; none where one order's are not known."""
    groups = stated.packages or ()
    own = [group for group in groups if not set(group.order_ids or ()).isdisjoint(order_ids)]
    held = {order_id for group in own for order_id in group.order_ids or ()}
    shared = any(group.order_ids is None for group in groups)
    return None if shared or held != set(order_ids) else tuple(own)


def _note(groups: Sequence[PackageGroup], totals: Totals) -> str:
    weighed, missing = sum(bool(g.gross_weight_grams) for g in groups), totals.lines_without_weight
    said = [
        "sum of net weights",
        f"{weighed} of {len(groups)} kinds of packages are weighed" if weighed else "",
        f"without {missing} line{'s' if missing > 1 else ''} of unknown weight" if missing else "",
    ]
    return "; ".join(filter(None, said))
