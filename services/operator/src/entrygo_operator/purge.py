"""`entrygo purge`: what nobody needs any more goes, while the system runs.

An export that was never executed goes in one guarded delete. What nothing refers to after that (its
plans, and blobs) is marked, and goes at a later purge, if it was still so a day after: whoever was
about to refer to it has by then, and a backup that read the export has read its plan. Whoever puts
bytes that are marked takes the mark off (shared/blobs.py). ADR 0035.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import typer

from entrygo_operator.command import command
from entrygo_operator.options import duration
from entrygo_operator.output import Answer, record
from entrygo_operator.references import References
from entrygo_operator.session import Session
from shared.bulk import Guarded
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.lifecycle import ExportRecord, State
from shared.errors import Refused
from shared.paging import pages
from shared.records import (
    BLOBS,
    CLAIMS,
    CURRENT_EPOCH,
    EPOCHS,
    EXPORTS,
    IDEMPOTENCY_KEYS,
    ORDERS,
    PLANS,
    PRODUCTS,
    STORAGE,
    VERDICTS,
    Document,
    Part,
    day_of,
)
from shared.store import Store
from shared.validation import invalid

LEAST_AGE: Final = timedelta(days=30)  # outcomes are replayed for so long
GRACE: Final = timedelta(days=1)
_ALL_PLANS: Final = Part[Document](PLANS, None)
# Not what was executed, which customs may ask for, nor what is the operator's.
_COUNTED: Final = (ORDERS, PRODUCTS, PLANS, EXPORTS, IDEMPOTENCY_KEYS, VERDICTS)

OlderThan = Annotated[
    timedelta,
    typer.Option(
        parser=duration,
        metavar="AGE",
        envvar="ENTRYGO_PLANS_KEPT",
        help="Plans that nobody touched for so long; 30d at least.",
    ),
]
Grace = Annotated[
    timedelta,
    typer.Option(
        parser=duration,
        metavar="AGE",
        help="How long nothing referred to it; less than a day only with all services stopped.",
    ),
]


purges = typer.Typer()


@command(purges, "purge")
async def purge(
    session: Session,
    *,
    older_than: OlderThan = "90d",  # type: ignore[assignment]  # typer parses it
    grace: Grace = "1d",  # type: ignore[assignment]  # typer parses it
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go.")] = False,
) -> Answer:
    """Let go plans that were never executed, and what nothing refers to; count what is stored.

    What was executed, or voided, stays: customs may ask for it for five years (19 CFR 163.4).
    """
    if older_than < LEAST_AGE:
        raise invalid("--older-than", "Outcomes are replayed for 30 days: 30d or more.")
    epoch = await session.store.get(EPOCHS, CURRENT_EPOCH)
    if epoch and epoch["released_at"] is None:
        said = "A restore is not released: what is planned here may have been executed."
        raise Refused(ErrorCode.EXPORT_NOT_READY, said)
    purging = _Purge(session.store, await session.store.now(), grace, dry_run=dry_run)
    await purging.exports(older_than)
    await purging.plans(older_than)
    await purging.blobs()
    await purging.count()
    return record({"dry_run": dry_run, **purging.told})


class _Purge:
    def __init__(self, store: Store, now: datetime, grace: timedelta, *, dry_run: bool) -> None:
        self._store, self._now, self._dry_run = store, now, dry_run
        self._gone_if_since = timestamp(now - grace)
        kinds = ("exports", "refusals", "plans", "blobs", "marked", "stored_bytes")
        self.told: dict[str, int] = dict.fromkeys(kinds, 0)

    async def exports(self, older_than: timedelta) -> None:
        """Claims first: one whose export is gone would hold its order for ever.

        All of an export that is planned are void; those of an attempt that begins now are others.
        """
        old = {
            "state": State.PLANNED.value,
            "updated_at": {"$lt": timestamp(self._now - older_than)},
        }
        never = {**old, "mailed": {"$ne": True}}  # its mails were sent before a restore
        async for page in pages(
            self._store, EXPORTS, never, shown=("account_id", "attempt", "revision")
        ):
            for export in page:
                self.told["exports"] += await self._export(export)

    async def _export(self, export: ExportRecord) -> int:
        if self._dry_run:
            return 1
        account_id, id_ = export["account_id"], export["_id"]
        void = {"export": id_, "attempt": {"$lte": export["attempt"]}}
        await self._store.delete(CLAIMS.of(account_id), void, step="operator.purge_claims")
        seen = {"_id": id_, "state": State.PLANNED.value, "revision": export["revision"]}
        return await self._store.delete(EXPORTS.of(account_id), seen, step="operator.purge_export")

    async def plans(self, older_than: timedelta) -> None:
        """Refusals, and plans that their export does not have, or that have none."""
        query = {"planned_at": {"$lt": timestamp(self._now - older_than)}}
        shown = ("kind", "export_id", "unused_since")
        async for page in pages(self._store, _ALL_PLANS, query, shown=shown):
            refusals = [plan["_id"] for plan in page if plan["kind"] == "refusal"]
            self.told["refusals"] += len(refusals)
            if refusals and not self._dry_run:
                these = {"_id": {"$in": refusals}, "kind": "refusal"}
                await self._store.delete(_ALL_PLANS, these, step="operator.purge_refusals")
            made = [plan for plan in page if plan["kind"] != "refusal"]
            ids = {"_id": {"$in": sorted({plan["export_id"] for plan in made})}}
            known = await self._store.find(EXPORTS, ids, projection={"plans.command_id": 1})
            used = {plan["command_id"] for export in known for plan in export["plans"]}
            await self._sweep(_ALL_PLANS, made, used, "plans")

    async def blobs(self) -> None:
        with References() as references:
            await references.read(self._store)
            async for page in pages(self._store, BLOBS, shown=("unused_since",)):
                used = references.among(blob["_id"] for blob in page)
                await self._sweep(BLOBS, page, used, "blobs")

    async def _sweep(
        self, part: Part[Any], found: Sequence[Any], used: set[str], kind: str
    ) -> None:
        """Takes marks off what is used again, marks what is not, lets go what long was not."""
        again = [one["_id"] for one in found if one["_id"] in used and "unused_since" in one]
        unused = [one for one in found if one["_id"] not in used]
        new = [one["_id"] for one in unused if "unused_since" not in one]
        gone = [one["_id"] for one in unused if one.get("unused_since", "~") <= self._gone_if_since]
        self.told["marked"] += len(new)
        self.told[kind] += len(gone)
        if self._dry_run:
            return
        mark = {"$set": {"unused_since": timestamp(self._now)}}
        changes = [Guarded(again, {}, {"$unset": {"unused_since": ""}})] if again else []
        changes += [Guarded(new, {"unused_since": None}, mark)] if new else []
        if changes:
            await self._store.write_each(part, [], changes, step="operator.mark_unused")
        if gone:
            still = {"_id": {"$in": gone}, "unused_since": {"$lte": self._gone_if_since}}
            await self._store.delete(part, still, step="operator.purge_unused")

    async def count(self) -> None:
        """What is stored of each account; what its gateways add from today on stands beside it."""
        counted, today = await self._store.bytes_by_account(_COUNTED), day_of(self._now)
        self.told["stored_bytes"] = sum(counted.values())
        before = {one["_id"]: one for one in await self._store.find(STORAGE, {})}
        for account_id in () if self._dry_run else counted.keys() | before.keys():
            change: dict[str, Any] = {"$set": {"counted": counted[account_id], "counted_on": today}}
            days = before.get(account_id, {}).get("days", {})
            if over := {f"days.{day}": "" for day in days if day < today}:
                change["$unset"] = over
            part = STORAGE.of(account_id)
            await self._store.upsert_each(
                part, [(account_id, change)], step="operator.count_stored"
            )
