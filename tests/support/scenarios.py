"""Ways of a client: sync, plan, execute, plan again, be refused, lose a race; keys and answers."""

import asyncio

import httpx

from shared.clock import utc_now
from shared.contracts.exports import OperateAction
from shared.records import CLAIMS, IDEMPOTENCY_KEYS
from support.scenario import PLAN, Scenario
from support.shop import SWEATER, an_order
from support.waiting import until


class Loop(Scenario):
    """Sync, plan, execute, deliver."""

    async def act(self) -> None:
        await self.delivered(await self.planned(await self.shop.sync()))


class Printed(Scenario):
    """The invoice as PDF, asked for until it is there."""

    async def prepare(self) -> None:
        export = await self.delivered(await self.planned(await self.shop.sync()))
        self.path = f"/api/customs-packages/{export['customs_package']['id']}/invoice.pdf"

    async def act(self) -> None:
        first = await until(self._pdf)
        assert first.startswith(b"%PDF-")
        assert await until(self._pdf) == first

    async def _pdf(self) -> bytes | None:
        try:
            answer = await self.shop.http.get(self.path)
        except httpx.TransportError:  # the gateway died or is not there yet
            return None
        return answer.content if answer.status_code == httpx.codes.OK else None


class Replan(Scenario):
    async def prepare(self) -> None:
        self.orders = await self.shop.sync(3)
        self.plan = await self.planned(self.orders)

    async def act(self) -> None:
        again = await self.planned(self.orders[:2], batchId=self.plan["exportId"])
        assert (again["exportId"], again["plan_revision"]) == (self.plan["exportId"], 2)
        await self.delivered(again)


class RefusedReplan(Replan):
    async def act(self) -> None:
        unknown = self.shop.plan_body(["ord_none"]) | {"batchId": self.plan["exportId"]}
        refused = await self.answered(PLAN, unknown)
        assert refused["errorCode"] == "ORDER_NOT_FOUND"
        await super().act()


class StalePlan(Scenario):
    async def prepare(self) -> None:
        products = await self.shop.post("/api/products/sync", {"items": [SWEATER]})
        self.order = an_order("A-1", products.json()["data"][0]["id"])
        synced = await self.shop.post("/api/orders/sync", {"items": [self.order]})
        self.ids = [synced.json()["data"][0]["id"]]
        self.plan = await self.planned(self.ids)
        changed = self.order | {"destinationPostalCode": "04402"}
        await self.shop.post("/api/orders/sync", {"items": [changed]})

    async def act(self) -> None:
        refused = await self.executed(self.plan)
        assert refused["errorCode"] == "PLAN_STALE", refused
        await self.delivered(await self.planned(self.ids, batchId=self.plan["exportId"]))


class LostRace(Scenario):
    """Another export has one of the orders first."""

    async def prepare(self) -> None:
        orders = await self.shop.sync(3)
        self.orders = sorted(orders)[:2]
        self.plan = await self.planned(self.orders)
        winner = await self.planned(sorted(orders)[1:])
        await self.delivered(winner)

    async def act(self) -> None:
        lost = await self.executed(self.plan)
        assert lost["errorCode"] == "ORDER_ALREADY_EXPORTED", lost
        assert lost["details"]["orderIds"] == self.orders[1:]
        again = await self.planned(self.orders, batchId=self.plan["exportId"])
        assert again["included_order_ids"] == self.orders[:1]
        await self.delivered(again)


class VoidClaim(Scenario):
    """A voided export's claims are still there."""

    async def prepare(self) -> None:
        self.orders = await self.shop.sync()
        voided = await self.planned(self.orders)
        await self.delivered(voided)
        claims = await self.lab.store.get_many(CLAIMS.of(self.shop.account.account_id), self.orders)
        await self.lab.operate(voided["exportId"], OperateAction.VOID)
        for claim in claims.values():
            await self.lab.store.insert(CLAIMS, claim, step="test.claim")

    async def act(self) -> None:
        await self.delivered(await self.planned(self.orders))


class AwayPlanner(Scenario):
    """Nobody answers in time, and the same key finishes it later."""

    async def prepare(self) -> None:
        self.orders = await self.shop.sync()

    async def act(self) -> None:
        await self.lab.of("planner").kill()
        planning = asyncio.create_task(self.planned(self.orders))
        # Long enough for an answer that nothing is there, and for a retry that takes over.
        await asyncio.sleep(5)
        await self.lab.of("planner").start()
        await self.delivered(await planning)


class ExpiredKey(Scenario):
    """A key whose time is over is a new one."""

    async def prepare(self) -> None:
        self.orders = await self.shop.sync()
        self.body = self.shop.plan_body(self.orders)
        self.first = (await self.shop.post(PLAN, self.body, "old")).json()
        keys = IDEMPOTENCY_KEYS.of(self.shop.account.account_id)
        for record in await self.lab.store.find(keys, {"account_id": keys.account_id}):
            over = {"$set": {"expires_at": utc_now()}}
            await self.lab.store.transition(keys, record["_id"], {}, over, step="test.age")

    async def act(self) -> None:
        plan = (await self.shop.post(PLAN, self.body, "old")).json()
        assert plan["exportId"] != self.first["exportId"]
        assert plan["planHash"] == self.first["planHash"]
        await self.delivered(plan)


class LargeAnswer(Scenario):
    """An answer of half a megabyte is kept as a blob."""

    async def act(self) -> None:
        await self.delivered(await self.planned((await self.synced())[:2]))

    async def synced(self) -> list[str]:
        products = await self.shop.post("/api/products/sync", {"items": [SWEATER]})
        product_id = products.json()["data"][0]["id"]
        items = [an_order(f"A-{number}", product_id) for number in range(1_000)]
        answer = await self.answered("/api/orders/sync", {"items": items})
        return [order["id"] for order in answer["data"]]


class LargePlan(LargeAnswer):
    """A plan that does not fit into its verdict."""

    async def prepare(self) -> None:
        self.orders = await self.synced()

    async def act(self) -> None:
        await self.delivered(await self.planned(self.orders))
