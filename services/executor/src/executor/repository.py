"""The executor's transitions of an export, its claims and blobs.

A transition is one guarded update of one document; None means the guard matched nothing, and the
caller reads the export again and decides anew.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import orjson

from shared import plans
from shared.claims import is_void, live_claims
from shared.contracts.lifecycle import Event, Execution, ExportRecord, State
from shared.contracts.snapshot import Snapshot
from shared.errors import Transient
from shared.exports import Guard, Tell, Telling, advance
from shared.records import (
    CLAIMS,
    CURRENT_EPOCH,
    EPOCHS,
    EXPORTS,
    ORDERS,
    PRINTS,
    Claim,
    Document,
    Epoch,
    Print,
)
from shared.store import Store

Fields = Mapping[str, Any]
Moved = ExportRecord | None


def execution_of(export: ExportRecord) -> Execution:
    """The execution that the export is in, or was executed by."""
    if export["execution"] is None:
        raise Transient("an execution without its start is an old read")
    return export["execution"]


class Repository:
    def __init__(self, store: Store, tell: Tell) -> None:
        self._store = store
        self._advance = partial(advance, Telling(store, tell))

    async def export(self, account_id: str, export_id: str) -> ExportRecord | None:
        return await self._store.get(EXPORTS.of(account_id), export_id)

    async def executing_since(self, driven_before: str, limit: int) -> list[ExportRecord]:
        """Exports in execution, not stalled, whose last drive is older."""
        return await self._store.find(
            EXPORTS,
            {
                "state": State.EXECUTING.value,
                "execution.stalled": False,
                "execution.driven_at": {"$lt": driven_before},
            },
            limit=limit,
        )

    async def epoch(self) -> Epoch | None:
        """What the last restore began; None: this store never was."""
        return await self._store.get(EPOCHS, CURRENT_EPOCH)

    async def has_order_of_before(
        self, moment: str, account_id: str, order_ids: Sequence[str]
    ) -> bool:
        older = {"_id": {"$in": list(order_ids)}, "created_at": {"$lt": moment}}
        query = ORDERS.of(account_id).within(older)
        return bool(await self._store.find(ORDERS, query, limit=1, projection={"_id": 1}))

    # -- transitions: each by what must be true for it

    async def start(self, export: ExportRecord, fields: Fields, event: Event, now: str) -> Moved:
        guard = _planned(export, attempt=export["attempt"], refused=None)
        return await self._advance(guard, fields, [event], now=now, step="executor.start_execution")

    async def finish(
        self, export: ExportRecord, fields: Fields, events: Sequence[Event], now: str
    ) -> Moved:
        guard = _attempt(export)
        return await self._advance(guard, fields, events, now=now, step="executor.finish_execution")

    async def give_back(
        self, export: ExportRecord, fields: Fields, event: Event, now: str
    ) -> Moved:
        guard = _attempt(export)
        return await self._advance(guard, fields, [event], now=now, step="executor.give_back")

    async def keep_refusal(self, export: ExportRecord, fields: Fields, now: str) -> Moved:
        """Only while the refused plan is the current one and has not been started."""
        guard = _planned(export)
        return await self._advance(guard, fields, now=now, step="executor.keep_refusal")

    async def record_failure(self, export: ExportRecord, fields: Fields, now: str) -> Moved:
        guard = _attempt(export, {"execution.failures": execution_of(export)["failures"]})
        return await self._advance(guard, fields, now=now, step="executor.record_failure")

    async def count_redrive(self, export: ExportRecord, fields: Fields, now: str) -> Moved:
        """Before the drive, on the drive last seen: replicas that sweep at once count it once."""
        guard = _attempt(export, {"execution.driven_at": execution_of(export)["driven_at"]})
        return await self._advance(guard, fields, now=now, step="executor.count_redrive")

    async def resubmit(self, export: ExportRecord, fields: Fields, event: Event, now: str) -> Moved:
        guard = _seen(export, state=State.EXECUTED.value)
        return await self._advance(guard, fields, [event], now=now, step="executor.resubmit")

    async def operate(self, export: ExportRecord, fields: Fields, event: Event, now: str) -> Moved:
        guard = _seen(export)
        return await self._advance(guard, fields, [event], now=now, step="executor.operate")

    # -- claims

    async def claim(
        self, export: ExportRecord, order_ids: Sequence[str]
    ) -> tuple[int, Claim] | None:
        """Claims in the order given; where another holds one, its index and that claim.

        Claims of this attempt that are there already count as made. None when all are made.
        """
        documents = [
            Claim(
                _id=order_id,
                account_id=export["account_id"],
                export=export["_id"],
                attempt=export["attempt"],
            )
            for order_id in order_ids
        ]
        place = 0
        while place < len(documents):
            taken = await self._store.insert_ordered(
                CLAIMS, documents[place:], step="executor.claim_orders"
            )
            if taken is None:
                return None
            place += taken
            held = await self._store.get_many(CLAIMS.of(export["account_id"]), order_ids[place:])
            while place < len(documents) and held.get(order_ids[place]) == documents[place]:
                place += 1
            if place < len(documents) and (other := held.get(order_ids[place])):
                return place, other
        return None

    async def holder(self, claim: Claim) -> ExportRecord | None:
        """The claim's export, read from the primary after the claim; None while it is void.

        Raises:
            Transient: the record is an old read, or gone; read again.
        """
        export = await self.export(claim["account_id"], claim["export"])
        if export is None or export["attempt"] < claim["attempt"]:
            raise Transient(f"claim of {claim['_id']} is ahead of its export")
        return None if is_void(claim, export) else export

    async def held_by_others(
        self, export: ExportRecord, order_ids: Sequence[str]
    ) -> dict[str, str]:
        """Those of the orders with a claim of another export that is not void, and which."""
        account_id = export["account_id"]
        claims = await self._store.get_many(CLAIMS.of(account_id), order_ids)
        others = {id_: claim for id_, claim in claims.items() if claim["export"] != export["_id"]}
        named = {claim["export"] for claim in others.values()}
        exports = await self._store.get_many(EXPORTS.of(account_id), named)
        return live_claims(others, exports)

    async def replace_claim(self, claim: Claim, export: ExportRecord) -> None:
        """Takes over a void claim, if it is still the one that was seen."""
        await self._store.transition(
            CLAIMS.of(claim["account_id"]),
            claim["_id"],
            {"export": claim["export"], "attempt": claim["attempt"]},
            {"$set": {"export": export["_id"], "attempt": export["attempt"]}},
            step="executor.replace_claim",
        )

    async def drop_claims(self, export: ExportRecord) -> None:
        """Those of this attempt alone."""
        await self._store.delete(
            CLAIMS.of(export["account_id"]),
            {"export": export["_id"], "attempt": export["attempt"]},
            step="executor.drop_claims",
        )

    # -- documents

    async def snapshot(self, export: ExportRecord) -> Snapshot:
        """Of the current plan. Raises `BlobCorrupt` when stored bytes are other bytes now."""
        data = await plans.snapshot_of(self._store, export["account_id"], export["plan"])
        return cast("Snapshot", orjson.loads(data))

    async def view(self, export: ExportRecord) -> Document:
        """The current plan as it was answered."""
        data = await plans.view_of(self._store, export["account_id"], export["plan"])
        return cast("Document", orjson.loads(data))

    async def put_blobs(self, parts: Sequence[bytes]) -> list[str]:
        """The SHA-256 of each, in hex."""
        return await self._store.put_blobs(parts, step="executor.put_blobs")

    async def blob(self, digest: str) -> bytes:
        return await self._store.get_blob(digest)

    async def print_of(self, account_id: str, id_: str) -> Print | None:
        return await self._store.get(PRINTS.of(account_id), id_)

    async def keep_print(self, made: Print) -> Print:
        """The one that is stored: another may have been faster, with other bytes."""
        if await self._store.put_if_absent(PRINTS, made, step="executor.keep_print"):
            return made
        return await self.print_of(made["account_id"], made["_id"]) or made

    async def store_answers(self) -> bool:
        return await self._store.ping()


def _planned(export: ExportRecord, **more: object) -> Guard:
    return _holds(export, state=State.PLANNED.value, plan_revision=export["plan_revision"], **more)


def _attempt(export: ExportRecord, more: Fields | None = None) -> Guard:
    state = {"state": State.EXECUTING.value, "attempt": export["attempt"]}
    return _holds(export, **state, **(more or {}))


def _seen(export: ExportRecord, **more: object) -> Guard:
    return _holds(export, revision=export["revision"], **more)


def _holds(export: ExportRecord, **holds: object) -> Guard:
    return Guard(export["account_id"], export["_id"], holds)
