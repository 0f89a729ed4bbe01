"""The decision: which orders can go, under which treatment, what is missing, what to do next."""

from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import cast

from planner.domain.facts import PlanningInput, Product
from planner.domain.findings import Findings
from planner.domain.flags import flags_of
from planner.domain.grouping import group
from planner.domain.hint import hint_of
from planner.domain.hts import hts_numbers
from planner.domain.judged import Judged, judged
from planner.domain.orders import Order
from planner.domain.rules.base import Severity
from planner.domain.totals import sum_of
from shared.canonical import canonical_json, sha256_hex
from shared.contracts.decision import Decision, ExcludedOrder, Finding
from shared.contracts.lifecycle import Readiness
from shared.contracts.snapshot import PROTOCOL, Snapshot, SnapshotOrder


def decide(given: PlanningInput) -> Snapshot:
    """The planning snapshot with the decision in it: a function of its input and nothing else."""
    orders = given.read_orders
    counts = Counter(chain.from_iterable(order.product_ids for order in orders))
    context = given.product_context
    goods = {product_id: judged(product_id, given, context) for product_id in sorted(counts)}
    products = {product_id: each.product for product_id, each in goods.items()}
    snapshot = Snapshot(
        protocol=PROTOCOL,
        ruleset_version=given.ruleset_version,
        destination_country=given.destination_country,
        account={"id": given.account.id, **given.account.content},
        warehouse={"id": given.warehouse.id, **given.warehouse.content},
        broker={"id": given.broker.id, **given.broker.content},
        shipment=dict(given.shipment),
        orders={order.id: cast("SnapshotOrder", order.content) for order in orders},
        exported_order_ids=sorted(set(given.exported_order_ids) & given.orders.keys()),
        products={product.id: dict(product.content) for product in products.values()},
        hts_units=_hts_units(given, products),
        decision=_decide(given, orders, goods, counts),
    )
    if given.tariff and given.tariff.edition:
        snapshot["tariff"] = given.tariff.edition
    return snapshot


def plan_hash(snapshot: Snapshot) -> str:
    """The plan's identity: the hash of the snapshot's canonical bytes (protocol.md section 7)."""
    return f"sha256:{sha256_hex(canonical_json(snapshot))}"


def _decide(
    given: PlanningInput,
    orders: list[Order],
    goods: Mapping[str, Judged],
    counts: Mapping[str, int],
) -> Decision:
    products = {product_id: each.product for product_id, each in goods.items()}
    found = Findings()
    found.judge([given, *orders], given)
    for product_id, product in goods.items():
        found.add(product_id, product.in_plan(counts[product_id]))
    codes = {order.id: found.codes(order.id, *order.product_ids) for order in orders}
    free = [order for order in orders if not codes[order.id]]
    groups = group(free, products, given)
    found.judge(groups, given)

    for each in groups:
        for order_id in each.unit["order_ids"]:
            codes[order_id] |= found.codes(each.id)
    batch = found.codes(given.id)
    left = [] if batch else [each for each in groups if not found.codes(each.id)]
    included = [order_id for order_id, own in codes.items() if not own | batch]
    excluded = [
        ExcludedOrder(order_id=order_id, codes=sorted(own | batch))
        for order_id, own in codes.items()
        if own | batch
    ]
    findings = found.in_order()
    units = [each.unit for each in left]
    remaining = set(included)
    carried = [order for order in free if order.id in remaining] or free
    return Decision(
        readiness=_readiness(included, excluded, findings),
        findings=findings,
        flags=flags_of(carried, products, units),
        missing_data=found.missing_in_order(),
        included_order_ids=included,
        excluded_orders=excluded,
        units=units,
        strategy_hint=hint_of(groups, left, given),
        totals=sum_of([each.unit["totals"] for each in left]),
    )


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
