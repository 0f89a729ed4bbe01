"""What a unit's orders hold, added up: by line of its invoice, and by order of each line."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from executor.artifacts.facts import Identity
from executor.artifacts.formats import Measures, hts
from executor.artifacts.notes import Notes
from shared.contracts.catalogue import ProductFact
from shared.contracts.decision import Unit as ExportUnit
from shared.contracts.shipments import Shipment
from shared.contracts.snapshot import Snapshot
from shared.money import USD, Money, converted, total
from shared.sold import Sold, rates_of, sold
from shared.units import UnitOfMeasure


class LineKey(NamedTuple):
    """What one line of an invoice is about."""

    product_id: str
    price: int
    unit: UnitOfMeasure


@dataclass(frozen=True, slots=True)
class Held:
    """What order lines add up to: those of an invoice's line, or of one order in it."""

    unit: UnitOfMeasure
    thousandths: int
    value: Money
    grams: int | None
    measures: Measures

    @property
    def pieces(self) -> int:
        return self.unit.pieces(self.thousandths)


class Source:
    """What all units of one package draw on."""

    def __init__(self, snapshot: Snapshot, identity: Identity, stated: Shipment) -> None:
        self.identity, self.orders, self.shipment = identity, snapshot["orders"], stated
        self.products = {
            key: printed(ProductFact.model_validate(content))
            for key, content in snapshot["products"].items()
        }
        self.hts_units = {hts(number): units for number, units in snapshot["hts_units"].items()}
        self.notes = Notes(snapshot)
        self.rates = rates_of(snapshot["shipment"])
        self.exchange_rates = {rate.currency: rate for rate in stated.exchange_rates or ()}
        self.account_importer = snapshot["account"].get("importerOfRecord", {}).get("number")


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


class Goods:
    """What one export unit holds."""

    def __init__(self, source: Source, unit: ExportUnit) -> None:
        self.source = source
        self.currency = unit["grouping_key"].get("currency", USD)
        self.orders = {id_: source.orders[id_] for id_ in unit["order_ids"]}
        self.sold: dict[LineKey, dict[str, list[Sold]]] = defaultdict(lambda: defaultdict(list))
        for order_id, order in self.orders.items():
            for item in order["items"]:
                each = sold(item)
                key = LineKey(item["productId"], each.price, each.unit)
                self.sold[key][order_id].append(each)

    def money(self, minor: int) -> Money:
        return converted(minor, self.currency, self.source.rates)

    def total(self, amounts: Iterable[Money]) -> Money:
        return total(amounts, self.currency)

    def line(self, key: LineKey) -> Held:
        return self._held(key, [each for order in self.sold[key].values() for each in order])

    def of_order(self, key: LineKey, order_id: str) -> Held:
        return self._held(key, self.sold[key][order_id])

    def _held(self, key: LineKey, each: list[Sold]) -> Held:
        product = self.source.products[key.product_id]
        thousandths = sum(one.thousandths for one in each)
        weights = [key.unit.grams(one.thousandths, product.weight_grams) for one in each]
        grams = None if None in weights else sum(one or 0 for one in weights)
        reported = product.reporting_quantities or ()
        return Held(
            unit=key.unit,
            thousandths=thousandths,
            value=self.total(self.money(one.value) for one in each),
            grams=grams,
            measures=Measures.of(key.unit, thousandths, grams, reported),
        )

    def keys(self) -> list[LineKey]:
        """The lines in the order they are printed in."""
        return sorted(self.sold, key=self._line_order)

    def _line_order(self, key: LineKey) -> tuple[str | int, ...]:
        product = self.source.products[key.product_id]
        names = (product.hts_code, product.country_of_origin, product.sku)
        return *(name or "" for name in names), key.price, key.product_id, key.unit
