"""The decision: which orders can go, under which treatment, what is missing, what to do next."""

from collections import Counter
from collections.abc import Mapping
from typing import cast

from planner.domain.facts import (
    Order,
    PlanningInput,
    Product,
    hts_numbers,
    read_order,
    read_product,
)
from planner.domain.findings import (
    Verdict,
    judge_batch,
    judge_orders,
    judge_products,
    judge_units,
)
from planner.domain.flags import flags_of
from planner.domain.grouping import group, totals_of
from planner.domain.hint import hint_of
from planner.domain.rules.base import Scope, Severity
from shared.canonical import canonical_json, sha256_hex
from shared.contracts.lifecycle import Readiness
from shared.contracts.snapshot import (
    PROTOCOL,
    Decision,
    ExcludedOrder,
    Finding,
    Snapshot,
    SnapshotOrder,
)


def decide(given: PlanningInput) -> Snapshot:
    """The planning snapshot with the decision in it: a function of its input and nothing else."""
    orders = [read_order(order_id, given.orders[order_id]) for order_id in sorted(given.orders)]
    counts = _orders_by_product(orders)
    products = {
        product_id: read_product(product_id, given.products[product_id], given.ruleset)
        for product_id in sorted(counts)
    }
    return Snapshot(
        protocol=PROTOCOL,
        ruleset_version=ruleset_version(given),
        destination_country=given.destination_country,
        account={"id": given.account.id, **given.account.content},
        warehouse={"id": given.warehouse.id, **given.warehouse.content},
        broker={"id": given.broker.id, **given.broker.content},
        shipment=dict(given.shipment),
        orders={order.id: cast("SnapshotOrder", order.content) for order in orders},
        exported_order_ids=sorted(set(given.exported_order_ids) & given.orders.keys()),
        products={product.id: dict(product.content) for product in products.values()},
        hts_units=_hts_units(given, products),
        decision=_decide(given, orders, products, counts),
    )


def plan_hash(snapshot: Snapshot) -> str:
    """The plan's identity: the hash of the snapshot's canonical bytes (protocol.md section 7)."""
    return f"sha256:{sha256_hex(canonical_json(snapshot))}"


def ruleset_version(given: PlanningInput) -> str:
    """The rule set and, by its content, the tariff table."""
    table = given.tariff.sha256[:12] if given.tariff else "none"
    return f"{given.ruleset.version}+tariff.{table}"


def _decide(
    given: PlanningInput,
    orders: list[Order],
    products: Mapping[str, Product],
    counts: Mapping[str, int],
) -> Decision:
    verdict = Verdict()
    judge_batch(verdict, given)
    judge_orders(verdict, orders, given)
    judge_products(verdict, products.values(), given, counts)
    own = {order.id: _own_codes(verdict, order) for order in orders}
    free = [order for order in orders if not own[order.id]]
    groups = group(free, products, given, ruleset_version(given))
    judge_units(verdict, groups, given)

    batch = verdict.codes(Scope.BATCH, "")
    left = [] if batch else [each for each in groups if not verdict.codes(Scope.UNIT, each.id)]
    included = sorted(member.id for each in left for member in each.members)
    for each in groups:
        for member in each.members:
            own[member.id] |= verdict.codes(Scope.UNIT, each.id)
    excluded = [
        ExcludedOrder(order_id=order.id, codes=sorted(own[order.id] | batch))
        for order in orders
        if own[order.id] or batch
    ]
    findings = verdict.in_order()
    units = [each.unit for each in left]
    remaining = set(included)
    carried = [order for order in free if order.id in remaining] or free
    return Decision(
        readiness=_readiness(included, excluded, findings),
        findings=findings,
        flags=flags_of(carried, _used(carried, products), units),
        missing_data=verdict.missing_in_order(),
        included_order_ids=included,
        excluded_orders=excluded,
        units=units,
        strategy_hint=hint_of(groups, left, given),
        totals=totals_of(left),
    )


def _orders_by_product(orders: list[Order]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for order in orders:
        counts.update({line["productId"] for line in order.content["items"]})
    return counts


def _own_codes(verdict: Verdict, order: Order) -> set[str]:
    """What blocks an order by itself or by one of its products."""
    codes = set(verdict.codes(Scope.ORDER, order.id))
    blocked = verdict.blocked[Scope.PRODUCT]
    if blocked:
        for line in order.content["items"]:
            codes |= blocked.get(line["productId"], set())
    return codes


def _used(orders: list[Order], products: Mapping[str, Product]) -> dict[str, Product]:
    ids = {line["productId"] for order in orders for line in order.content["items"]}
    return {product_id: products[product_id] for product_id in ids}


def _readiness(included: list[str], excluded: list[ExcludedOrder], findings: list[Finding]) -> str:
    if not included:
        return Readiness.BLOCKED.value
    warned = any(found["severity"] == Severity.WARNING for found in findings)
    return (Readiness.READY_WITH_WARNINGS if warned or excluded else Readiness.READY).value


def _hts_units(given: PlanningInput, products: Mapping[str, Product]) -> dict[str, list[str]]:
    if given.tariff is None:
        return {}
    numbers = hts_numbers(product.content for product in products.values())
    units = given.tariff.units
    return {number: list(units[number]) for number in sorted(numbers) if number in units}
