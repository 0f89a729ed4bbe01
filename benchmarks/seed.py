"""An account with orders to plan, written straight into the store as the services would."""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from shared.canonical import content_hash, sha256_hex
from shared.ids import derived_id
from shared.records import ACCOUNTS, API_KEYS, BROKERS, ORDERS, PRODUCTS, WAREHOUSES, Collection
from shared.store import Store


class Tenant(NamedTuple):
    account: str
    warehouse: str
    broker: str
    keys: tuple[str, ...]


def tenant(name: str, keys: int = 1) -> Tenant:
    own = tuple(f"shpbndl_test_{name}mark{number or ''}" for number in range(keys))
    return Tenant(f"acc_{name}", f"wh_{name}", f"br_{name}", own)


BENCH = tenant("bench")
ACCOUNT, WAREHOUSE, BROKER, (KEY,) = BENCH
_ADDRESS = {"addressLines": ["1 Quay"], "city": "Halifax", "region": "NS", "country": "CA"}


@dataclass(frozen=True)
class Seeded:
    order_ids: list[str]
    product_ids: list[str]


async def seed(store: Store, orders: int, products: int, owner: Tenant = BENCH) -> Seeded:
    party = {"name": "Exporter", "address": _ADDRESS}
    account = {
        "name": "Bench",
        "test": True,
        "exporter": party,
        "importerOfRecord": party
        | {"number": "123456-12345", "bond": "B-1", "powerOfAttorney": True},
        "responsibleEmployee": {"name": "Clerk", "email": "clerk@exporter.example"},
        "grouping": "CONSOLIDATED_IOR",
        "formalAlways": False,
        "valueFloorCents": 100,
        "deniedHtsPrefixes": [],
    }
    shipment = {"portOfEntry": "0115", "transportMode": "TRUCK"}
    own = partial(_document, owner.account)
    await _put(store, ACCOUNTS, own(owner.account, account))
    warehouse = {
        "name": "W",
        "email": "dock@warehouse.example",  # so that each export has two mails
        "country": "CA",
        "address": _ADDRESS,
        "shipmentDefaults": shipment,
    }
    await _put(store, WAREHOUSES, own(owner.warehouse, warehouse))
    await _put(store, BROKERS, own(owner.broker, {"name": "B", "email": "desk@broker.example"}))
    of: Any = {"account_id": owner.account, "warehouse_id": None, "test": True, "revoked_at": None}
    for key in owner.keys:
        await store.insert(API_KEYS, {"_id": sha256_hex(key.encode())} | of, step="bench.seed")
    product_ids = [derived_id("prod_", owner.account, str(number)) for number in range(products)]
    order_ids = [derived_id("ord_", owner.account, str(number)) for number in range(orders)]
    await _bulk(store, PRODUCTS, [own(id_, _product(id_)) for id_ in product_ids])
    sold = [
        own(id_, _order(id_, [product_ids[(place + line) % products] for line in range(2)]))
        for place, id_ in enumerate(order_ids)
    ]
    await _bulk(store, ORDERS, sold)
    return Seeded(order_ids, product_ids)


def _product(id_: str) -> dict[str, Any]:
    return {
        "externalId": id_,
        "sku": id_[-8:],
        "title": "Sweater",
        "description": "Women's knitted pullover of wool, for everyday wear",
        "htsCode": "6110.11.0030",
        "countryOfOrigin": "CA",
        "unitValueCents": 8_000,
        "weightGrams": 450,
        "materials": [{"name": "wool", "percentHundredths": 10_000}],
        "manufacturer": {"name": "Maker", **_ADDRESS},
        "adcvdCase": "none",
    }


def _order(id_: str, product_ids: list[str]) -> dict[str, Any]:
    lines = [
        {"productId": product_id, "quantity": 1, "unitValueCents": 8_000}
        for product_id in product_ids
    ]
    return {
        "externalId": id_,
        "destinationCountry": "US",
        "destinationRegion": "ME",
        "destinationPostalCode": "04401",
        "consignee": {"name": "Ada Byron", "addressLines": ["1 Elm"], "city": "Bangor"},
        "items": lines,
    }


async def _bulk(store: Store, collection: Collection[Any], documents: list[dict[str, Any]]) -> None:
    for start in range(0, len(documents), 2_000):
        await store.insert_ordered(collection, documents[start : start + 2_000], step="bench.seed")


async def _put(store: Store, collection: Collection[Any], document: dict[str, Any]) -> None:
    await store.insert(collection, document, step="bench.seed")


def _document(account_id: str, id_: str, content: dict[str, Any]) -> dict[str, Any]:
    now = "2026-01-01T00:00:00.000Z"
    digest = content_hash(content)
    fields = {"account_id": account_id, "content": content, "hash": digest, "revision": 1}
    return {
        "_id": id_,
        "external_id": id_,
        "metadata": None,
        "created_at": now,
        "applied": "",
    } | fields
