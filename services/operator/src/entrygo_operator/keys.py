"""`entrygo key`: API keys, shown once, kept as a hash."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.options import AnyAccount, duration
from entrygo_operator.output import Answer, record, rows
from entrygo_operator.parties import ACCOUNT, WAREHOUSE, AccountId, existing, of_account
from entrygo_operator.session import Session
from shared.canonical import sha256_hex
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.records import API_KEYS, KEY_USES, ApiKey, KeyUse
from shared.store import Store
from shared.validation import invalid

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
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="AGE|DAY", help="Good for 90d, or through 2027-01-31."),
    ] = None,
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
    now = await store.now()
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
        "created_at": timestamp(now),
        "revoked_at": None,
        "expires_at": expires and timestamp(_ending(expires, now)),
    }
    await store.insert(API_KEYS, made, step="operator.create_key")
    note = Text("Keep the key now: it is not shown again.", "bold")
    return record({"key": key, **view(made)}, note)


@command(keys, "list")
async def list_keys(session: Session, *, account: AnyAccount = None) -> Answer:
    """The keys, revoked ones too; never the secret. `last_used_at` is to the hour."""
    when = ("created_at", "last_used_at", "expires_at", "revoked_at")
    columns = ("id", "account_id", "prefix", "name", "warehouse_id", *when)
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
    use = await store.get(KEY_USES, id_)
    return record(view(found, use))


async def listed(store: Store, account_id: str | None) -> list[dict[str, Any]]:
    keys = await of_account(store, API_KEYS, account_id)
    uses = await store.get_many(KEY_USES, [key["_id"] for key in keys])
    return [view(key, uses.get(key["_id"])) for key in keys]


def view(key: ApiKey, use: KeyUse | None = None) -> dict[str, Any]:
    shown = {name: value for name, value in key.items() if name != "_id"}
    return {"id": key["_id"], **shown, "last_used_at": use and use["last_used_at"]}


def _ending(text: str, now: datetime) -> datetime:
    """When a key ends that is good for so long, or through that day (UTC)."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            end = datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(days=1)
        else:
            end = now + duration(text)
    except (ValueError, OverflowError, typer.BadParameter) as error:
        raise invalid("expires", f"{text!r} is neither 90d nor a day, as 2027-01-31 is.") from error
    if end <= now:
        raise invalid("expires", f"{text} is over already.")
    return end
