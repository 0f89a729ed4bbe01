"""After a restore: what may have been done already in the hours that are lost, a person decides.

An export is held that is older than the epoch, or holds an order that is: the order may have left
in an export that the store no longer knows.
"""

from executor.repository import Repository
from shared.contracts.errors import ErrorCode, NextAction, Refusal
from shared.contracts.lifecycle import ExportRecord, Readiness
from shared.errors import Refused
from shared.records import Epoch


async def held(repository: Repository, export: ExportRecord) -> Refusal | None:
    """Why nothing of it is sent now: a restore stands open, and nobody released it."""
    epoch = await repository.epoch()
    if epoch is None or epoch["released_at"] or export.get("released") == epoch["began_at"]:
        return None
    if epoch["restored_at"] and not await _is_older(repository, export, epoch):
        return None
    return Refused(
        ErrorCode.EXPORT_NOT_READY,
        f"Restored from a backup of {epoch['taken_at']}: it may have been executed or mailed since "
        "then. An operator has to release it.",
        details={"next_action": NextAction.CONTACT_OPERATOR.value},
    ).refusal


def was_held(export: ExportRecord) -> bool:
    """Whether its last execute was refused for this: an unblocked plan is refused so by no more."""
    last = export["last_execution"]
    error = last and last["error"]
    blocked = export["plan"]["readiness"] == Readiness.BLOCKED
    return bool(error and error["errorCode"] == ErrorCode.EXPORT_NOT_READY and not blocked)


async def _is_older(repository: Repository, export: ExportRecord, epoch: Epoch) -> bool:
    if export["created_at"] < epoch["began_at"]:
        return True
    ordered = (await repository.snapshot(export))["decision"]["included_order_ids"]
    return await repository.has_order_of_before(epoch["began_at"], export["account_id"], ordered)
