"""Accounts, warehouses and brokers: made, changed and listed.

What is given on the command line is a mapping of path (`importerOfRecord.number`) to value; an
empty text takes the field away. Content is checked whole by the contract's classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.canonical import content_hash
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.parties import (
    AccountContent,
    BrokerContent,
    PartyContent,
    WarehouseContent,
    dump_party,
)
from shared.errors import Refused
from shared.ids import minted_id
from shared.records import ACCOUNTS, BROKERS, WAREHOUSES, Collection, PartyDocument
from shared.store import Store


@dataclass(frozen=True)
class Kind:
    """One kind of record: its collection, the prefix of its ids, the class of its content."""

    word: str
    collection: Collection[PartyDocument]
    prefix: str
    content: type[PartyContent]


ACCOUNT = Kind("account", ACCOUNTS, "acc_", AccountContent)
WAREHOUSE = Kind("warehouse", WAREHOUSES, "wh_", WarehouseContent)
BROKER = Kind("broker", BROKERS, "br_", BrokerContent)


async def create(
    store: Store, kind: Kind, given: Mapping[str, Any], *, account_id: str | None = None
) -> PartyDocument:
    """A new record; an account is its own account."""
    if account_id is not None:
        await existing(store, ACCOUNT, account_id)
    id_ = minted_id(kind.prefix)
    content = _changed(kind, {}, given)
    now = timestamp(await store.now())
    record: PartyDocument = {
        "_id": id_,
        "account_id": account_id or id_,
        "content": content,
        "hash": content_hash(content),
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    await store.insert(kind.collection, record, step="operator.create_party")
    return record


async def update(store: Store, kind: Kind, id_: str, given: Mapping[str, Any]) -> PartyDocument:
    """The record after the change; one that changes nothing keeps its revision."""
    while True:
        record = await existing(store, kind, id_)
        content = _changed(kind, record["content"], given)
        if content == record["content"]:
            return record
        changed = await store.transition(
            kind.collection,
            {"_id": id_, "revision": record["revision"]},
            {
                "$set": {
                    "content": content,
                    "hash": content_hash(content),
                    "updated_at": timestamp(await store.now()),
                },
                "$inc": {"revision": 1},
            },
            step="operator.update_party",
        )
        if changed is not None:  # else another operator was faster: decide again
            return changed


async def existing(store: Store, kind: Kind, id_: str) -> PartyDocument:
    record = await store.get(kind.collection, id_)
    if record is None:
        raise Refused(
            ErrorCode.INVALID_ACCOUNT_SCOPE, f"There is no {kind.word} {id_}.", field=kind.word
        )
    return record


async def listed(store: Store, kind: Kind, account_id: str | None = None) -> list[PartyDocument]:
    query = {} if account_id is None else {"account_id": account_id}
    return await store.find(kind.collection, query, sort=[("created_at", 1), ("_id", 1)])


def view(record: PartyDocument) -> dict[str, Any]:
    """The record as it is shown: its id, its content, and what was stored about it."""
    shown = {"id": record["_id"], "accountId": record["account_id"], **record["content"]}
    if record["account_id"] == record["_id"]:
        del shown["accountId"]
    return shown | {
        "revision": record["revision"],
        "created_at": record["created_at"],
        "updated_at": record["updated_at"],
    }


def _changed(kind: Kind, content: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(content)
    for path, value in given.items():
        merged = _with(merged, path.split("."), value)
    return dump_party(kind.content.model_validate(merged))


def _with(content: Mapping[str, Any], path: list[str], value: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON value
    """A copy with the value at the path; an object that becomes empty goes too."""
    first, *rest = path
    changed = dict(content)
    new = _with(changed.get(first) or {}, rest, value) if rest else value
    if new in ("", {}, [], [""]):
        changed.pop(first, None)
    else:
        changed[first] = new
    return changed
