"""An order as the rules read it: its lines and its worth, read once."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.money import Money
from shared.sold import Sold, less_discounts, lines_of

Content = Mapping[str, Any]  # camelCase content as it was synced or set


class Line(NamedTuple):
    """An order's line: what was sold of a product, and for how much."""

    product_id: str
    sold: Sold
    value: Money


class Order(NamedTuple):
    """An order as the rules read it; Puerto Rico by country is the United States by region."""

    id: str
    content: Content
    country: str
    region: str | None
    lines: tuple[Line, ...]
    product_ids: frozenset[str]
    worth: Money

    @property
    def importer(self) -> Content:
        """Its own importer of record, where it has one."""
        importer: Content = self.content.get("importerOfRecord", {})
        return importer

    def path(self, name: str) -> str:
        return f"orders[{self.id}].{name}"


def read_order(order_id: str, content: Content, rates: Mapping[str, int]) -> Order:
    country, region = content["destinationCountry"], content.get("destinationRegion")
    if country == "PR":
        country, region = "US", "PR"
    sold = lines_of(content, rates)
    lines = tuple(
        Line(item["productId"], *line) for item, line in zip(content["items"], sold, strict=True)
    )
    product_ids = frozenset(line.product_id for line in lines)
    worth = less_discounts(content, sold, rates)
    return Order(order_id, content, country, region, lines, product_ids, worth)
