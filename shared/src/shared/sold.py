"""What an order's content says was sold, and for how much: read alike wherever it is read."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shared.money import USD, Money, converted, less, rounded, total
from shared.units import UnitOfMeasure

Content = Mapping[str, Any]


class Sold(NamedTuple):
    """So many thousandths of a unit, at a price of one in minor units of the order's currency."""

    unit: UnitOfMeasure
    thousandths: int
    price: int

    @property
    def value(self) -> int:
        return rounded(self.thousandths * self.price, 1000)

    @property
    def pieces(self) -> int:
        return self.unit.pieces(self.thousandths)

    def grams(self, product: Content) -> int | None:
        """Net weight, where the unit or the product says it."""
        return self.unit.grams(self.thousandths, product.get("weightGrams"))


def sold(line: Content) -> Sold:
    price = line["unitValueMinor"] if "unitValueMinor" in line else line["unitValueCents"]
    if "unit" in line:
        return Sold(UnitOfMeasure[line["unit"]], line["quantityThousandths"], price)
    return Sold(UnitOfMeasure.PCS, line["quantity"] * 1000, price)


def currency_of(order: Content) -> str:
    return str(order.get("currency", USD))


def rates_of(shipment: Content) -> dict[str, int]:
    """Millionths of a dollar for one of each currency."""
    rates = shipment.get("exchangeRates", ())
    return {rate["currency"]: rate["usdPerUnitMillionths"] for rate in rates}


def worth(order: Content, rates: Mapping[str, int]) -> Money:
    """The goods: the lines less the discounts, each turned into dollars by itself."""
    return less_discounts(order, lines_of(order, rates), rates)


def lines_of(order: Content, rates: Mapping[str, int]) -> list[tuple[Sold, Money]]:
    """What was sold, line by line, and for how much."""
    currency = currency_of(order)
    lines = map(sold, order["items"])
    return [(line, converted(line.value, currency, rates)) for line in lines]


def less_discounts(
    order: Content, lines: Iterable[tuple[Sold, Money]], rates: Mapping[str, int]
) -> Money:
    currency = currency_of(order)
    goods = total((value for _, value in lines), currency)
    if "discounts" not in order:
        return goods
    off = (converted(each["amountMinor"], currency, rates) for each in order["discounts"])
    return less(goods, total(off, currency))
