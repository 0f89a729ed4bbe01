"""A product as it was read and judged, remembered from plan to plan by its content's hash."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from planner.domain.facts import PlanningInput, Product, ProductContext, read_product
from planner.domain.findings import Found, found_on
from planner.domain.orders import Content
from planner.domain.rules.base import Severity
from planner.domain.rules.no_goods import not_goods

MOST_REMEMBERED = 4_000  # products, some 5 KB each


@dataclass(frozen=True, slots=True)
class Goods:
    """A product to be judged: of one id and one hash the content is always the same."""

    id: str
    hash: str | None
    content: Content = field(compare=False)


@dataclass(frozen=True, slots=True)
class Judged:
    product: Product
    found: tuple[Found, ...]

    def in_plan(self, order_count: int) -> Iterator[Found]:
        """The findings in a plan of which so many orders use the product."""
        for finding, missing in self.found:
            yield Found({**finding, "order_count": order_count}, missing)


def judged(product_id: str, given: PlanningInput, context: ProductContext) -> Judged:
    """The product, judged before or now; one without a known hash is judged each time."""
    digest = given.product_hashes.get(product_id)
    goods = Goods(product_id, digest, given.products[product_id])
    return _judge(goods, context) if digest is None else _remembered(goods, context)


def _judge(goods: Goods, context: ProductContext) -> Judged:
    product = read_product(goods.id, goods.content, context.ruleset)
    found = tuple(found_on(product, context))
    # What is no goods needs no number, origin or maker: where that blocks, it is all that is said.
    alone = tuple(each for each in found if each.finding["code"] == not_goods.code)
    blocks = any(each.finding["severity"] == Severity.BLOCKING for each in alone)
    return Judged(product, alone if blocks else found)


_remembered = lru_cache(maxsize=MOST_REMEMBERED)(_judge)
