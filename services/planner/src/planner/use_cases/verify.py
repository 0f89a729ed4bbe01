"""Does a plan still hold? Plans the stored request again and compares."""

import orjson

from planner.domain.changes import changes
from planner.repository import Repository
from planner.use_cases.decision import decided
from shared.clock import Clock
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import PlanRequest, PlanVerified, VerifyPlan
from shared.errors import Refused

MOST_CHANGES = 200  # named in the answer; the hash covers all


class Verifying:
    def __init__(self, repository: Repository, now: Clock) -> None:
        self._repository = repository
        self._now = now

    async def verify(self, command: VerifyPlan) -> PlanVerified:
        """Orders count as exported as they did then; whether one is by now, the claims tell."""
        plan = await self._repository.plan(command.plan_command_id, command.account_id)
        if plan is None or plan["kind"] != "plan":
            raise Refused(ErrorCode.PLAN_NOT_FOUND)
        current = await decided(
            command.account_id,
            PlanRequest.model_validate(plan["request"]),
            self._now().date(),
            self._repository,
            exported=set(plan["exported_order_ids"]),
        )
        if current.plan_hash == plan["plan_hash"]:
            return PlanVerified(holds=True)
        stored = await self._repository.snapshot(plan)
        found = changes(orjson.loads(stored), current.snapshot)
        return PlanVerified(holds=False, changed=tuple(found[:MOST_CHANGES]))
