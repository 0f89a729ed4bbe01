"""What clients do with an export, from the sale to the broker's mailbox, in many ways."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from chaos.clients import Answer, Client, Json
from chaos.history import History
from support.shop import an_order

SYNC: Final = "/api/orders/sync"
PLAN: Final = "/api/exports/plan"
EXECUTE: Final = "/api/exports/execute"
ENDED: Final = {
    "COMPLETED",
    "DELIVERY_FAILED",
    "DELIVERY_UNKNOWN",
    "EXECUTION_STALLED",
    "VOIDED",
}
POLLS: Final = 40  # a second apart; then it walks away, and the end is looked at later
REPLANS: Final = 6
# What may be answered to an execute whose plan others, or this client itself, outran.
OUTRUN: Final = {"PLAN_STALE", "ORDER_ALREADY_EXPORTED", "PLAN_HASH_MISMATCH"}


class UnexpectedError(Exception):
    """An answer that this client's requests cannot earn."""


@dataclass
class Market:
    """What the stories of one account share: its product, and orders that two may want."""

    product_id: str
    orders: list[str] = field(default_factory=list)


class Story:
    def __init__(self, name: str, client: Client, market: Market, history: History) -> None:
        self._name = name
        self._client = client
        self._market = market
        self._history = history
        self._rng = Random(name)
        self._version = 0
        self._ids: list[str] = []

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    async def tell(self) -> None:
        rng = self._rng
        names = [f"{self._name}-{n}" for n in range(rng.randint(1, 3))]
        self._ids = await self._sync(names)
        if self._chance(0.35):
            for _ in range(rng.randint(1, 3)):
                await self._sync(names)
        if self._chance(0.25) and self._market.orders:
            self._ids.append(rng.choice(self._market.orders[-12:]))
        self._market.orders += self._ids[:1]
        plan = await self._planned(self._ids)
        if self._chance(0.2):
            await self._sync(names)
        if self._chance(0.15):
            plan = await self._planned(self._ids, batchId=plan["exportId"])
        if await self._executed(plan):
            await self._followed(plan["exportId"])

    async def _write(self, path: str, body: Json, *, key: str = "", prefer: int = 0) -> Answer:
        key = key or self._client.a_key()
        if self._chance(0.15):
            answers = await self._client.twice(path, body, key)
            return next((a for a in answers if a.status == 200), answers[0])
        return await self._client.write(path, body, key, prefer or None)

    async def _sync(self, names: list[str]) -> list[str]:
        self._version += 1
        line = {"productId": self._market.product_id, "unitValueUsd": 80.25}
        line["quantity"] = self._version
        items = [an_order(name, "", items=[line]) for name in names]
        answer = await self._write(SYNC, {"items": items})
        data = self._expected(answer, SYNC)["data"]
        account = self._client.account.account_id
        for order in data:
            self._history.synced[account, order["externalId"]] = self._version
            if order.get("superseded"):
                self._history.violation("LATEST", f"{order['externalId']} v{self._version} dropped")
        return [order["id"] for order in data]

    async def _planned(self, ids: list[str], **more: str) -> Json:
        account = self._client.account
        parties = {"warehouseId": account.warehouse_id, "brokerId": account.broker_id}
        key = self._client.a_key()
        answer = await self._write(PLAN, parties | {"orderIds": ids} | more, key=key)
        plan = self._expected(answer, PLAN)
        self._history.planned(key, plan)
        return plan

    def _expected(self, answer: Answer, path: str) -> Json:
        if answer.status != 200:
            self._history.violation("REFUSED", f"{self._name} {path}: {answer.body}")
            raise UnexpectedError(answer.body)
        return answer.body

    async def _executed(self, plan: Json) -> bool:
        """Whether it was executed, or accepted and not refused so far."""
        for _ in range(REPLANS):
            if plan["readinessState"] == "BLOCKED":
                self._history.counts["blocked"] += 1
                return False
            answer = await self._execute(plan)
            if answer.status in {200, 202}:
                return True
            if answer.error == "EXPORT_NOT_READY":
                return False
            if answer.error not in OUTRUN:
                self._expected(answer, EXECUTE)
            self._history.counts["outrun"] += 1
            plan = await self._planned(self._ids, batchId=plan["exportId"])
        self._history.counts["given up"] += 1
        return False

    async def _execute(self, plan: Json) -> Answer:
        """Follows a 202 with the same key, or walks away from it."""
        body = {"batchId": plan["exportId"], "planHash": plan["planHash"]}
        key, prefer = self._client.a_key(), 1 if self._chance(0.3) else 0
        walks = self._chance(0.4)
        answer = await self._write(EXECUTE, body, key=key, prefer=prefer)
        for _ in range(POLLS):
            if answer.status in {200, 202}:
                self._history.accepted(plan, key)
            if answer.status != 202 or walks:
                break
            await asyncio.sleep(1.0)
            answer = await self._write(EXECUTE, body, key=key, prefer=prefer)
        if answer.status == 200 and self._chance(0.3):
            await self._client.write(EXECUTE, body, key)
        return answer

    async def _followed(self, export_id: str) -> None:
        """Until its delivery ended; what did not arrive for sure is sent again."""
        for _ in range(POLLS):
            export = await self._client.inspect(export_id)
            if export["state"] == "PLANNED":
                return  # refused after a 202, or not started yet: looked at in the end
            if export["status"] in {"DELIVERY_FAILED", "DELIVERY_UNKNOWN"} and self._chance(0.6):
                await self._resubmitted(export_id)
            elif export["status"] in ENDED:
                return
            await asyncio.sleep(1.0)

    async def _resubmitted(self, export_id: str) -> Any:
        self._history.counts["resubmits"] += 1
        return await self._write(EXECUTE, {"batchId": export_id, "resubmit": True})
