"""Durable upsert of products and orders: validated whole, then applied; the newest command wins."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from planner.repository import Repository
from planner.use_cases.applying import By, Command, applied, items_of
from planner.use_cases.issues import issues_of
from planner.use_cases.publishing import Publishing
from shared.clock import Clock, parse_timestamp, timestamp
from shared.contracts.base import after
from shared.contracts.errors import ErrorCode, Refusal
from shared.contracts.sync import (
    OrdersSynced,
    ProductsSynced,
    SyncedRecord,
    SyncOrders,
    SyncProducts,
)
from shared.errors import Refused
from shared.heavy import apart
from shared.messaging.journey import Asking
from shared.messaging.rabbit import Messages
from shared.messaging.topology import ORDERS_SYNCED
from shared.records import ORDERS, PRODUCTS, Collection, SyncedDocument
from shared.synced import line_product, record_id, weight
from shared.validation import each_once, invalid

AHEAD = timedelta(minutes=1)


class Syncing:
    def __init__(
        self, repository: Repository, messages: Messages, now: Clock, publishing: Publishing
    ) -> None:
        self._repository = repository
        self._publishing = publishing
        self._messages = messages
        self._now = now

    async def products(self, command: SyncProducts, sender: Asking) -> ProductsSynced:
        reading = self._refusal(command, PRODUCTS, sender)
        records, issues = await self._applied(command, PRODUCTS, sender, reading)
        return ProductsSynced(records=records, issues=issues)

    async def orders(self, command: SyncOrders, sender: Asking) -> OrdersSynced:
        reading = self._refusal(command, ORDERS, sender), self._unknown(command)
        records, issues = await self._applied(command, ORDERS, sender, *reading)
        account_id, command_id = command.account_id, command.command_id
        synced = OrdersSynced(account_id=account_id, command_id=command_id, records=records)
        await self._messages.announce(ORDERS_SYNCED, synced, step="planner.announce_synced")
        return synced.model_copy(update={"issues": issues})

    async def _applied(
        self,
        command: Command,
        collection: Collection[SyncedDocument],
        sender: Asking,
        *refusals: Awaitable[Refusal | None],
    ) -> tuple[tuple[SyncedRecord, ...], str | None]:
        """The records, and for who waits what the rules find in them as they stand."""
        making = apart(weight(command.items), lambda: items_of(command))
        items, found = await asyncio.gather(making, asyncio.gather(*refusals))
        seen, _ = await asyncio.gather(
            self._repository.marks(collection, command.account_id, items),
            self._accepted(command, next(filter(None, found), None), sender),
        )
        now = self._now()
        writing = applied(
            command, items, seen, self._repository, By(timestamp(now), sender.publisher)
        )
        if not sender.waits:
            return await writing, None
        contents = {id_: item.content for id_, item in items.items()}
        hashes = {id_: item.hash for id_, item in items.items()}
        looking = issues_of(command, contents, hashes, self._repository, now.date())
        records, issues = await asyncio.gather(writing, looking)
        if late := [record.id for record in records if record.superseded]:
            stored = await self._repository.contents(collection, command.account_id, late)
            issues = await issues_of(command, contents | stored, {}, self._repository, now.date())
        return records, issues

    async def _accepted(self, command: Command, refusal: Refusal | None, sender: Asking) -> None:
        """Raises the refusal; one that was answered is kept, so that no late copy runs."""
        if sender.waits:
            refusal = await self._repository.sync_verdict(command, refusal, self._now())
        if refusal:
            raise Refused.again(refusal)

    async def _refusal(
        self, command: Command, collection: Collection[SyncedDocument], sender: Asking
    ) -> Refusal | None:
        """Anyone inside may publish, for any account: nothing is kept for one that is not there."""
        try:
            await self._publishing.check(sender, command.account_id)
            ahead = parse_timestamp(command.issued_at) > self._now() + AHEAD
            if ahead and not await self._follows(command, collection):
                raise invalid("issued_at", "The command was issued in the future.")
            each_once(fact.external_id for fact in command.items)
        except Refused as refused:
            return refused.refusal
        if await self._repository.has_account(command.account_id):
            return None
        return Refused(ErrorCode.INVALID_ACCOUNT_SCOPE, field="account_id").refusal

    async def _follows(self, command: Command, collection: Collection[SyncedDocument]) -> bool:
        """Whether it was stamped just after what it found there, which was taken as it came."""
        account_id = command.account_id
        ids = (record_id(account_id, fact) for fact in command.items)
        stored = await self._repository.marks(collection, account_id, ids)
        return any(command.issued_at <= after(record["applied"]) for record in stored.values())

    async def _unknown(self, command: SyncOrders) -> Refusal | None:
        """The refusal that names every product the account does not have, if any."""
        named = await apart(weight(command.items), lambda: _named(command))
        known = await self._repository.known(PRODUCTS, command.account_id, named)
        missing = sorted(str(name) for id_, name in named.items() if id_ not in known)
        if not missing:
            return None
        return Refused(
            ErrorCode.PRODUCT_NOT_FOUND,
            f"{len(missing)} product(s) are not in the account's catalogue.",
            details={"productIds": missing},
        ).refusal


def _named(command: SyncOrders) -> dict[str, str | None]:
    """The products of its lines: how each is named, by id."""
    return {
        line_product(command.account_id, line): line.product_id or line.product_external_id
        for fact in command.items
        for line in fact.items
    }
