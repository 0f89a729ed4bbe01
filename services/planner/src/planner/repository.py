"""What the planner reads and writes; it alone writes products, orders, plans and verdicts."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from planner.domain.facts import Party, Tariff
from shared import plans, records
from shared.bulk import Each, Guarded
from shared.claims import live_claims
from shared.contracts.base import Command
from shared.contracts.errors import Refusal
from shared.contracts.exports import PlanRequest
from shared.contracts.lifecycle import CurrentPlan, Event, ExportRecord, State
from shared.contracts.snapshot import TariffEdition
from shared.exports import Guard, Tell, Telling, advance, transition
from shared.records import (
    ACCOUNTS,
    PUBLISHERS,
    Claim,
    Collection,
    Document,
    PartyDocument,
    Publisher,
    Record,
    SyncedDocument,
)
from shared.store import Store

VERDICT_DAYS = 30
_IN_USE = "in_use"  # the pointer to the tariff table that plans are made by


class AskedFor(NamedTuple):
    """What a request for a plan names, as far as the account has it."""

    account: Party
    warehouse: Party | None
    broker: Party | None
    orders: dict[str, Document]
    claims: Mapping[str, Claim]
    tariff: Mapping[str, Any]  # the pointer to the tariff table in use; empty: none is loaded


class Repository:
    def __init__(self, store: Store, tell: Tell) -> None:
        self._store = store
        self._tell = tell

    # -- records

    async def records(
        self, collection: Collection[Record], account_id: str, ids: Iterable[str]
    ) -> dict[str, Record]:
        return await self._store.get_many(collection.of(account_id), ids)

    async def contents(
        self, collection: Collection[SyncedDocument], account_id: str, ids: Iterable[str]
    ) -> dict[str, Document]:
        found = await self.records(collection, account_id, ids)
        return {id_: record["content"] for id_, record in found.items()}

    async def publisher(self, name: str) -> Publisher | None:
        return await self._store.get(PUBLISHERS, name)

    async def beside_a_sync(self, account_id: str) -> tuple[Party, Mapping[str, Any]]:
        """The account, and the pointer to the tariff table in use."""
        read = self._store.reading
        accounts, tables = await asyncio.gather(
            read(ACCOUNTS.of(account_id), (account_id,)), read(records.TARIFF_TABLES, (_IN_USE,))
        )
        return _party(account_id, accounts) or Party(account_id, {}), tables.get(_IN_USE, {})

    async def brokers_complete(self, account_id: str) -> bool:
        """Whether each broker of the account takes numbers of fewer than ten digits."""
        name = "completesClassification"
        found = await self._store.find(
            records.BROKERS, {"account_id": account_id}, projection={f"content.{name}": 1}
        )
        return bool(found) and all(broker.get("content", {}).get(name) for broker in found)

    async def has_account(self, account_id: str) -> bool:
        return await self._store.get(ACCOUNTS.of(account_id), account_id) is not None

    async def marks(
        self, collection: Collection[SyncedDocument], account_id: str, ids: Iterable[str]
    ) -> dict[str, SyncedDocument]:
        """The records without their content, which is most of them."""
        query = {"_id": {"$in": list(ids)}, "account_id": account_id}
        found = await self._store.find(collection, query, projection={"content": 0})
        return {record["_id"]: record for record in found}

    async def known(
        self, collection: Collection[SyncedDocument], account_id: str, ids: Iterable[str]
    ) -> set[str]:
        """Those of the ids that the account has."""
        query = {"_id": {"$in": list(ids)}, "account_id": account_id}
        found = await self._store.find(collection, query, projection={"_id": 1})
        return {record["_id"] for record in found}

    async def apply(
        self,
        collection: Collection[SyncedDocument],
        account_id: str,
        new: Sequence[SyncedDocument],
        updates: Sequence[Guarded | Each],
    ) -> bool:
        """Whether all of it was written; some may be when it was not."""
        part = collection.of(account_id)
        if collection == records.ORDERS:
            return await self._store.write_each(part, new, updates, step="planner.apply_orders")
        return await self._store.write_each(part, new, updates, step="planner.apply_products")

    async def sync_verdict(
        self, command: Command, refusal: Refusal | None, now: datetime
    ) -> Refusal | None:
        """The verdict on a sync command: the first one stored, whoever asks again."""
        command_id, account_id = command.command_id, command.account_id
        document: Document = {
            "_id": command_id,
            "account_id": account_id,
            "request_id": command.request_id,
            "refusal": refusal and refusal.model_dump(),
            "expires_at": now + timedelta(days=VERDICT_DAYS),
        }
        if await self._store.put_if_absent(records.VERDICTS, document, step="planner.keep_verdict"):
            return refusal
        first = await self._store.get(records.VERDICTS.of(account_id), command_id) or document
        return Refusal.model_validate(first["refusal"]) if first["refusal"] else None

    # -- planning

    async def asked_for(self, account_id: str, request: PlanRequest) -> AskedFor:
        """What the request names, in one wave of reads."""
        read, warehouse_id, broker_id = self._store.reading, request.warehouse_id, request.broker_id
        accounts, warehouses, brokers, orders, claims, tables = await asyncio.gather(
            read(ACCOUNTS.of(account_id), (account_id,)),
            read(records.WAREHOUSES.of(account_id), (warehouse_id,)),
            read(records.BROKERS.of(account_id), (broker_id,)),
            read(records.ORDERS.of(account_id), request.order_ids),
            read(records.CLAIMS.of(account_id), request.order_ids),
            read(records.TARIFF_TABLES, (_IN_USE,)),
        )
        return AskedFor(
            account=_party(account_id, accounts) or Party(account_id, {}),
            warehouse=_party(warehouse_id, warehouses),
            broker=_party(broker_id, brokers),
            orders={id_: record["content"] for id_, record in orders.items()},
            claims=claims,
            tariff=tables.get(_IN_USE, {}),
        )

    async def exported(self, account_id: str, claims: Mapping[str, Claim]) -> dict[str, str]:
        """Those of the orders whose claim is not void, with the export that has each.

        The exports are read after the claims.
        """
        exports = await self._store.get_many(
            records.EXPORTS.of(account_id), {c["export"] for c in claims.values()}
        )
        return live_claims(claims, exports)

    async def tariff(self, pointer: Mapping[str, Any], numbers: Iterable[str]) -> Tariff | None:
        """The table that is pointed to, with the given ten-digit numbers of it."""
        if not pointer:
            return None
        table = pointer["table"]
        wanted = sorted(set(numbers))
        parts = await self._store.get_many(
            records.TARIFF_TABLES, {f"{table}:{number[:4]}" for number in wanted}
        )
        codes: dict[str, Any] = {}
        for part in parts.values():
            codes |= part["codes"]
        units = {number: list(codes[number]["units"]) for number in wanted if number in codes}
        edition = {name: pointer[name] for name in ("revision", "effective") if pointer.get(name)}
        return Tariff(table, units, cast("TariffEdition", edition))

    # -- plans

    async def put_large(self, snapshot: bytes, view: bytes) -> None:
        """Before the verdict that names them. Raises `BlobTooLarge`."""
        await self._store.put_blobs((snapshot, view), step="planner.put_blobs")

    async def snapshot(self, verdict: Document) -> bytes:
        return await plans.snapshot_in(self._store, verdict)

    async def view(self, verdict: Document) -> bytes:
        return await plans.view_in(self._store, verdict)

    async def plan(self, command_id: str, account_id: str) -> Document | None:
        return await self._store.get(records.PLANS.of(account_id), command_id)

    async def keep_plan(self, verdict: Document) -> Document:
        """The verdict on a plan command, plan or refusal: the first one stored."""
        if await self._store.put_if_absent(records.PLANS, verdict, step="planner.keep_plan"):
            return verdict
        return await self.plan(verdict["_id"], verdict["account_id"]) or verdict

    async def export(self, export_id: str, account_id: str) -> ExportRecord | None:
        return await self._store.get(records.EXPORTS.of(account_id), export_id)

    async def create_export(self, export: ExportRecord) -> None:
        """Once; what is to be told of one that is there already was told, or is marked."""
        if await self._store.put_if_absent(records.EXPORTS, export, step="planner.create_export"):
            self._tell(export)

    async def replan(
        self,
        export: ExportRecord,
        plan: CurrentPlan,
        fields: Mapping[str, Any],
        replanned: Event,
        now: str,
    ) -> bool:
        """Advances the export to another plan, if it is still planned at the revision seen."""
        planned = {
            "state": State.PLANNED.value,
            "plan_revision": export["plan_revision"],
            "mark": {"$lt": fields["mark"]},
        }
        advanced = await advance(
            Telling(self._store, self._tell),
            Guard(export["account_id"], export["_id"], planned),
            {**fields, "plan": plan, "plan_revision": plan["revision"]},
            [replanned],
            plans=plan,
            now=now,
            step="planner.replan_export",
        )
        return advanced is not None

    async def move_mark(self, export_id: str, account_id: str, stamp: str) -> None:
        """Before a re-plan is refused: an older copy of it must not run later.

        Nothing that anybody sees changes, so the revision stays, by which an operator acts.
        """
        guard = Guard(account_id, export_id, {"mark": {"$lt": stamp}})
        mark = {"$set": {"mark": stamp}}
        await transition(self._store, guard, mark, step="planner.move_mark")


def _party(id_: str, found: Mapping[str, PartyDocument]) -> Party | None:
    return Party(id_, found[id_]["content"]) if id_ in found else None
