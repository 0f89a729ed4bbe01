"""`entrygo warehouse` and `entrygo broker`; and how an account, too, is made and changed.

What is given on the command line is a mapping of path (`importerOfRecord.number`) to value; an
empty text takes the field away. Content is checked whole by the contract's classes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from entrygo_operator import options
from entrygo_operator.addresses import completed
from entrygo_operator.command import command
from entrygo_operator.options import AnyAccount, Setting
from entrygo_operator.output import Answer, record, rows
from entrygo_operator.session import Session
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
from shared.ids import derived_id
from shared.records import ACCOUNTS, BROKERS, WAREHOUSES, Collection, PartyDocument, Place, Record
from shared.simulator import check_address
from shared.store import Store
from shared.text import absent_where_empty, without_empty

AccountId = Annotated[str, typer.Option("--account", help="Id of the account.")]
RecordId = Annotated[str, typer.Argument(metavar="ID", help="Id of the record.")]

warehouses = typer.Typer(no_args_is_help=True)
brokers = typer.Typer(no_args_is_help=True)


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
    """A new record; an account is its own account. The same again is the same record."""
    content = content_with(kind, {}, given)
    if account_id is not None:
        await _check(store, account_id, content)
    id_ = derived_id(kind.prefix, account_id or "", content_hash(content))
    now = timestamp(await store.now())
    made: PartyDocument = {
        "_id": id_,
        "account_id": account_id or id_,
        "content": content,
        "hash": content_hash(content),
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    if await store.put_if_absent(kind.collection, made, step="operator.create_party"):
        return made
    return await existing(store, kind, id_)


async def update(store: Store, kind: Kind, id_: str, given: Mapping[str, Any]) -> PartyDocument:
    """The record after the change; one that changes nothing keeps its revision."""
    while True:
        found = await existing(store, kind, id_)
        content = content_with(kind, found["content"], completed(given, found["content"]))
        if content == found["content"]:
            return found
        await _check(store, found["account_id"], content)
        changed = await store.transition(
            kind.collection.of(found["account_id"]),
            id_,
            {"revision": found["revision"]},
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
    found = await store.find(kind.collection, {"_id": id_})
    if not found:
        raise Refused(
            ErrorCode.INVALID_ACCOUNT_SCOPE, f"There is no {kind.word} {id_}.", field=kind.word
        )
    return found[0]


async def _check(store: Store, account_id: str, content: Mapping[str, Any]) -> None:
    """Raises where there is no such account, or the address is not for it."""
    owner = await existing(store, ACCOUNT, account_id)
    check_address(content.get("email"), test=owner["content"]["test"])


async def of_account(store: Store, place: Place[Record], account_id: str | None) -> list[Record]:
    """Oldest first; of all accounts where none is named."""
    query = {} if account_id is None else {"account_id": account_id}
    return await store.find(place, query, sort=[("created_at", 1), ("_id", 1)])


async def listed(store: Store, kind: Kind, account_id: str | None = None) -> list[dict[str, Any]]:
    return [view(party) for party in await of_account(store, kind.collection, account_id)]


def view(party: PartyDocument) -> dict[str, Any]:
    """The party as it is shown: its id, its content, and what was stored about it."""
    owner = {"accountId": party["account_id"]} if party["account_id"] != party["_id"] else {}
    return {
        "id": party["_id"],
        **owner,
        **party["content"],
        "revision": party["revision"],
        "created_at": party["created_at"],
        "updated_at": party["updated_at"],
    }


def content_with(
    kind: Kind, content: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    merged = dict(content)
    for path, value in given.items():
        merged = _with(merged, path.split("."), value)
    return dump_party(kind.content.model_validate(merged))


def _with(content: Mapping[str, Any], path: list[str], value: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON value
    """A copy with the value at the path; an object that becomes empty goes too."""
    first, *rest = path
    changed = dict(content)
    new = (
        _with(changed.get(first) or {}, rest, value)
        if rest
        else absent_where_empty(without_empty(value))
    )
    if new in (None, {}, []):
        changed.pop(first, None)
    else:
        changed[first] = new
    return changed


def add_update(group: typer.Typer, kind: Kind, settings: Sequence[Setting]) -> None:
    @command(
        group,
        "update",
        settings=settings,
        about=f"Change the {kind.word}; an empty text takes a field away.",
    )
    async def _(session: Session, id_: RecordId, *, given: dict[str, Any]) -> Answer:
        return record(view(await update(session.store, kind, id_, given)))


def _add_all(
    group: typer.Typer, kind: Kind, settings: Sequence[Setting], columns: Sequence[str]
) -> None:
    required = ("--name", "--country")

    @command(group, "create", settings=settings, required=required, about=f"Make a {kind.word}.")
    async def _(session: Session, *, account: AccountId, given: dict[str, Any]) -> Answer:
        made = await create(session.store, kind, completed(given), account_id=account)
        return record(view(made))

    @command(group, "list", about=f"The {kind.collection}.")
    async def _(session: Session, *, account: AnyAccount = None) -> Answer:
        found = await listed(session.store, kind, account)
        shown = ("id", "accountId", "name", *columns)
        return rows(found, shown, none=f"No {kind.collection}.")

    add_update(group, kind, settings)


_add_all(warehouses, WAREHOUSE, (options.NAME, *options.WAREHOUSE), ("country", "email"))
_add_all(brokers, BROKER, (options.NAME, *options.BROKER), ("email", "filerCode"))
