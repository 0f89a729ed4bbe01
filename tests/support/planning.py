"""Planning inputs to take from: a plan with nothing to object to, and ways to spoil one thing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from planner import rulesets
from planner.domain.facts import Party, PlanningInput, Tariff
from support import world
from support.world import merged

TODAY = date(2026, 11, 24)
BOOK, ORDER = "prod_book", "ord_1"
MAKER = world.BOOK["manufacturer"]
TARIFF = Tariff(sha256="ab" * 32, units={"4901990093": ["No."]})


def product(**changes: object) -> dict[str, Any]:
    return merged(world.BOOK, changes)


def line(
    product_id: str = BOOK, quantity: int = 1, unit_value_cents: int = 2_000
) -> dict[str, Any]:
    return {
        "productId": product_id,
        "quantity": quantity,
        "unitValueCents": unit_value_cents,
    }


def order(*lines: dict[str, Any], **changes: object) -> dict[str, Any]:
    return merged({**world.ORDER, "items": list(lines) or [line()]}, changes)


def a_plan(
    orders: Mapping[str, Mapping[str, Any]] | None = None,
    products: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    as_of: date = TODAY,
    tariff: Tariff | None = TARIFF,
    exported: frozenset[str] = frozenset(),
) -> PlanningInput:
    """One order of one book from Leeds: nothing is missing, nothing is doubtful."""
    return PlanningInput(
        as_of=as_of,
        account=Party("acc_1", world.ACCOUNT),
        warehouse=Party("wh_1", world.WAREHOUSE),
        broker=Party("br_1", world.BROKER),
        shipment=world.SHIPMENT,
        orders=orders or {ORDER: order()},
        products=products or {BOOK: product()},
        exported_order_ids=exported,
        ruleset=rulesets.load(as_of),
        tariff=tariff,
    )


def with_product(*, as_of: date = TODAY, **changes: object) -> PlanningInput:
    return a_plan(products={BOOK: product(**changes)}, as_of=as_of)


def with_order(*lines: dict[str, Any], **changes: object) -> PlanningInput:
    return a_plan({ORDER: order(*lines, **changes)})


def with_account(plan: PlanningInput | None = None, **changes: object) -> PlanningInput:
    plan = plan or a_plan()
    return replace(plan, account=Party("acc_1", merged(plan.account.content, changes)))


def with_warehouse(**changes: object) -> PlanningInput:
    return replace(a_plan(), warehouse=Party("wh_1", merged(world.WAREHOUSE, changes)))


def with_broker(plan: PlanningInput | None = None, **changes: object) -> PlanningInput:
    return replace(plan or a_plan(), broker=Party("br_1", merged(world.BROKER, changes)))


def with_shipment(**changes: object) -> PlanningInput:
    return replace(a_plan(), shipment=merged(world.SHIPMENT, changes))
