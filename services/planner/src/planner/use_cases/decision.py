"""Loads what a plan depends on, in a handful of queries, and decides."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner import rulesets
from planner.domain.decide import decide
from planner.domain.facts import PlanningInput, effective_shipment, hts_numbers
from planner.repository import Repository
from shared.canonical import canonical_json, sha256_hex
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import MAX_PLAN_LINES, PlanRequest, Shipment
from shared.contracts.snapshot import Snapshot
from shared.errors import Refused
from shared.ids import derived_id

OFF_THE_LOOP_FROM = 200  # orders; smaller plans are decided faster than a thread is handed one


@dataclass(frozen=True)
class Decided:
    snapshot: Snapshot
    canonical: bytes

    @property
    def plan_hash(self) -> str:
        return f"sha256:{sha256_hex(self.canonical)}"


class Decisions:
    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def decide(
        self,
        account_id: str,
        request: PlanRequest,
        as_of: date,
        *,
        exported: set[str] | None = None,
    ) -> Decided:
        """The snapshot for this request as things stand.

        `exported` fixes which orders count as exported, for planning a stored request again.

        Raises:
            Refused: INVALID_ACCOUNT_SCOPE, ORDER_NOT_FOUND, or VALIDATION_ERROR for too many lines.
        """
        given = await self._load(account_id, request, as_of, exported)
        if len(given.orders) < OFF_THE_LOOP_FROM:
            return _decided(given)
        return await asyncio.to_thread(_decided, given)

    async def _load(
        self, account_id: str, request: PlanRequest, as_of: date, exported: set[str] | None
    ) -> PlanningInput:
        ids = sorted(set(request.order_ids))
        (account, warehouse, broker), orders, claimed = await asyncio.gather(
            self._repository.parties(account_id, request.warehouse_id, request.broker_id),
            self._repository.records("orders", account_id, ids),
            self._claimed(ids, exported),
        )
        if warehouse is None or broker is None:
            field = "warehouseId" if warehouse is None else "brokerId"
            raise Refused(
                ErrorCode.INVALID_ACCOUNT_SCOPE, f"The {field} is not the account's.", field=field
            )
        if len(orders) < len(ids):
            raise await self._missing(account_id, [id_ for id_ in ids if id_ not in orders])
        contents = {id_: order["content"] for id_, order in orders.items()}
        _within_limits(contents)
        products = await self._products(account_id, contents)
        asked = request.shipment or Shipment()
        shipment = asked.model_dump(mode="json", by_alias=True, exclude_none=True)
        return PlanningInput(
            as_of=as_of,
            account=account,
            warehouse=warehouse,
            broker=broker,
            orders=contents,
            products=products,
            ruleset=rulesets.load(as_of),
            destination_country=request.destination_country,
            shipment=effective_shipment(shipment, warehouse.content),
            exported_order_ids=claimed,
            tariff=await self._repository.tariff(hts_numbers(products.values())),
        )

    async def _claimed(self, ids: list[str], exported: set[str] | None) -> set[str]:
        return await self._repository.exported(ids) if exported is None else exported

    async def _products(
        self, account_id: str, orders: dict[str, dict[str, Any]]
    ) -> dict[str, dict[str, Any]]:
        used = {line["productId"] for order in orders.values() for line in order["items"]}
        products = await self._repository.records("products", account_id, used)
        return {id_: product["content"] for id_, product in products.items()}

    async def _missing(self, account_id: str, missing: list[str]) -> Refused:
        """The refusal, with the id to use where one's own reference was sent instead."""
        guesses = {derived_id("ord_", account_id, name): name for name in missing}
        found = await self._repository.records("orders", account_id, guesses)
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


def _decided(given: PlanningInput) -> Decided:
    snapshot = decide(given)
    return Decided(snapshot, canonical_json(snapshot))


def _within_limits(orders: dict[str, dict[str, Any]]) -> None:
    lines = sum(len(order["items"]) for order in orders.values())
    if lines > MAX_PLAN_LINES:
        message = f"{lines} lines in one plan; at most {MAX_PLAN_LINES}."
        issue = {"path": "orderIds", "message": message, "code": "too_big"}
        raise Refused(
            ErrorCode.VALIDATION_ERROR, message, field="orderIds", details={"issues": [issue]}
        )
