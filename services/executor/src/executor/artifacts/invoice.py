"""From a snapshot to the facts that all files print. Nothing here is decided, only summed."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from executor.artifacts.facts import CustomsPackage, Identity, Invoice, Totals
from executor.artifacts.goods import Source
from executor.artifacts.shipment import apportioned, parties, shipment
from executor.artifacts.unit import UnitInvoice
from shared.contracts import shipments
from shared.contracts.parties import AccountContent
from shared.contracts.snapshot import Snapshot
from shared.money import Money, total, usd

TEST_NOTICE = "TEST - NOT FOR ENTRY"


def customs_package(snapshot: Snapshot, identity: Identity) -> CustomsPackage:
    account = AccountContent.model_validate(snapshot["account"])
    stated = shipments.Shipment.model_validate(snapshot["shipment"])
    source = Source(snapshot, identity, stated)
    units = snapshot["decision"]["units"]
    values = [unit["totals"]["value_cents"] for unit in units]
    charges = apportioned(stated.charges or (), values)
    invoices = tuple(
        UnitInvoice(source, position, unit).made(charges[position - 1])
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


def _sum_totals(invoices: Sequence[Invoice]) -> Totals:
    summed: dict[str, Any] = {}
    for each in fields(Totals):
        parts = [getattr(invoice.totals, each.name) for invoice in invoices]
        summed[each.name] = sum(parts) if each.type is int else _sum(parts)
    return Totals(**summed)


def _sum(parts: Iterable[Money | None]) -> Money | None:
    """Of several currencies in US dollars, as far as these are known of each."""
    amounts = [part for part in parts if part is not None]
    currencies = {amount.currency for amount in amounts}
    if len(currencies) == 1:
        return total(amounts, *currencies)
    cents = total(amounts).cents
    return usd(cents) if amounts and cents is not None else None
