"""What is not shipped at all."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import POLICY, Hit, Hits, blocking


@blocking(
    "R30",
    reads="products[].htsCode",
    message="This class is not shipped through EntryGo: {goods}.",
    remedy="Leave orders with this product out of the export.",
    source=POLICY,
)
def prohibited_by_policy(product: Product, given: PlanningInput) -> Hits:
    banned = given.ruleset.prefix("prohibited", product.hts)
    denied = tuple(given.account.content.get("deniedHtsPrefixes", []))
    if banned or (product.hts is not None and product.hts.startswith(denied)):
        yield Hit({"goods": banned.note if banned else "on the account's own list"})
