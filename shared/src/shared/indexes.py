"""The indexes that queries of the services stand on; made at start by whoever starts."""

from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import IndexModel

from shared.driver import told
from shared.records import Document

Database = AsyncIOMotorDatabase[Document]


class Index(NamedTuple):
    collection: str
    name: str
    keys: tuple[tuple[str, int], ...]
    expire_after_seconds: int | None = None

    @property
    def options(self) -> dict[str, int]:
        after = self.expire_after_seconds
        return {} if after is None else {"expireAfterSeconds": after}


INDEXES: Final = (
    Index("products", "listed", (("account_id", 1), ("updated_at", -1), ("_id", 1))),
    Index("orders", "listed", (("account_id", 1), ("updated_at", -1), ("_id", 1))),
    Index("products", "by_reference", (("account_id", 1), ("external_id", 1))),
    Index("orders", "by_reference", (("account_id", 1), ("external_id", 1))),
    Index("exports", "listed", (("account_id", 1), ("updated_at", -1), ("_id", 1))),
    Index("exports", "by_package", (("account_id", 1), ("package_id", 1))),
    Index("exports", "by_number", (("package_number", 1),)),
    Index("plans", "of_order", (("account_id", 1), ("request.order_ids", 1))),
    Index("plans", "of_request", (("request_id", 1),)),
    Index("verdicts", "of_request", (("request_id", 1),)),
    Index("exports", "driven", (("state", 1), ("execution.driven_at", 1))),
    Index("exports", "unannounced", (("unannounced", 1),)),
    Index(
        "exports",
        "broker_due",
        (("deliveries.BROKER.status", 1), ("deliveries.BROKER.next_attempt_at", 1)),
    ),
    Index(
        "exports",
        "warehouse_due",
        (("deliveries.WAREHOUSE.status", 1), ("deliveries.WAREHOUSE.next_attempt_at", 1)),
    ),
    Index("exported_orders", "of_export", (("export", 1), ("attempt", 1))),
    Index("warehouses", "of_account", (("account_id", 1),)),
    Index("brokers", "of_account", (("account_id", 1),)),
    Index("api_keys", "of_account", (("account_id", 1),)),
    Index("idempotency_keys", "forgotten", (("expires_at", 1),), 0),
    Index("verdicts", "forgotten", (("expires_at", 1),), 0),
)


async def create(database: Database) -> None:
    """All of them; equal ones that exist are left alone."""
    for name, its in _by_collection():
        models = [IndexModel(list(one.keys), name=one.name, **one.options) for one in its]
        await told(database[name].create_indexes(models))


async def missing(database: Database) -> list[Index]:
    """Those that are not there, or there with other keys."""
    found: list[Index] = []
    for name, its in _by_collection():
        there = await told(database[name].index_information())
        keys = {known: tuple(map(tuple, index["key"])) for known, index in there.items()}
        found += [one for one in its if keys.get(one.name) != one.keys]
    return found


def _by_collection() -> list[tuple[str, list[Index]]]:
    collection = attrgetter("collection")
    return [(name, list(its)) for name, its in groupby(sorted(INDEXES, key=collection), collection)]
