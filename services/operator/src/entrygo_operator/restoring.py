"""A restore: the documents as they were, but for what the store cannot know any more.

What was done between the backup and the restore is not in it. So it begins an epoch, before the
first document: what was not final is UNKNOWN or stalled from its first moment in this store, and
what was planned is held by the executor until a person releases it. Every write is by id, only
where it is absent, and of values that the epoch fixes: run again, a restore that died goes on.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, cast

import orjson

from shared.backups import Manifest
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.lifecycle import DeliveryStatus, ExportRecord, State
from shared.errors import Refused
from shared.exports import marked, unclear
from shared.plans import snapshot_of
from shared.records import (
    CLAIMS,
    CURRENT_EPOCH,
    EPOCHS,
    EXPORTS,
    Claim,
    Document,
    Epoch,
    Place,
    named,
)
from shared.store import Store

_EXPORTS_AT_ONCE: Final = 20
_CLAIMS_AT_ONCE: Final = 200
# More than an export can have had since the backup: inspect never goes back, and a command that was
# guarded by a revision of the lost hours touches nothing.
_LOST_REVISIONS: Final = 1_000
_NOT_FINAL: Final = frozenset({DeliveryStatus.PENDING, DeliveryStatus.SENDING})


async def begun(
    store: Store, manifest: Manifest, places: Iterable[Place[Any]], *, replace: bool
) -> Epoch:
    """The epoch of this restore: a new one, or that of one that died.

    Raises:
        Refused: VALIDATION_ERROR, the store holds something, and it is not to be replaced.
    """
    epoch = await store.get(EPOCHS, CURRENT_EPOCH)
    if epoch and epoch["backup_id"] == manifest["id"] and epoch["restored_at"] is None:
        return epoch
    if replace:
        await store.drop_database()
    own: tuple[Place[Any], ...] = (EPOCHS, CLAIMS)
    for place in (*own, *places):
        if await store.find(place, {}, limit=1, projection={"_id": 1}):
            raise Refused(
                ErrorCode.VALIDATION_ERROR,
                f"The store is not empty ({named(place)}); --replace deletes what it holds.",
                field="--replace",
            )
    epoch = Epoch(
        _id=CURRENT_EPOCH,
        began_at=timestamp(await store.now()),
        backup_id=manifest["id"],
        taken_at=manifest["taken_at"],
        restored_at=None,
        released_at=None,
        released_by=None,
        reason=None,
    )
    await store.insert(EPOCHS, epoch, step="operator.begin_epoch")
    return epoch


class Restoring:
    """Of one epoch; what is referred to comes before what refers to it."""

    def __init__(self, store: Store, epoch: Epoch) -> None:
        self._store, self._epoch = store, epoch
        self._told: Counter[str] = Counter()

    async def documents(
        self, place: Place[Any], documents: Iterator[Document], at_once: int
    ) -> None:
        while chunk := list(islice(documents, at_once)):
            await asyncio.gather(
                *(
                    self._store.put_if_absent(place, document, step="operator.restore_document")
                    for document in chunk
                )
            )

    async def exports(self, documents: Iterator[Document]) -> None:
        """Of two records of one export the first one counts."""
        while chunk := list(islice(documents, _EXPORTS_AT_ONCE)):
            await asyncio.gather(*(self._export(cast("ExportRecord", one)) for one in chunk))

    async def ended(self) -> dict[str, Any]:
        """With its indexes the store is whole; what the operator has to know of it."""
        await self._store.create_indexes()
        epoch = await self._store.transition(
            EPOCHS,
            CURRENT_EPOCH,
            {"began_at": self._epoch["began_at"]},
            {"$set": {"restored_at": timestamp(await self._store.now())}},
            step="operator.end_restore",
        )
        return {**(epoch or self._epoch), **self._told}

    async def _export(self, export: ExportRecord) -> None:
        restored = after_restore(export, self._epoch)
        if not await self._store.put_if_absent(EXPORTS, restored, step="operator.restore_export"):
            stored = await self._store.get(EXPORTS.of(export["account_id"]), export["_id"])
            if stored != restored:
                return  # it was voided while the backup was taken
        self._told[f"exports_{restored['state']}"] += 1
        unknown = [one for one in export["deliveries"].values() if one["status"] in _NOT_FINAL]
        self._told["deliveries_made_unknown"] += len(unknown)
        if restored["state"] == State.EXECUTED:
            await self._claim_orders(restored)

    async def _claim_orders(self, export: ExportRecord) -> None:
        snapshot = await snapshot_of(self._store, export["account_id"], export["plan"])
        claims = (
            Claim(
                _id=order_id,
                account_id=export["account_id"],
                export=export["_id"],
                attempt=export["attempt"],
            )
            for order_id in orjson.loads(snapshot)["decision"]["included_order_ids"]
        )
        await self.documents(CLAIMS, cast("Iterator[Document]", claims), _CLAIMS_AT_ONCE)


def after_restore(export: ExportRecord, epoch: Epoch) -> ExportRecord:
    """The record as this store can vouch for it: what was under way may have ended since."""
    began = epoch["began_at"]
    why = f"Restored at {began} from a backup of {epoch['taken_at']}: it may have ended since then."
    restored: ExportRecord = {**export, "revision": export["revision"] + _LOST_REVISIONS}
    if export["state"] == State.EXECUTING and export["execution"]:
        error = {"errorCode": ErrorCode.INTERNAL_ERROR.value, "message": why}
        restored["execution"] = {**export["execution"], "stalled": True, "last_error": error}
        restored["updated_at"] = began
    for kind, delivery in export["deliveries"].items():
        if delivery["status"] in _NOT_FINAL:
            unknown, told = unclear(delivery, kind, why, at=began, actor="operator")
            restored["deliveries"] = {**restored["deliveries"], kind: unknown}
            restored["events"] = [*restored["events"], told]
            if mark := marked([told], began):
                restored["unannounced"] = mark["unannounced"]
            restored["updated_at"] = began
    return restored
