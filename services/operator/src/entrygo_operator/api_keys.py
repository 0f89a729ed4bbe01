"""API keys: shown once, kept as a hash."""

import secrets
from typing import Any

from entrygo_operator.parties import ACCOUNT, WAREHOUSE, existing
from shared.canonical import sha256_hex
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.records import API_KEYS, ApiKey
from shared.store import Store

SHOWN = 4  # letters of the secret that a listing shows


async def create(
    store: Store, account_id: str, *, warehouse_id: str | None, name: str
) -> dict[str, Any]:
    """A new key; what is answered holds it, what is stored does not."""
    account = await existing(store, ACCOUNT, account_id)
    if warehouse_id is not None:
        warehouse = await existing(store, WAREHOUSE, warehouse_id)
        if warehouse["account_id"] != account_id:
            raise Refused(
                ErrorCode.INVALID_ACCOUNT_SCOPE,
                f"Warehouse {warehouse_id} is not of account {account_id}.",
                field="warehouse",
            )
    test = bool(account["content"]["test"])
    kind = "shpbndl_test_" if test else "shpbndl_live_"
    key = kind + secrets.token_urlsafe(32)
    record: ApiKey = {
        "_id": sha256_hex(key.encode()),
        "account_id": account_id,
        "warehouse_id": warehouse_id,
        "test": test,
        "name": name,
        "prefix": key[: len(kind) + SHOWN],
        "created_at": timestamp(await store.now()),
        "revoked_at": None,
    }
    await store.insert(API_KEYS, record, step="operator.create_key")
    return {"key": key, **view(record)}


async def listed(store: Store, account_id: str | None) -> list[dict[str, Any]]:
    query = {} if account_id is None else {"account_id": account_id}
    return [view(key) for key in await store.find(API_KEYS, query, sort=[("created_at", 1)])]


async def revoke(store: Store, name: str) -> dict[str, Any]:
    """Revokes the key with this id, or this key itself; again changes nothing."""
    id_ = sha256_hex(name.encode()) if name.startswith("shpbndl_") else name
    await store.transition(
        API_KEYS,
        {"_id": id_, "revoked_at": None},
        {"$set": {"revoked_at": timestamp(await store.now())}},
        step="operator.revoke_key",
    )
    record = await store.get(API_KEYS, id_)
    if record is None:
        raise Refused(ErrorCode.INVALID_API_KEY, "There is no such key.", field="key")
    return view(record)


def view(record: ApiKey) -> dict[str, Any]:
    return {"id": record["_id"]} | {
        field: record[field]
        for field in (
            "account_id",
            "warehouse_id",
            "test",
            "name",
            "prefix",
            "created_at",
            "revoked_at",
        )
    }
