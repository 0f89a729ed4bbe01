"""`entrygo key`: API keys, shown once, kept as a hash."""

import secrets
from typing import Annotated, Any

import typer
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.options import AnyAccount
from entrygo_operator.output import Answer, record, rows
from entrygo_operator.parties import ACCOUNT, WAREHOUSE, AccountId, existing, of_account
from entrygo_operator.session import Session
from shared.canonical import sha256_hex
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.records import API_KEYS, ApiKey
from shared.store import Store

SHOWN = 4  # letters of the secret that a listing shows


keys = typer.Typer(no_args_is_help=True)


@command(keys, "create")
async def create(
    session: Session,
    *,
    account: AccountId,
    warehouse: Annotated[
        str | None, typer.Option("--warehouse", help="Limit the key to this warehouse.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What the key is for.")] = "",
) -> Answer:
    """Make a key. It is shown this once."""
    store = session.store
    owner = await existing(store, ACCOUNT, account)
    if warehouse is not None:
        limit = await existing(store, WAREHOUSE, warehouse)
        if limit["account_id"] != account:
            raise Refused(
                ErrorCode.INVALID_ACCOUNT_SCOPE,
                f"Warehouse {warehouse} is not of account {account}.",
                field="warehouse",
            )
    test = bool(owner["content"]["test"])
    kind = "shpbndl_test_" if test else "shpbndl_live_"
    key = kind + secrets.token_urlsafe(32)
    made: ApiKey = {
        "_id": sha256_hex(key.encode()),
        "account_id": account,
        "warehouse_id": warehouse,
        "test": test,
        "name": name,
        "prefix": key[: len(kind) + SHOWN],
        "created_at": timestamp(await store.now()),
        "revoked_at": None,
    }
    await store.insert(API_KEYS, made, step="operator.create_key")
    note = Text("Keep the key now: it is not shown again.", "bold")
    return record({"key": key, **view(made)}, note)


@command(keys, "list")
async def list_keys(session: Session, *, account: AnyAccount = None) -> Answer:
    """The keys, revoked ones too; never the secret."""
    columns = ("id", "account_id", "prefix", "name", "warehouse_id", "created_at", "revoked_at")
    return rows(await listed(session.store, account), columns, none="No keys.")


@command(keys, "revoke")
async def revoke(
    session: Session,
    key: Annotated[str, typer.Argument(help="Id of the key, or the key itself.")],
) -> Answer:
    """Make a key useless, at once."""
    store = session.store
    id_ = sha256_hex(key.encode()) if key.startswith("shpbndl_") else key
    await store.transition(
        API_KEYS,
        id_,
        {"revoked_at": None},
        {"$set": {"revoked_at": timestamp(await store.now())}},
        step="operator.revoke_key",
    )
    found = await store.get(API_KEYS, id_)
    if found is None:
        raise Refused(ErrorCode.INVALID_API_KEY, "There is no such key.", field="key")
    return record(view(found))


async def listed(store: Store, account_id: str | None) -> list[dict[str, Any]]:
    return [view(key) for key in await of_account(store, API_KEYS, account_id)]


def view(key: ApiKey) -> dict[str, Any]:
    return {"id": key["_id"]} | {name: value for name, value in key.items() if name != "_id"}
