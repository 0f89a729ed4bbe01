"""`entrygo account`."""

from typing import Annotated, Any

import typer

from entrygo_operator import keys, options, parties, seeding, trial
from entrygo_operator.command import command
from entrygo_operator.output import Answer, facts, record, rows
from entrygo_operator.parties import ACCOUNT, BROKER, WAREHOUSE, RecordId
from entrygo_operator.session import Session

accounts = typer.Typer(no_args_is_help=True, help="Accounts: who exports.")


@command(accounts, "create", settings=options.ACCOUNT)
async def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    *,
    test: Annotated[bool, typer.Option("--test", help="A test account, for good.")] = False,
    given: dict[str, Any],
) -> Answer:
    """Make an account; with --test a whole one, with a broker for each outcome."""
    if test:
        made = await trial.make(session.store, name, given)
        parts = {part: [one["id"] for one in made[part]] for part in ("warehouses", "brokers")}
        return Answer(made, [facts(made | parts)])
    content = {"name": name, "test": False, **given}
    return record(parties.view(await parties.create(session.store, ACCOUNT, content)))


@command(accounts, "list")
async def list_accounts(session: Session) -> Answer:
    """All accounts."""
    found = await parties.listed(session.store, ACCOUNT)
    return rows(found, ("id", "name", "test", "created_at"), none="No accounts.")


@command(accounts, "show")
async def show(session: Session, id_: RecordId) -> Answer:
    """One account, with its warehouses, brokers and keys."""
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
    return Answer(account | parts, [facts(account | brief)])


@command(accounts, "seed")
async def seed(session: Session, id_: RecordId) -> Answer:
    """Sync products and orders to a test account, one for each finding."""
    found = await seeding.seed(session, id_)
    return rows(found, ("finding", "product", "order"), none="Nothing.")


parties.add_update(accounts, ACCOUNT, (options.NAME, *options.ACCOUNT))
