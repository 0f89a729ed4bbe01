"""`entrygo export release`: lets run what is held since a restore."""

from typing import Annotated

import typer

from entrygo_operator.command import command
from entrygo_operator.exports import Needed, asked, exports, operate, user
from entrygo_operator.output import Answer, record
from entrygo_operator.session import Session
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import OperateAction
from shared.contracts.lifecycle import Readiness, State
from shared.errors import Refused
from shared.paging import pages
from shared.records import CURRENT_EPOCH, EPOCHS, EXPORTS, Epoch
from shared.store import Store
from shared.validation import invalid

# Refused, though its plan is not blocked: their `last_execution` says so until they are released.
_TOLD_THAT_HELD = {
    "state": State.PLANNED.value,
    "plan.readiness": {"$ne": Readiness.BLOCKED.value},
    "last_execution.error.errorCode": ErrorCode.EXPORT_NOT_READY.value,
}


@command(exports, "release")  # which `entrygo export` is imported for
async def release(
    session: Session,
    id_: Annotated[str | None, typer.Argument(metavar="[ID]", help="Id of the export.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All: the restore is over.")] = False,
    mailed: Annotated[
        bool, typer.Option("--mailed", help="The partners have its mails: execute, send nothing.")
    ] = False,
    reason: Needed,
) -> Answer:
    """Let run what is held since a restore: one export, or --all."""
    if (id_ is None) is not everything or (mailed and everything):
        raise invalid("id", "Say which export, or --all; --mailed is said of one.")
    if id_ is not None:
        return await operate(session, id_, OperateAction.RELEASE, reason, mailed=mailed)
    epoch = await _ended_epoch(session.store, reason)
    told = 0
    async with session.messages() as messages:
        async for page in pages(session.store, EXPORTS, _TOLD_THAT_HELD):
            for export in page:
                await asked(session.store, messages, export, OperateAction.RELEASE, reason)
            told += len(page)
    return record({**epoch, "exports_told_that_they_were_held": told})


async def _ended_epoch(store: Store, reason: str) -> Epoch:
    """The epoch, released; again is no change."""
    await store.transition(
        EPOCHS,
        CURRENT_EPOCH,
        {"released_at": None, "restored_at": {"$ne": None}},
        {
            "$set": {
                "released_at": timestamp(await store.now()),
                "released_by": user(),
                "reason": reason,
            }
        },
        step="operator.release_epoch",
    )
    epoch = await store.get(EPOCHS, CURRENT_EPOCH)
    if epoch is None or epoch["released_at"] is None:
        raise Refused(ErrorCode.EXPORT_NOT_READY, "No restore has ended here: nothing is released.")
    return epoch
