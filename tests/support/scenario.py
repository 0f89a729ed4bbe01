"""A way through the product that passes some of its durable steps, as a good client goes it.

`prepare` leads up to the step, `act` passes it while a service dies on the way, and `check` says
how all must stand in the end, whichever step it was.
"""

import uuid
from abc import ABC, abstractmethod
from typing import Any

import httpx

from support.accounts import Seeded
from support.lab import Lab
from support.shop import Shop
from support.waiting import until

EXECUTE, PLAN = "/api/exports/execute", "/api/exports/plan"


class Scenario(ABC):
    resent = 0

    def __init__(self, lab: Lab, account: Seeded) -> None:
        self.lab = lab
        self.shop = Shop(lab.cluster.url, account)
        self.ended: list[str] = []
        self._answers: list[tuple[str, dict[str, Any], str, bytes]] = []

    async def prepare(self) -> None:  # noqa: B027  # most need nothing
        """Nothing is armed yet; a service may be left dead."""

    @abstractmethod
    async def act(self) -> None: ...

    async def check(self) -> None:
        exports = [await self.lab.check(self.shop, export_id) for export_id in self.ended]
        await self.lab.check_mails(self.shop, exports, resent=self.resent)
        for export in exports:
            await self.lab.check_told(export)
        for path, body, key, first in self._answers:
            again = await self.shop.post(path, body, key)
            assert again.content == first, path

    async def close(self) -> None:
        await self.shop.http.aclose()

    async def answered(self, path: str, body: dict[str, Any]) -> Any:
        """The final answer; the same request with the same key must get it for ever."""
        key = uuid.uuid4().hex

        async def final() -> httpx.Response | None:
            answer = await self.shop.post(path, body, key)
            return None if answer.status_code == httpx.codes.ACCEPTED else answer

        answer = await until(final)
        if answer.status_code == httpx.codes.OK:
            self._answers.append((path, body, key, answer.content))
        return answer.json()

    async def planned(self, order_ids: list[str], **more: Any) -> Any:
        plan = await self.answered(PLAN, self.shop.plan_body(order_ids) | more)
        assert plan["readinessState"] in {"READY", "READY_WITH_WARNINGS"}, plan
        return plan

    async def executed(self, plan: Any, **more: Any) -> Any:
        body = {"batchId": plan["exportId"], "planHash": plan["planHash"]}
        return await self.answered(EXECUTE, body | more)

    async def delivered(self, plan: Any) -> Any:
        """Executed, and its mails out of the house or honestly unclear."""
        answer = await self.executed(plan)
        assert len(answer["artifacts"]) == 5, answer
        self.ended.append(plan["exportId"])
        return await self.lab.settled(self.shop, plan["exportId"])
