"""In which exports an order is. The plans tell it: each is written once, and names its orders.

The export's own record does not: each transition would write thousands of ids, and their index,
again. An export has the orders that its current plan asked for; from its execution on, not those
that the plan left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from shared.contracts.lifecycle import ExportRecord, State
from shared.records import EXPORTS, PLANS, Document
from shared.store import Store

MOST_PLANS: Final = 5_000  # that are looked at, the newest
BRIEF: Final = {"events": 0, "plans": 0, "artifacts": 0}  # what may be long is left out


async def with_order(store: Store, account_id: str, order_id: str) -> Document:
    """The query for the account's exports that have the order."""
    plans = await _plans(store, account_id, [order_id])
    left_out = [plan["_id"] for plan in plans if plan["left_out"]]
    kept = [plan["_id"] for plan in plans if not plan["left_out"]]
    planned = {"plan.command_id": {"$in": left_out}, "state": State.PLANNED.value}
    return {
        "_id": {"$in": sorted({plan["export_id"] for plan in plans})},
        "$or": [{"plan.command_id": {"$in": kept}}, planned],
    }


async def exports_of(
    store: Store, account_id: str, order_ids: Iterable[str], *, of: Mapping[str, Any] | None = None
) -> dict[str, list[ExportRecord]]:
    """By order, the exports that have it, the newest change first; `of` narrows the exports."""
    plans = {plan["_id"]: plan for plan in await _plans(store, account_id, list(order_ids))}
    ids = sorted({plan["export_id"] for plan in plans.values()})
    query = {"account_id": account_id, "_id": {"$in": ids}, **(of or {})}
    exports = await store.find(
        EXPORTS, query, sort=[("updated_at", -1), ("_id", 1)], projection=BRIEF
    )
    found: dict[str, list[ExportRecord]] = defaultdict(list)
    for export in exports:
        plan = plans.get(export["plan"]["command_id"], {"orders": (), "left_out": ()})
        gone = plan["left_out"] if export["state"] != State.PLANNED else ()
        for order_id in set(plan["orders"]).difference(gone):
            found[order_id].append(export)
    return found


async def _plans(store: Store, account_id: str, order_ids: list[str]) -> list[Document]:
    """The verdicts on plans of these orders, each with those of the orders that it names."""

    def among(field: str) -> Document:
        return {"$setIntersection": [{"$ifNull": [f"${field}", []]}, order_ids]}

    asked = {"account_id": account_id, "request.order_ids": {"$in": order_ids}}
    told = {"export_id": 1, "orders": among("request.order_ids"), "left_out": among("left_out")}
    return cast(
        "list[Document]",
        await store.find(PLANS, asked, sort=[("_id", -1)], limit=MOST_PLANS, projection=told),
    )
