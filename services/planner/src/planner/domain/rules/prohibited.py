"""What is not shipped at all: the table of prohibited goods, and the account's own list."""

from planner.domain.facts import Product, ProductContext
from planner.domain.hts import HTSUS_DIGITS
from planner.domain.rules.base import (
    POLICY,
    Hit,
    Hits,
    Severity,
    blocking_for_good,
    blocking_for_good_or_warning,
    law,
)

_LEAVE_OUT = "Leave orders with this product out of the export."


@blocking_for_good(
    "R18",
    reads="products[].countryOfOrigin",
    message="Goods of {goods} may not be imported without a US licence.",
    remedy="Leave orders with this product out; a licensed import goes another way.",
    source=POLICY,
)
def origin_embargoed(product: Product, given: ProductContext) -> Hits:
    return _banned("R18", product, given)


@blocking_for_good(
    "R19",
    reads="products[].countryOfOrigin",
    message="This Russian-origin good falls in a banned class: {goods}.",
    remedy=_LEAVE_OUT,
    source=POLICY,
)
def russia_import_ban(product: Product, given: ProductContext) -> Hits:
    return _banned("R19", product, given)


@blocking_for_good(
    "R30",
    reads="products[].htsCode",
    message="This class is not shipped through EntryGo: {goods}.",
    remedy=_LEAVE_OUT,
    source=POLICY,
)
def prohibited_by_policy(product: Product, given: ProductContext) -> Hits:
    if product.hts is not None and product.hts.startswith(given.denied_hts_prefixes):
        yield Hit({"goods": "on the account's own list"})
    else:
        yield from _banned("R30", product, given)


@blocking_for_good_or_warning(
    "R60",
    reads="products[].htsCode",
    message="Excluded from importation: {goods}.",
    remedy="Leave orders with this product out of the export; entries of it are rejected.",
    source=law("The row of the table of prohibited goods"),
)
def import_prohibited(product: Product, given: ProductContext) -> Hits:
    yield from _banned("R60", product, given)
    short = product.hts if product.hts is None or len(product.hts) < HTSUS_DIGITS else None
    within = short and given.ruleset.ban_within("R60", short, product.origin)
    if within and not given.ruleset.ban("R60", short, product.origin):
        said = f"{within.goods}, if the ten digits turn out to be of these"
        yield Hit({"goods": said}, severity=Severity.WARNING, source=within.source)


def _banned(rule: str, product: Product, given: ProductContext) -> Hits:
    ban = given.ruleset.ban(rule, product.hts, product.origin)
    if ban:
        yield Hit({"goods": ban.goods}, source=ban.source)
