"""What is not shipped at all."""

from planner.domain.facts import Product, ProductContext
from planner.domain.rules.base import POLICY, Hit, Hits, blocking


@blocking(
    "R30",
    reads="products[].htsCode",
    message="This class is not shipped through EntryGo: {goods}.",
    remedy="Leave orders with this product out of the export.",
    source=POLICY,
)
def prohibited_by_policy(product: Product, given: ProductContext) -> Hits:
    banned = given.ruleset.prefix("prohibited", product.hts)
    denied = product.hts is not None and product.hts.startswith(given.denied_hts_prefixes)
    if banned or denied:
        yield Hit({"goods": banned.note if banned else "on the account's own list"})
