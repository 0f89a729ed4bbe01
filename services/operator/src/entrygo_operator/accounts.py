"""`entrygo account`."""

from typing import Annotated, Any

import typer

from entrygo_operator import keys, options, parties, seeding, trial
from entrygo_operator.command import command
from entrygo_operator.missing import missing, told
from entrygo_operator.output import Answer, facts, rows
from entrygo_operator.parties import ACCOUNT, BROKER, WAREHOUSE, RecordId
from entrygo_operator.session import Session
from shared.store import Store

Record = dict[str, Any]

accounts = typer.Typer(no_args_is_help=True)


@command(accounts, "create", settings=options.ACCOUNT)
async def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    *,
    test: Annotated[bool, typer.Option("--test", help="A test account, for good.")] = False,
    given: dict[str, Any],
) -> Answer:
    """Make an account; with --test a whole one. Says what is missing, and how to give it."""
    store, brief = session.store, {}
    if test:
        made = await trial.make(store, name, given)
        brief = {
            "warehouse": made["warehouses"][0]["id"],
            "broker": {one["email"]: one["id"] for one in made["brokers"]},
        }
    else:
        content = {"name": name, "test": False, **given}
        made = parties.view(await parties.create(store, ACCOUNT, content))
    shown = {name: value for name, value in made.items() if name not in {"warehouses", "brokers"}}
    return await _with_missing(store, made, shown | brief)


@command(accounts, "list")
async def list_accounts(session: Session) -> Answer:
    """All accounts."""
    found = await parties.listed(session.store, ACCOUNT)
    return rows(found, ("id", "name", "test", "created_at"), none="No accounts.")


@command(accounts, "show")
async def show(session: Session, id_: RecordId) -> Answer:
    """One account, with its warehouses, brokers and keys, and what is missing."""
    store = session.store
    account = parties.view(await parties.existing(store, ACCOUNT, id_))
    parts = {
        "warehouses": await parties.listed(store, WAREHOUSE, id_),
        "brokers": await parties.listed(store, BROKER, id_),
        "keys": await keys.listed(store, id_),
    }
    brief = {
        part: [one.get("prefix", one["id"]) for one in found if not one.get("revoked_at")]
        for part, found in parts.items()
    }
    return await _with_missing(store, account | parts, account | brief)


async def _with_missing(store: Store, value: Record, shown: Record) -> Answer:
    lacks = await missing(store, value["id"])
    return Answer({**value, "missing": lacks}, [facts(shown), *told(lacks)])


@command(accounts, "seed")
async def seed(session: Session, id_: RecordId) -> Answer:
    """Sync products and orders to a test account, one for each finding."""
    found = await seeding.seed(session, id_)
    return rows(found, ("finding", "product", "order"), none="Nothing.")


parties.add_update(accounts, ACCOUNT, (options.NAME, *options.ACCOUNT))
