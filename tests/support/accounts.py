"""An account with all that an export needs, written as the operator's command writes it."""

import uuid
from dataclasses import dataclass
from typing import Any

from shared.canonical import content_hash, sha256_hex
from shared.clock import timestamp, utc_now
from shared.contracts.parties import (
    AccountContent,
    Address,
    BrokerContent,
    ImporterOfRecord,
    Party,
    PartyContent,
    ResponsibleEmployee,
    ShipmentDefaults,
    TransportMode,
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

_ADDRESS = Address(
    address_lines=("12 Quay Street",),
    city="Halifax",
    region="NS",
    postal_code="B3J 1S9",
    country="CA",
)


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
    store: Store, *, test: bool = True, broker_email: str | None = "", **content: Any
) -> Seeded:
    """A complete account; its broker's address is its own, so that its mail can be found.

    `broker_email` None leaves the broker without one.
    """
    tag = uuid.uuid4().hex[:12]
    email = broker_email if broker_email != "" else f"desk-{tag}@broker.example"
    fields: dict[str, Any] = {
        "name": "Fog & Fathom Knits",
        "test": test,
        "exporter": Party(name="Fog & Fathom Knits Ltd.", address=_ADDRESS),
        "importer_of_record": ImporterOfRecord(
            name="Fog & Fathom Knits Ltd.",
            address=_ADDRESS,
            number="123456-12345",
            bond="C-2026-000123",
            power_of_attorney=True,
        ),
        "responsible_employee": ResponsibleEmployee(
            name="Maud Gallant",
            title="Export clerk",
            phone="+1 902 555 0100",
            email="maud@fogandfathom.example",
        ),
        "related_parties": False,
    } | content
    account = AccountContent(**fields)
    warehouse = WarehouseContent(
        name="Halifax",
        country="CA",
        address=_ADDRESS,
        email=f"dock-{tag}@fogandfathom.example",
        shipment_defaults=ShipmentDefaults(
            port_of_entry="0115",
            transport_mode=TransportMode.TRUCK,
            carrier="Maritime Freight",
            incoterm="DDP",
        ),
    )
    broker = BrokerContent(
        name="Calais Customs Brokers", email=email, filer_code="ABC", phone="+1 207 555 0100"
    )
    seeded = Seeded(
        account_id=f"acc_{tag}",
        warehouse_id=f"wh_{tag}",
        broker_id=f"br_{tag}",
        key=f"shpbndl_{'test' if test else 'live'}_{uuid.uuid4().hex}",
        broker_email=email or "",
    )
    await _write(store, ACCOUNTS, seeded.account_id, seeded.account_id, account)
    await _write(store, WAREHOUSES, seeded.warehouse_id, seeded.account_id, warehouse)
    await _write(store, BROKERS, seeded.broker_id, seeded.account_id, broker)
    await store.insert(
        API_KEYS,
        ApiKey(
            _id=sha256_hex(seeded.key.encode()),
            account_id=seeded.account_id,
            warehouse_id=None,
            test=test,
            name="test",
            prefix=seeded.key[:16],
            created_at=timestamp(utc_now()),
            revoked_at=None,
        ),
        step="test.seed",
    )
    return seeded


async def _write(
    store: Store,
    collection: Collection[PartyDocument],
    id_: str,
    account_id: str,
    content: PartyContent,
) -> None:
    dumped, now = dump_party(content), timestamp(utc_now())
    document: PartyDocument = {
        "_id": id_,
        "account_id": account_id,
        "content": dumped,
        "hash": content_hash(dumped),
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    await store.insert(collection, document, step="test.seed")
