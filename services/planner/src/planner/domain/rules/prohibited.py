"""What is not shipped at all."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import NOTHING, POLICY, Hit, Hits, Rule, Scope, Severity


def _prohibited(product: Product, given: PlanningInput) -> Hits:
    banned = given.ruleset.prefix("prohibited", product.hts)
    denied: list[str] = given.account.content.get("deniedHtsPrefixes", [])
    if banned:
        goods = banned.note
    elif product.hts and product.hts.startswith(tuple(denied)):
        goods = "on the account's own list"
    else:
        return NOTHING
    return (Hit(product.path("htsCode"), {"goods": goods}),)


PROHIBITED = Rule(
    id="R30",
    code="PROHIBITED_BY_POLICY",
    severity=Severity.BLOCKING,
    scope=Scope.PRODUCT,
    reads="products[].htsCode",
    message="This class is not shipped through EntryGo: {goods}.",
    remedy="Leave orders with this product out of the export.",
    source=POLICY,
    check=_prohibited,
)
