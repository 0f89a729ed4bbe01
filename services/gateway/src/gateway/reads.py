"""What the gateway reads of the store, always within the caller's account and warehouse."""

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from gateway.auth import Principal
from gateway.listings import Listed, Listings, Page
from gateway.plan_texts import PlanText, PlanTexts, plan_text
from gateway.record_views import View
from gateway.views import export_row
from shared import plans
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import ExportPlanned
from shared.contracts.lifecycle import CurrentPlan, ExportRecord, Status
from shared.errors import BlobCorrupt, Refused
from shared.exports import where_status
from shared.heavy import apart
from shared.ids import order_id
from shared.records import (
    ACCOUNTS,
    BROKERS,
    EXPORTS,
    PLANS,
    WAREHOUSES,
    Collection,
    Document,
    PartyDocument,
    SyncedDocument,
)
from shared.store import Store
from shared.whereabouts import BRIEF, exports_of, with_order

_PARTY_SECONDS: Final = 1.0
_MOST_PARTIES: Final = 10_000


class Wanted(NamedTuple):
    """Which exports: all that is given must hold."""

    status: Status | None = None
    order_id: str | None = None
    external_id: str | None = None  # of an order
    package_number: str | None = None

    def order_ids(self, account_id: str) -> list[str]:
        own = self.external_id and order_id(account_id, self.external_id)
        return [id_ for id_ in (self.order_id, own) if id_]


