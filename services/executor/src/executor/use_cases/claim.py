"""Claim the orders of an attempt: each order leaves once, and of racing exports one wins."""

from executor import events
from executor.repository import Repository
from shared.clock import Clock, timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.lifecycle import EventType, ExportRecord, LastExecution, State
from shared.errors import Refused, Transient


class Claiming:
    def __init__(self, repository: Repository, now: Clock) -> None:
        self._repository = repository
        self._now = now

    async def claim(self, export: ExportRecord, order_ids: list[str]) -> bool:
        """Makes each order this attempt's own, or gives the export back to planning.

        False when the attempt is over by now: whoever called looks at the record again.

        Raises:
            Refused: ORDER_ALREADY_EXPORTED, after it was given back.
        """
        place = 0
        while held := await self._repository.claim(export, order_ids[place:]):
            index, claim = held
            place += index
            try:
                holder = await self._repository.holder(claim)
            except LookupError as error:
                raise Transient(f"claim of {claim['_id']} is ahead of its export") from error
            if holder is not None:
                await self._give_back(export, order_ids[place:])
                return False
            await self._repository.replace_claim(claim, export)
        return True

    async def _give_back(self, export: ExportRecord, order_ids: list[str]) -> None:
        """Back first, then the claims: they are void from the moment the export is planned.

        `order_ids` begins with one that another holds; it is named even if its holder goes now.
        """
        others = await self._repository.held_by_others(export, order_ids)
        taken = sorted({order_ids[0], *others})
        refusal = Refused(
            ErrorCode.ORDER_ALREADY_EXPORTED,
            f"{len(taken)} order(s) are in another executed export.",
            details={"orderIds": taken},
        ).refusal
        now = timestamp(self._now())
        command_id = export["execution"]["command_id"] if export["execution"] else ""
        fields = {
            "state": State.PLANNED.value,
            "execution": None,
            "refused": {
                "plan_revision": export["plan_revision"],
                "error": refusal.model_dump(),
            },
            "last_execution": LastExecution(
                command_id=command_id, outcome="REFUSED", error=refusal.envelope()
            ),
            "updated_at": now,
        }
        event = events.execution_event(
            export, EventType.EXECUTION_REFUSED, now, {"error": refusal.envelope()}
        )
        if await self._repository.give_back(export, fields, event):
            await self._repository.drop_claims(export)
            raise Refused.again(refusal)
