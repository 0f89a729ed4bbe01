"""`entrygo key`."""

from typing import Annotated

import typer

from entrygo_operator import api_keys
from entrygo_operator.commands.parties import AccountId, AnyAccount
from entrygo_operator.output import AsJson, print_record, print_rows, say
from entrygo_operator.session import run

keys = typer.Typer(no_args_is_help=True, help="API keys.")


@keys.command()
def create(
    *,
    account: AccountId,
    warehouse: Annotated[
        str | None, typer.Option("--warehouse", help="Limit the key to this warehouse.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What the key is for.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown this once."""
    made = run(
        lambda session: api_keys.create(session.store, account, warehouse_id=warehouse, name=name)
    )
    print_record(made, as_json=as_json)
    if not as_json:
        say("Keep the key now: it is not shown again.", "bold")


@keys.command("list")
def list_keys(*, account: AnyAccount = None, as_json: AsJson = False) -> None:
    """The keys, revoked ones too; never the secret."""
    rows = run(lambda session: api_keys.listed(session.store, account))
    columns = ("id", "account_id", "prefix", "name", "warehouse_id", "created_at", "revoked_at")
    print_rows(rows, columns, as_json=as_json, none="No keys.")


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Id of the key, or the key itself.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Make a key useless, at once."""
    print_record(run(lambda session: api_keys.revoke(session.store, key)), as_json=as_json)
