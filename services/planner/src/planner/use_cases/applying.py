"""Writes what a sync brings: of each record the newest command wins, whoever else writes it.

One read of what is stored, without contents, and one bulk of writes that hold only while it is so;
where one does not hold, another command was there in between, and what is left is decided anew.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from planner.repository import Repository
from shared.bulk import Each, Guarded
from shared.canonical import content_hash
from shared.contracts.catalogue import ProductFact
from shared.contracts.orders import OrderFact
from shared.contracts.sync import SyncedRecord, SyncOrders, SyncProducts
from shared.records import ORDERS, PRODUCTS, Document, SyncedDocument
from shared.synced import content_of, record_id

Command = SyncOrders | SyncProducts


class Item(NamedTuple):
    fact: OrderFact | ProductFact
    content: Document
    hash: str


class By(NamedTuple):
    """When it is written, and which publisher writes, where one does."""

    now: str
    publisher: str | None


def items_of(command: Command) -> dict[str, Item]:
    """What is to be written, by id, in the order of the command."""
    items = ((fact, content_of(command.account_id, fact)) for fact in command.items)
    return {
        record_id(command.account_id, fact): Item(fact, content, content_hash(content))
        for fact, content in items
    }


async def applied(
    command: Command,
    items: Mapping[str, Item],
    seen: Mapping[str, SyncedDocument],
    repository: Repository,
    by: By,
) -> tuple[SyncedRecord, ...]:
    """What became of each item, in the order of the command; `seen` is what was stored."""
    collection = ORDERS if isinstance(command, SyncOrders) else PRODUCTS
    while True:
        changes = _Changes(command, by)
        for id_, item in items.items():
            changes.decide(id_, item, seen.get(id_))
        updates = changes.updates()
        if not (changes.new or updates) or await repository.apply(
            collection, command.account_id, changes.new, updates
        ):
            stamp = command.stamp
            return tuple(_told(id_, after, stamp) for id_, after in changes.after.items())
        seen = await repository.marks(collection, command.account_id, items)


class _Changes:
    """What a command changes of what is stored, and how each record is afterwards."""

    def __init__(self, command: Command, by: By) -> None:
        self._account_id, self._stamp = command.account_id, command.stamp
        self._by = by
        self.new: list[SyncedDocument] = []
        self.after: dict[str, Mapping[str, Any]] = {}
        self._changed: dict[str, dict[str, Document]] = defaultdict(dict)  # by the mark seen
        self._unchanged: dict[str, list[str]] = defaultdict(list)

    def decide(self, id_: str, item: Item, was: SyncedDocument | None) -> None:
        """An equal content keeps the revision; an older command changes nothing."""
        stamp = self._stamp
        if was is None:
            made = self._made(id_, item)
            self.new.append(made)
            self.after[id_] = made
        elif was["applied"] >= stamp:
            self.after[id_] = was
        elif (was["hash"], was["metadata"]) == (item.hash, item.fact.metadata):
            self._unchanged[was["applied"]].append(id_)
            self.after[id_] = was | {"applied": stamp}
        else:
            fields: Document = {"metadata": item.fact.metadata, "applied": stamp}
            if self._by.publisher or was.get("publisher"):
                fields["publisher"] = self._by.publisher
            if was["hash"] != item.hash:
                fields |= {"content": item.content, "hash": item.hash}
                fields |= {"revision": was["revision"] + 1, "updated_at": self._by.now}
            self._changed[was["applied"]][id_] = fields
            self.after[id_] = was | fields

    def updates(self) -> list[Guarded | Each]:
        """The mark moves forward also where nothing else changes: an older command is too late."""
        mark = {"$set": {"applied": self._stamp}}
        return [
            *(Each(fields, {"applied": seen}) for seen, fields in self._changed.items()),
            *(Guarded(ids, {"applied": seen}, mark) for seen, ids in self._unchanged.items()),
        ]

    def _made(self, id_: str, item: Item) -> SyncedDocument:
        made = SyncedDocument(
            _id=id_,
            account_id=self._account_id,
            external_id=item.fact.external_id,
            content=item.content,
            metadata=item.fact.metadata,
            hash=item.hash,
            applied=self._stamp,
            revision=1,
            created_at=self._by.now,
            updated_at=self._by.now,
        )
        if self._by.publisher:
            made["publisher"] = self._by.publisher
        return made


def _told(id_: str, after: Mapping[str, Any], stamp: str) -> SyncedRecord:
    return SyncedRecord.model_construct(
        id=id_,
        external_id=after["external_id"],
        revision=after["revision"],
        superseded=after["applied"] > stamp,
        created_at=after["created_at"],
        updated_at=after["updated_at"],
    )
