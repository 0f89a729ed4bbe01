"""The facts of the whole shipment: who, how it travels, and its charges on each invoice."""

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

from executor.artifacts.facts import Charge, Parties, Recipient, Shipment
from shared.contracts import shipments
from shared.contracts.orders import Consignee
from shared.contracts.parties import AccountContent, BrokerContent, Party, WarehouseContent
from shared.contracts.shipments import PackageGroup
from shared.contracts.snapshot import Snapshot, SnapshotOrder
from shared.money import usd

_SOCIAL_SECURITY = re.compile(r"\d{3}-\d{2}-\d{4}")


def without_ssn(number: str | None) -> str | None:
    """A tax number as documents may carry it: never a social security number."""
    return "withheld" if number and _SOCIAL_SECURITY.fullmatch(number) else number


def apportioned(
    charges: Sequence[shipments.Charge], values: Sequence[int]
) -> list[tuple[Charge, ...]]:
    """The shipment's charges on its invoices, by value; the shares add up to the cent."""
    whole = sum(values)
    if not whole:  # nothing to share by: the first invoice carries them
        first = tuple(_charge(each, each.amount_cents) for each in charges)
        return [first, *((),) * (len(values) - 1)]
    return [
        tuple(
            _charge(each, each.amount_cents * after // whole - each.amount_cents * before // whole)
            for each in charges
        )
        for before, after in pairwise([0, *accumulate(values)])
    ]


def _charge(stated: shipments.Charge, cents: int) -> Charge:
    return Charge(stated.name, usd(cents), stated.included_in_price)


def parties(snapshot: Snapshot, account: AccountContent) -> Parties:
    warehouse = WarehouseContent.model_validate(snapshot["warehouse"])
    importer = account.importer_of_record
    if importer:
        importer = importer.model_copy(update={"number": without_ssn(importer.number)})
    return Parties(
        seller=account.exporter or Party(name=account.name),
        ship_from=Party(name=warehouse.name, address=warehouse.address),
        importer_of_record=importer,
        broker=BrokerContent.model_validate(snapshot["broker"]),
        responsible_employee=account.responsible_employee,
    )


def recipient(order: SnapshotOrder) -> Recipient:
    consignee = order.get("consignee")
    person = Consignee.model_validate(consignee) if consignee else None
    if person:
        person = person.model_copy(update={"tax_id": without_ssn(person.tax_id)})
    return Recipient(
        consignee=person,
        region=order.get("destinationRegion"),
        postal_code=order.get("destinationPostalCode"),
        country=order["destinationCountry"],
    )


def shipment(
    stated: shipments.Shipment, snapshot: Snapshot, account: AccountContent, net_weight_grams: int
) -> Shipment:
    groups = stated.packages or ()
    weights = [g.gross_weight_grams for g in groups if g.gross_weight_grams is not None]
    weighed = bool(groups) and len(weights) == len(groups)
    orders = snapshot["decision"]["totals"]["orders"]
    packages = groups or (PackageGroup(kind="package", count=orders),)
    return Shipment(
        stated=stated,
        exporting_country=snapshot["warehouse"]["country"],
        destination_country=snapshot["destination_country"],
        related_parties=account.related_parties,
        assists=account.assists,
        packages=packages,
        packages_stated=bool(groups),
        package_count=sum(group.count for group in packages),
        gross_weight_grams=sum(weights) if weighed else net_weight_grams,
        gross_weight_stated=weighed,
    )
