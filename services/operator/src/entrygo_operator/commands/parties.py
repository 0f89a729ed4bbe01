"""`entrygo account`, `entrygo warehouse`, `entrygo broker`."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from entrygo_operator import api_keys, options, parties
from entrygo_operator.addresses import completed
from entrygo_operator.options import Setting
from entrygo_operator.output import AsJson, print_record, print_rows
from entrygo_operator.parties import Kind
from entrygo_operator.session import Session, run

AccountId = Annotated[str, typer.Option("--account", help="Id of the account.")]
RecordId = Annotated[str, typer.Argument(metavar="ID", help="Id of the record.")]
AnyAccount = Annotated[str | None, typer.Option("--account", help="Only this account's.")]

accounts = typer.Typer(no_args_is_help=True, help="Accounts: who exports.")
warehouses = typer.Typer(no_args_is_help=True, help="Warehouses: where shipments leave from.")
brokers = typer.Typer(no_args_is_help=True, help="Customs brokers: who files the entry.")


def _create_account(
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    *,
    test: Annotated[bool, typer.Option("--test", help="A test account, for good.")] = False,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Make an account."""
    content = {"name": name, "test": test, **given}
    record = run(lambda session: parties.create(session.store, parties.ACCOUNT, content))
    print_record(parties.view(record), as_json=as_json)


@accounts.command("list")
def list_accounts(*, as_json: AsJson = False) -> None:
    """All accounts."""
    records = run(lambda session: parties.listed(session.store, parties.ACCOUNT))
    rows = [parties.view(record) for record in records]
    print_rows(rows, ("id", "name", "test", "created_at"), as_json=as_json, none="No accounts.")


@accounts.command("show")
def show_account(id_: RecordId, *, as_json: AsJson = False) -> None:
    """One account, with its warehouses, brokers and keys."""

    async def work(session: Session) -> dict[str, Any]:
        store = session.store
        account = await parties.existing(store, parties.ACCOUNT, id_)
        warehouses = await parties.listed(store, parties.WAREHOUSE, id_)
        brokers = await parties.listed(store, parties.BROKER, id_)
        return parties.view(account) | {
            "warehouses": [parties.view(one) for one in warehouses],
            "brokers": [parties.view(one) for one in brokers],
            "keys": await api_keys.listed(store, id_),
        }

    found = run(work)
    if not as_json:
        for part, field in (("warehouses", "id"), ("brokers", "id"), ("keys", "prefix")):
            found[part] = [one[field] for one in found[part] if not one.get("revoked_at")]
    print_record(found, as_json=as_json)


def _add_update(app: typer.Typer, kind: Kind, settings: Sequence[Setting]) -> None:
    def update(id_: RecordId, *, as_json: AsJson = False, given: dict[str, Any]) -> None:
        record = run(lambda session: parties.update(session.store, kind, id_, completed(given)))
        print_record(parties.view(record), as_json=as_json)

    app.command("update", help=f"Change a {kind.word}; an empty text takes a field away.")(
        options.taking(settings, update)
    )


def _add_create_and_list(
    app: typer.Typer, kind: Kind, settings: Sequence[Setting], columns: Sequence[str]
) -> None:
    def create(*, account: AccountId, as_json: AsJson = False, given: dict[str, Any]) -> None:
        record = run(
            lambda session: parties.create(
                session.store, kind, completed(given), account_id=account
            )
        )
        print_record(parties.view(record), as_json=as_json)

    def list_records(*, account: AnyAccount = None, as_json: AsJson = False) -> None:
        records = run(lambda session: parties.listed(session.store, kind, account))
        shown = ("id", "accountId", "name", *columns)
        print_rows(
            [parties.view(record) for record in records],
            shown,
            as_json=as_json,
            none=f"No {kind.collection}.",
        )

    app.command("create", help=f"Make a {kind.word}.")(
        options.taking(settings, create, required=("--name", "--country"))
    )
    app.command("list", help=f"The {kind.collection}.")(list_records)


accounts.command("create")(options.taking(options.ACCOUNT, _create_account))
_add_update(accounts, parties.ACCOUNT, (options.NAME, *options.ACCOUNT))
for _app, _kind, _settings, _columns in (
    (warehouses, parties.WAREHOUSE, options.WAREHOUSE, ("country", "email")),
    (brokers, parties.BROKER, options.BROKER, ("email", "filerCode")),
):
    _add_create_and_list(_app, _kind, (options.NAME, *_settings), _columns)
    _add_update(_app, _kind, (options.NAME, *_settings))