class Reads:
    def __init__(self, store: Store, page_bytes: int) -> None:
        self._store = store
        self._lists = Listings(store, page_bytes)
        self._parties: dict[tuple[str, str], float] = {}
        self._texts = PlanTexts()

    # -- scope

    async def check_party(
        self, caller: Principal, collection: Collection[PartyDocument], id_: str, field: str
    ) -> None:
        """403 unless the warehouse or broker is the caller's; remembered for a second."""
        allowed = collection != WAREHOUSES or caller.may_see(id_)
        if allowed and not await self._has_party(caller.account_id, collection, id_):
            allowed = False
        if not allowed:
            raise Refused(ErrorCode.INVALID_ACCOUNT_SCOPE, field=field)

    async def _has_party(
        self, account_id: str, collection: Collection[PartyDocument], id_: str
    ) -> bool:
        place = (account_id, f"{collection}/{id_}")
        if self._parties.get(place, 0.0) > time.monotonic():
            return True
        if await self._store.get(collection.of(account_id), id_) is None:
            return False
        if len(self._parties) >= _MOST_PARTIES:
            self._parties.clear()
        self._parties[place] = time.monotonic() + _PARTY_SECONDS
        return True

    # -- exports

    async def export(self, caller: Principal, export_id: str) -> ExportRecord:
        """The export, or 404: unknown, another account's and another warehouse's look alike."""
        found = await self._store.get(EXPORTS.of(caller.account_id), export_id)
        if found is None or not caller.may_see(found["warehouse_id"]):
            raise Refused(ErrorCode.EXPORT_NOT_FOUND)
        return found

    async def exports(self, caller: Principal, page: Page, wanted: Wanted) -> Listed:
        account_id = caller.account_id
        every = [{"account_id": account_id}, _seen_by(caller)]
        if wanted.status:
            every.append(where_status(wanted.status))
        if wanted.package_number:
            every.append({"package_number": wanted.package_number})
        orders = wanted.order_ids(account_id)
        every += [await with_order(self._store, account_id, order) for order in orders]
        return await self._lists.page(EXPORTS, {"$and": every}, page, export_row, BRIEF)

    async def exports_of(
        self, caller: Principal, order_ids: Iterable[str]
    ) -> dict[str, list[ExportRecord]]:
        """By order, the exports that have it, as far as the caller may see them."""
        seen = _seen_by(caller)
        return await exports_of(self._store, caller.account_id, order_ids, of=seen)

    async def snapshot(self, export: ExportRecord) -> bytes:
        return await plans.snapshot_of(self._store, export["account_id"], export["plan"])

    async def view(self, account_id: str, plan: CurrentPlan) -> PlanText:
        """The plan as it was answered."""
        digest = plan["view_sha256"]
        if known := self._texts.known(digest):
            return known
        stored = await plans.view_of(self._store, account_id, plan)
        return self._texts.keep(digest, await apart(len(stored), lambda: plan_text(stored)))

    async def planned(self, reply: ExportPlanned) -> PlanText:
        """The plan that was just made: its view is in the reply, or too large for it."""
        digest = reply.view_sha256
        stored = reply.view.encode() if reply.view else await self.blob(digest or "")
        text = await apart(len(stored), lambda: plan_text(stored))
        return text if digest is None else self._texts.keep(digest, text)

    async def plan_of_command(
        self, caller: Principal, command_id: str
    ) -> tuple[str, CurrentPlan] | None:
        """The plan that a command made, wherever it stands in its export's history."""
        verdict = await self._store.get(PLANS.of(caller.account_id), command_id)
        export_id = (verdict or {}).get("export_id")
        if export_id is None:
            return None
        export = await self._store.get(EXPORTS.of(caller.account_id), export_id)
        plans = export["plans"] if export else []
        return next(((export_id, p) for p in plans if p["command_id"] == command_id), None)

    # -- packages

    async def packaged(self, caller: Principal, package_id: str) -> ExportRecord:
        """The export of this package, or 404; one that an abandoned attempt had is no package."""
        found = await self._store.find(
            EXPORTS, {"account_id": caller.account_id, "package_id": package_id}, limit=1
        )
        if not found or not caller.may_see(found[0]["warehouse_id"]):
            raise Refused(ErrorCode.CUSTOMS_PACKAGE_NOT_FOUND)
        return found[0]

    async def blob(self, digest: str) -> bytes:
        return await self._store.get_blob(digest)

    # -- the catalogue

    async def record(
        self, caller: Principal, collection: Collection[SyncedDocument], id_: str
    ) -> SyncedDocument | None:
        return await self._store.get(collection.of(caller.account_id), id_)

    async def records(
        self, caller: Principal, collection: Collection[SyncedDocument], ids: list[str]
    ) -> list[SyncedDocument]:
        """The records with these ids, in their order."""
        found = await self._store.get_many(collection.of(caller.account_id), ids)
        missing = [id_ for id_ in ids if id_ not in found]
        if missing:
            raise BlobCorrupt(f"{collection} that were just written are missing: {missing[:3]}")
        return [found[id_] for id_ in ids]

    async def newest(
        self, caller: Principal, collection: Collection[Any], ids: Iterable[str], mark: str
    ) -> tuple[datetime, str | None]:
        """The store's time, and the newest stamp in the field `mark` of these records.

        Both are read in the time of one round trip. Whatever was acknowledged before is seen.
        """
        query = {"_id": {"$in": list(ids)}, "account_id": caller.account_id}
        now, marked = await asyncio.gather(
            self._store.now(),
            self._store.find(collection, query, sort=[(mark, -1)], limit=1, projection={mark: 1}),
        )
        return now, marked[0][mark] if marked else None

    async def search(
        self,
        caller: Principal,
        collection: Collection[SyncedDocument],
        page: Page,
        ids: list[str],
        show: Callable[[SyncedDocument], View],
    ) -> Listed:
        query: Document = {"account_id": caller.account_id}
        if ids:
            query["_id"] = {"$in": ids}
        return await self._lists.page(collection, query, page, show)

    async def account(
        self, caller: Principal
    ) -> tuple[PartyDocument, list[PartyDocument], list[PartyDocument]]:
        account = await self._store.get(ACCOUNTS.of(caller.account_id), caller.account_id)
        if account is None:
            raise Refused(ErrorCode.INVALID_API_KEY)
        mine: Document = {"account_id": caller.account_id}
        own = {"_id": caller.warehouse_id} if caller.warehouse_id is not None else {}
        by_age = [("created_at", 1), ("_id", 1)]
        warehouses = await self._store.find(WAREHOUSES, mine | own, sort=by_age)
        return account, warehouses, await self._store.find(BROKERS, mine, sort=by_age)


def _seen_by(caller: Principal) -> Document:
    return {} if caller.warehouse_id is None else {"warehouse_id": caller.warehouse_id}
