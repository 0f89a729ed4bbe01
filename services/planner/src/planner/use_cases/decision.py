"""Loads what a plan depends on, in a handful of queries, and decides."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from planner import rulesets
from planner.domain.decide import decide
from planner.domain.facts import PlanningInput, effective_shipment
from planner.domain.hts import hts_numbers
from planner.domain.view import view_of
from planner.repository import Repository
from shared.canonical import canonical_json, sha256_hex
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import MAX_PLAN_LINES, PlanRequest
from shared.contracts.shipments import Shipment
from shared.contracts.snapshot import Snapshot
from shared.errors import Refused
from shared.ids import order_id
from shared.records import ORDERS, PRODUCTS
from shared.validation import invalid

OFF_THE_LOOP_FROM = 200  # orders; smaller plans are decided faster than a thread is handed one


@dataclass(frozen=True)
class Decided:
    snapshot: Snapshot
    canonical: bytes
    exports: Mapping[str, str]  # where the orders are that are exported already

    @cached_property
    def plan_hash(self) -> str:
        return f"sha256:{sha256_hex(self.canonical)}"

    def view(self, moment: datetime) -> bytes:
        """The plan as the HTTP contract answers it, planned at this moment."""
        as_of = moment.date().isoformat()
        return canonical_json(
            view_of(self.snapshot, self.plan_hash, timestamp(moment), as_of, self.exports)
        )


async def decided(
    account_id: str,
    request: PlanRequest,
    as_of: date,
    repository: Repository,
    *,
    exported: set[str] | None = None,
) -> Decided:
    """The decision on this request as things stand.

    `exported` fixes which orders count as exported, for planning a stored request again.

    Raises:
        Refused: INVALID_ACCOUNT_SCOPE, ORDER_NOT_FOUND, or VALIDATION_ERROR for too many lines.
    """
    ids = sorted(set(request.order_ids))
    _shipment_within(request)
    asked = await repository.asked_for(account_id, request)
    warehouse, broker, orders = asked.warehouse, asked.broker, asked.orders
    if warehouse is None or broker is None:
        field = "warehouseId" if warehouse is None else "brokerId"
        raise Refused(
            ErrorCode.INVALID_ACCOUNT_SCOPE, f"The {field} is not the account's.", field=field
        )
    if len(orders) < len(ids):
        missing = [id_ for id_ in ids if id_ not in orders]
        raise await _missing(account_id, missing, repository)
    _within_limits(orders)
    used = {line["productId"] for order in orders.values() for line in order["items"]}
    products = await repository.records(PRODUCTS, account_id, used)
    contents = {id_: record["content"] for id_, record in products.items()}
    exports = {} if exported is not None else await repository.exported(account_id, asked.claims)
    own = request.shipment or Shipment()
    shipment = own.model_dump(mode="json", by_alias=True, exclude_none=True)
    given = PlanningInput(
        as_of=as_of,
        account=asked.account,
        warehouse=warehouse,
        broker=broker,
        orders=orders,
        products=contents,
        product_hashes={id_: record["hash"] for id_, record in products.items()},
        ruleset=rulesets.load(as_of),
        destination_country=request.destination_country,
        shipment=effective_shipment(shipment, warehouse.content),
        exported_order_ids=set(exports) if exported is None else exported,
        tariff=await repository.tariff(asked.tariff, hts_numbers(contents.values())),
    )
    if len(orders) < OFF_THE_LOOP_FROM:
        return _decided(given, exports)
    return await asyncio.to_thread(_decided, given, exports)


async def _missing(account_id: str, missing: list[str], repository: Repository) -> Refused:
    """The refusal, with the id to use where one's own reference was sent instead."""
    guesses = {order_id(account_id, name): name for name in missing}
    found = await repository.contents(ORDERS, account_id, guesses)
    external = {guesses[id_]: id_ for id_ in sorted(found)}
    details: dict[str, Any] = {"orderIds": missing}
    if external:
        details["externalIds"] = external
    if len(external) == len(missing):
        details["next_action"] = "FIX_REQUEST"
    return Refused(
        ErrorCode.ORDER_NOT_FOUND,
        f"{len(missing)} order(s) are not in the account.",
        field="orderIds",
        details=details,
    )


def _decided(given: PlanningInput, exports: Mapping[str, str]) -> Decided:
    snapshot = decide(given)
    return Decided(snapshot, canonical_json(snapshot), exports)


def _shipment_within(request: PlanRequest) -> None:
    """Bills and packages name orders of the plan alone."""
    shipment, planned = request.shipment or Shipment(), set(request.order_ids)
    named = [
        *((f"bills.{n}", bill.order_ids) for n, bill in enumerate(shipment.bills or ())),
        *((f"packages.{n}", group.order_ids) for n, group in enumerate(shipment.packages or ())),
    ]
    for where, order_ids in named:
        if unknown := sorted(set(order_ids or ()) - planned):
            path = f"shipment.{where}.orderIds"
            raise invalid(path, f"{unknown[0]} is none of the plan's orderIds.")


def _within_limits(orders: dict[str, dict[str, Any]]) -> None:
    lines = sum(len(order["items"]) for order in orders.values())
    if lines > MAX_PLAN_LINES:
        message = f"{lines} lines in one plan; at most {MAX_PLAN_LINES}."
        raise invalid("orderIds", message, "too_big")
