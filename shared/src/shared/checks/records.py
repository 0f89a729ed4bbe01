"""The store itself, and what an operator keeps in it: written, read, indexed; tariff; accounts."""

import time
from collections.abc import Mapping
from typing import Final, NamedTuple

from shared.checks.finding import Finding, bad, fine, span, warn
from shared.clock import parse_timestamp, utc_now
from shared.needs import EXECUTE, lacks, making
from shared.paging import pages
from shared.records import (
    ACCOUNTS,
    BROKERS,
    CURRENT_EPOCH,
    EPOCHS,
    TARIFF_TABLES,
    WAREHOUSES,
    PartyDocument,
)
from shared.store import Store

CLOCKS_WARN_SECONDS: Final = 1.0
CLOCKS_BAD_SECONDS: Final = 30.0
# The Commission revises the schedule several times a year.
TARIFF_SECONDS: Final = 180 * 86_400.0
ACCOUNTS_A_PAGE: Final = 200
NAMED: Final = 5  # in one line, at most
_PARTY: Final = {"account_id": 1, "content.address": 1, "content.email": 1}


async def of_store(store: Store) -> Finding:
    began = time.monotonic()
    if not await store.takes_writes():
        return bad("store", "does not take a record and give it back", "make status")
    took = round((time.monotonic() - began) * 1000)
    return fine("store", f"written and read in {took} ms")


async def of_indexes(store: Store) -> Finding:
    absent = await store.missing_indexes()
    if not absent:
        return fine("indexes", "all there")
    names = ", ".join(f"{index.collection}.{index.name}" for index in absent[:NAMED])
    line = f"{len(absent)} not there, {names}; a service makes them when it starts"
    return bad("indexes", line, "make up")


async def of_clock(store: Store) -> Finding:
    """The clock of this machine beside the store's, in the middle of one question."""
    before = utc_now()
    theirs = await store.now()
    apart = abs((theirs - (before + (utc_now() - before) / 2)).total_seconds())
    line = f"{apart * 1000:.0f} ms from the store's"
    if apart < CLOCKS_WARN_SECONDS:
        return fine("clock", line)
    judge = warn if apart < CLOCKS_BAD_SECONDS else bad
    return judge("clock", line, "timedatectl timesync-status")


async def of_tariff(store: Store) -> Finding:
    load = "entrygo tariff load FILE"
    table = await store.get(TARIFF_TABLES, "in_use")
    if table is None:
        return warn("tariff", "no table: HTS numbers are checked by their form alone", load)
    age = (await store.now() - parse_timestamp(table["loaded_at"])).total_seconds()
    edition = f" ({table['revision']})" if table.get("revision") else ""
    line = f"{table['numbers']} numbers from {table['source']}{edition}, loaded {span(age)} ago"
    return fine("tariff", line) if age < TARIFF_SECONDS else warn("tariff", line, load)


async def of_restore(store: Store) -> Finding:
    epoch = await store.get(EPOCHS, CURRENT_EPOCH)
    if epoch is None:
        return fine("restore", "this store was never restored")
    if epoch["restored_at"] is None:
        line = f"of backup {epoch['backup_id']}, begun {epoch['began_at']}, not whole"
        return bad("restore", line, "entrygo backup restore FOLDER")
    if epoch["released_at"] is None:
        line = f"what is older than {epoch['began_at']} is held until a person releases it"
        return warn("restore", line, 'entrygo export release --all --reason "..."')
    return fine("restore", f"of {epoch['taken_at']}, released {epoch['released_at']}")


class Lack(NamedTuple):
    account: str
    what: str
    mend: str  # the command


async def of_accounts(store: Store) -> Finding:
    """Those that cannot execute, and what they lack first; read in pages."""
    number, lacking, told = 0, 0, list[Lack]()
    async for page in pages(store, ACCOUNTS, size=ACCOUNTS_A_PAGE):
        number += len(page)
        lacks = await _lacks(store, page)
        lacking, told = lacking + len(lacks), (told + lacks)[:NAMED]
    if not told:
        return fine("accounts", f"{number}, each can execute")
    named = "; ".join(f"{lack.account}: {lack.what}" for lack in told)
    more = f"; and {lacking - NAMED} more" if lacking > NAMED else ""
    return warn("accounts", f"{lacking} of {number} cannot execute: {named}{more}", told[0].mend)


async def _lacks(store: Store, accounts: list[PartyDocument]) -> list[Lack]:
    of_these = {"account_id": {"$in": [account["_id"] for account in accounts]}}
    parties: dict[tuple[str, str], list[PartyDocument]] = {}
    for word, collection in (("warehouse", WAREHOUSES), ("broker", BROKERS)):
        for party in await store.find(collection, of_these, projection=_PARTY):
            parties.setdefault((word, party["account_id"]), []).append(party)
    return [lack for account in accounts if (lack := _lack(account, parties))]


def _lack(
    account: PartyDocument, parties: Mapping[tuple[str, str], list[PartyDocument]]
) -> Lack | None:
    id_ = account["_id"]
    for lack in _to_execute("account", account):
        return lack
    for word in ("warehouse", "broker"):
        own = parties.get((word, id_), [])
        if not own:
            return Lack(id_, f"no {word}", making(word, id_))
        if all(_to_execute(word, party) for party in own):
            return _to_execute(word, own[0])[0]
    return None


def _to_execute(word: str, party: PartyDocument) -> list[Lack]:
    return [
        Lack(party["account_id"], f"{lack.need.path} is {lack.state}", lack.command)
        for lack in lacks(word, party["_id"], party["content"])
        if lack.required_for == EXECUTE
    ]
