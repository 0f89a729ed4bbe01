"""`entrygo find`: what an id, a reference or a number belongs to, in any account."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple

import typer
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.exports import summaries, to_type
from entrygo_operator.output import Answer, facts
from entrygo_operator.session import Session
from shared.canonical import sha256_hex
from shared.contracts.lifecycle import ExportRecord
from shared.errors import QueueUnavailable
from shared.ids import order_id, product_id, read_package_number
from shared.messaging.dead_letters import looked_at
from shared.messaging.topology import SERVICES
from shared.records import (
    ACCOUNTS,
    API_KEYS,
    BROKERS,
    EXPORTS,
    ORDERS,
    PLANS,
    PRODUCTS,
    VERDICTS,
    WAREHOUSES,
    Document,
    SyncedDocument,
)
from shared.store import Store
from shared.text import canonical
from shared.validation import invalid
from shared.whereabouts import BRIEF, exports_of

MOST: Final = 20  # exports told
_PACKAGE: Final = re.compile(r"CP[-\s]?\d{4}", re.IGNORECASE)
_MESSAGE: Final = re.compile(r"<?(sub_[0-9a-f]+)(?:\.(batch_[0-9a-f]+))?@")
_PARTIES: Final = {"acc": ACCOUNTS, "wh": WAREHOUSES, "br": BROKERS}
# Where an export's record mentions what has no index of its own: one account is read at a time.
_MENTIONS: Final = (
    *(
        f"deliveries.{partner}.{name}"
        for partner in ("BROKER", "WAREHOUSE")
        for name in ("submission_id", "notification_id", "message_id")
    ),
    *("events.id", "events.data.command_id", "events.data.request_id", "artifacts.id"),
    *("execution.command_id", "execution.request_id", "last_execution.command_id"),
    "plan.plan_hash",
)

finds = typer.Typer()


class Found(NamedTuple):
    """What it belongs to, what is known of that, and what to type next."""

    kind: str
    facts: dict[str, Any]
    next: list[str]


@command(finds, "find")
async def find(
    session: Session,
    anything: Annotated[
        str,
        typer.Argument(
            metavar="ANYTHING",
            help="An id of any kind, one's own reference, a package number, a Message-ID, "
            "a request id, a key, an account's name.",
        ),
    ],
) -> Answer:
    """What it belongs to, in any account, and what to type next; exit 1 where nothing is found."""
    text = canonical(anything).strip("<>\"'`")
    known = await session.store.find(ACCOUNTS, {})
    accounts = {one["_id"]: one["content"]["name"] for one in known}
    found = list[Found]()
    for look in _LOOKS:
        found += [one async for one in look(session, text, accounts)]
    if not found and _PACKAGE.match(text) and not read_package_number(text):
        raise invalid("anything", f"{text} has a slip: its check character does not fit.")
    value = {"asked": text, "found": [{"kind": f.kind, **f.facts, "next": f.next} for f in found]}
    shown = [part for one in found for part in _shown(one)]
    none = Text(f"Nothing is called {text}. The services' logs name each request: make logs.")
    return Answer(value, shown or [none], failed=not found)


def _shown(found: Found) -> Sequence[Any]:
    typed = [Text(f"  -> {command}", "bold") for command in found.next]
    return [Text(found.kind, "bold underline"), facts(found.facts), *typed, Text()]


Accounts = Mapping[str, str]  # their names


async def _export(session: Session, text: str, accounts: Accounts) -> AsyncIterator[Found]:
    store, found = session.store, list[ExportRecord]()
    message, prefix = _MESSAGE.match(text), text.partition("_")[0]
    if _PACKAGE.match(text):
        number = {"package_number": read_package_number(text) or text}
        found = await store.find(EXPORTS, number, projection=BRIEF)
    elif prefix == "batch" or (message and message[2]):
        id_ = message[2] if message else text
        found = await store.find(EXPORTS, {"_id": id_}, projection=BRIEF)
    elif prefix not in {"acc", "wh", "br", "ord", "prod", "shpbndl"}:
        found = await _mentioning(store, message[1] if message else text, accounts)
    for told, export in zip(await summaries(store, found), found, strict=True):
        yield Found("export", told, [f"entrygo export show {export['_id']}", *to_type(export)])


async def _mentioning(store: Store, text: str, accounts: Accounts) -> list[ExportRecord]:
    """The exports that name it, the newest change first."""
    plans = await store.find(PLANS, _asked(text), projection={"export_id": 1})
    by_plan = {"_id": {"$in": [plan["export_id"] for plan in plans]}}
    found = list[ExportRecord]()
    for account_id in accounts:
        in_unit = {"account_id": account_id, "unit_ids": text}
        if text.startswith("unit_"):
            named = await store.find(PLANS, in_unit, limit=MOST, projection={"export_id": 1})
            any_of: list[Document] = [{"_id": {"$in": [plan["export_id"] for plan in named]}}]
        else:
            any_of = [by_plan, {"package_id": text}, *({path: text} for path in _MENTIONS)]
        query = {"account_id": account_id, "$or": any_of}
        found += await store.find(EXPORTS, query, limit=MOST, projection=BRIEF)
    return sorted(found, key=lambda export: export["updated_at"], reverse=True)[:MOST]


async def _party(session: Session, text: str, accounts: Accounts) -> AsyncIterator[Found]:
    if place := _PARTIES.get(text.partition("_")[0]):
        for party in await session.store.find(place, {"_id": text}):
            yield _of_party(party["_id"], party["account_id"], party["content"]["name"], accounts)
    for id_, name in accounts.items():
        if len(text) > 2 and text.casefold() in name.casefold():  # noqa: PLR2004  # says something
            yield _of_party(id_, id_, name, accounts)


def _of_party(id_: str, account_id: str, name: str, accounts: Accounts) -> Found:
    kind = _PARTIES[id_.partition("_")[0]].removesuffix("s")
    owner = {} if id_ == account_id else _owner(account_id, accounts)
    return Found(kind, {"id": id_, "name": name, **owner}, [f"entrygo account show {account_id}"])


async def _record(session: Session, text: str, accounts: Accounts) -> AsyncIterator[Found]:
    """By its id, or by the reference that one of the accounts gives it."""
    for place, id_of in ((ORDERS, order_id), (PRODUCTS, product_id)):
        ids = [text, *(id_of(account_id, text) for account_id in accounts)]
        for record in await session.store.find(place, {"_id": {"$in": ids}}):
            kind, account_id = place.removesuffix("s"), record["account_id"]
            shown = _synced(record) | _owner(account_id, accounts)
            following = [f"entrygo account show {account_id}"]
            if place == ORDERS:
                having = (await exports_of(session.store, account_id, [record["_id"]])).values()
                exports = [export for each in having for export in each][:MOST]
                shown["exports"] = [
                    {name: told[name] for name in ("id", "status", "package_number")}
                    for told in await summaries(session.store, exports)
                ]
                following = [f"entrygo export show {export['_id']}" for export in exports]
            yield Found(kind, shown, following)


def _synced(record: SyncedDocument) -> dict[str, Any]:
    known = ("external_id", "revision", "created_at", "updated_at")
    told = {"id": record["_id"], **{name: record[name] for name in known}}  # type: ignore[literal-required]  # its names
    return told | ({"publisher": by} if (by := record.get("publisher")) else {})


async def _command(session: Session, text: str, accounts: Accounts) -> AsyncIterator[Found]:
    """A sync, or a plan that was refused, by its request or by its command."""
    told = {"request_id": 1, "account_id": 1, "refusal": 1}
    for place, kind, more in ((VERDICTS, "sync", {}), (PLANS, "plan", {"kind": "refusal"})):
        for verdict in await session.store.find(place, _asked(text) | more, projection=told):
            refusal, account_id = verdict["refusal"], verdict["account_id"]
            outcome = f"{refusal['error_code']}: {refusal['message']}" if refusal else "accepted"
            shown = {"id": verdict["_id"], "request_id": verdict.get("request_id")}
            shown |= {"outcome": outcome, **_owner(account_id, accounts)}
            yield Found(kind, shown, [f"entrygo account show {account_id}"])


def _asked(text: str) -> Document:
    return {"$or": [{"_id": text}, {"request_id": text}]}


async def _key(session: Session, text: str, accounts: Accounts) -> AsyncIterator[Found]:
    """By the key itself, its id, or what a list shows of it."""
    if not re.match(r"shpbndl_|[0-9a-f]{64}$", text):
        return
    ids = {"$or": [{"_id": {"$in": [text, sha256_hex(text.encode())]}}, {"prefix": text}]}
    for key in await session.store.find(API_KEYS, ids):
        shown = {"id": key["_id"], "prefix": key["prefix"], "revoked_at": key["revoked_at"]}
        account_id = key["account_id"]
        following = [f"entrygo key list --account {account_id}", f"entrygo key revoke {key['_id']}"]
        yield Found("key", shown | _owner(account_id, accounts), following)


async def _letter(session: Session, text: str, _accounts: Accounts) -> AsyncIterator[Found]:
    """A dead letter of that id, or one that names it."""
    try:
        async with session.messages() as messages:
            for service in SERVICES:
                async for letter in looked_at(messages, service):
                    if letter.id == text or text.encode() in letter.body:
                        shown = {"id": letter.id, "type": letter.type, "died_at": letter.died_at}
                        following = [f"entrygo dlq show {letter.id}"]
                        yield Found("dead letter", shown, following)
    except QueueUnavailable as error:
        yield Found("dead letters", {"not looked at": str(error)}, ["make status"])


def _owner(account_id: str, accounts: Accounts) -> dict[str, Any]:
    return {"account_id": account_id, "account": accounts.get(account_id)}


Look = Callable[[Session, str, Accounts], AsyncIterator[Found]]
_LOOKS: Final[tuple[Look, ...]] = (_export, _record, _party, _command, _key, _letter)
