"""Claim the orders of an attempt: each order leaves once, and of racing exports one wins."""

from executor import events
from executor.repository import Repository, execution_of
from shared.clock import Clock, timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.lifecycle import EventType, ExportRecord, LastExecution, State
from shared.errors import Refused


async def claim_orders(
    repository: Repository, export: ExportRecord, order_ids: list[str], now: Clock
) -> bool:
    """Makes each order this attempt's own, or gives the export back to planning.

    False when the attempt is over by now: whoever called looks at the record again.

    Raises:
        Refused: ORDER_ALREADY_EXPORTED, after it was given back.
    """
    place = 0
    while held := await repository.claim(export, order_ids[place:]):
        index, claim = held
        place += index
        if await repository.holder(claim) is not None:
            held_by_others = await repository.held_by_others(export, order_ids[place:])
            taken = {claim["_id"]: claim["export"], **held_by_others}
            await _give_back(repository, export, taken, timestamp(now()))
            return False
        await repository.replace_claim(claim, export)
    return True


async def _give_back(
    repository: Repository, export: ExportRecord, taken: dict[str, str], now: str
) -> None:
    """Back first, then the claims: they are void from the moment the export is planned.

    `taken` are the orders that others hold, with their exports; what stopped it is named even if
    its holder goes now.
    """
    refusal = Refused(
        ErrorCode.ORDER_ALREADY_EXPORTED,
        f"{len(taken)} order(s) are in another executed export.",
        details={"orderIds": sorted(taken), "exportIds": dict(sorted(taken.items()))},
    ).refusal
    fields = {
        "state": State.PLANNED.value,
        "execution": None,
        "refused": {"plan_revision": export["plan_revision"], "error": refusal.model_dump()},
        "last_execution": LastExecution(
            command_id=execution_of(export)["command_id"],
            outcome="REFUSED",
            error=refusal.envelope(),
        ),
    }
    event = events.execution_event(
        export, EventType.EXECUTION_REFUSED, now, {"error": refusal.envelope()}
    )
    if await repository.give_back(export, fields, event, now):
        await repository.drop_claims(export)
        raise Refused.again(refusal)
