"""An account with all that an export needs, written as the operator's command writes it."""

import uuid
from dataclasses import dataclass

from shared.canonical import content_hash, sha256_hex
from shared.clock import timestamp, utc_now
from shared.contracts.parties import (
    AccountContent,
    BrokerContent,
    PartyContent,
    WarehouseContent,
    dump_party,
)
from shared.records import (
    ACCOUNTS,
    API_KEYS,
    BROKERS,
    WAREHOUSES,
    ApiKey,
    Collection,
    PartyDocument,
)
from shared.store import Store
from support import world


@dataclass(frozen=True)
class Seeded:
    account_id: str
    warehouse_id: str
    broker_id: str
    key: str
    broker_email: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


async def seed_account(
    store: Store, *, live: bool = False, broker_email: str | None = None
) -> Seeded:
    """A complete account; its broker's address is its own, so that its mail can be found."""
    tag = uuid.uuid4().hex[:12]
    seeded = Seeded(
        account_id=f"acc_{tag}",
        warehouse_id=f"wh_{tag}",
        broker_id=f"br_{tag}",
        key=f"shpbndl_{'live' if live else 'test'}_{uuid.uuid4().hex}",
        broker_email=broker_email or f"desk-{tag}@broker.example",
    )
    account = AccountContent.model_validate(world.ACCOUNT | {"test": not live})
    warehouse = WarehouseContent.model_validate(
        world.WAREHOUSE
        | {"email": f"dock-{tag}@toronto.example", "shipmentDefaults": world.SHIPMENT_DEFAULTS}
    )
    broker = BrokerContent.model_validate(world.BROKER | {"email": seeded.broker_email})
    await _write(store, ACCOUNTS, seeded.account_id, seeded, account)
    await _write(store, WAREHOUSES, seeded.warehouse_id, seeded, warehouse)
    await _write(store, BROKERS, seeded.broker_id, seeded, broker)
    await store.insert(API_KEYS, key_record(seeded.account_id, seeded.key), step="test.seed")
    return seeded


def key_record(account_id: str, key: str) -> ApiKey:
    return {
        "_id": sha256_hex(key.encode()),
        "account_id": account_id,
        "warehouse_id": None,
        "test": key.startswith("shpbndl_test_"),
        "name": "test",
        "prefix": key[:16],
        "created_at": timestamp(utc_now()),
        "revoked_at": None,
    }


async def _write(
    store: Store,
    collection: Collection[PartyDocument],
    id_: str,
    seeded: Seeded,
    content: PartyContent,
) -> None:
    dumped, now = dump_party(content), timestamp(utc_now())
    document: PartyDocument = {
        "_id": id_,
        "account_id": seeded.account_id,
        "content": dumped,
        "hash": content_hash(dumped),
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    await store.insert(collection, document, step="test.seed")
