"""Lines that are no goods: postage, fees and the like, which an invoice states as charges."""

import re

from planner.domain.facts import Product, ProductContext
from planner.domain.rules.base import POLICY, Hit, Hits, Severity, blocking_or_warning
from planner.domain.ruleset import RuleSet

_WORD = re.compile(r"[^\W\d_]+")


@blocking_or_warning(
    "R75",
    reads="products[].description",
    message='"{text}" reads as a charge, not as goods; an invoice states charges apart.',
    remedy="Take its lines out of the orders and give each as one of the order's charges {name, "
    "amount, includedInPrice}; if it is goods, sync the product with htsCode and a description.",
    source=POLICY,
)
def not_goods(product: Product, given: ProductContext) -> Hits:
    """Blocks what has no HTS number either, in place of all that is asked of goods."""
    title = product.content["title"]
    if all(
        is_charge(text, given.ruleset)
        for text in {title, product.content.get("description", title)}
    ):
        severity = Severity.WARNING if "htsCode" in product.content else None
        yield Hit({"text": title[:100]}, severity=severity)


def is_charge(text: str, rules: RuleSet) -> bool:
    """Whether a text names a charge and nothing beside it, as `UPS express shipping`."""
    charges, beside = rules.lists["charges"], rules.lists["beside_charges"]
    words = _WORD.findall(text.casefold())
    return " ".join(words) in charges or (
        any(word in charges for word in words)
        and all(word in charges or word in beside for word in words)
    )
