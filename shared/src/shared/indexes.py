"""The indexes that queries of the services stand on; made at start by whoever starts.

Most exports are planned, and most of what is looked for by index they do not have yet: `only` says
which are in an index, so that a plan and each transition write the fewest. A query has to say as
much, word by word where it asks for a range: DocumentDB concludes nothing.
"""

from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import IndexModel
from pymongo.errors import OperationFailure

from shared.driver import told
from shared.records import Document

Database = AsyncIOMotorDatabase[Document]


class Index(NamedTuple):
    collection: str
    name: str
    keys: tuple[tuple[str, int], ...]
    only: Mapping[str, Any] | None = None
    expire_after_seconds: int | None = None

    @property
    def options(self) -> dict[str, Any]:
        named = {
            "partialFilterExpression": self.only,
            "expireAfterSeconds": self.expire_after_seconds,
        }
        return {name: value for name, value in named.items() if value is not None}


_TEXT: Final = {"$gt": ""}
_THERE: Final = {"$exists": True}
INDEXES: Final = (
    Index("products", "listed", (("account_id", 1), ("updated_at", -1), ("_id", 1))),
    Index("orders", "listed", (("account_id", 1), ("updated_at", -1), ("_id", 1))),
    Index("exports", "listed", (("account_id", 1), ("updated_at", -1), ("_id", 1))),
    Index(
        "exports",
        "of_package",
        (("account_id", 1), ("package_id", 1)),
        only={"package_id": _TEXT},
    ),
    Index("exports", "of_number", (("package_number", 1),), only={"package_number": _TEXT}),
    Index("plans", "of_order", (("account_id", 1), ("request.order_ids", 1))),
    Index("plans", "of_request", (("request_id", 1),)),
    Index("verdicts", "of_request", (("request_id", 1),)),
    Index(
        "exports",
        "executing",
        (("state", 1), ("execution.driven_at", 1)),
        only={"state": "EXECUTING"},
    ),
    Index("exports", "untold", (("unannounced", 1),), only={"unannounced": _TEXT}),
    *(
        Index(
            "exports",
            f"due_at_{partner.lower()}",
            (
                (f"deliveries.{partner}.status", 1),
                (f"deliveries.{partner}.next_attempt_at", 1),
            ),
            only={f"deliveries.{partner}.status": _THERE},
        )
        for partner in ("BROKER", "WAREHOUSE")
    ),
    Index("exported_orders", "of_export", (("export", 1), ("attempt", 1))),
    Index("warehouses", "of_account", (("account_id", 1),)),
    Index("brokers", "of_account", (("account_id", 1),)),
    Index("api_keys", "of_account", (("account_id", 1),)),
    Index("idempotency_keys", "forgotten", (("expires_at", 1),), expire_after_seconds=0),
    Index("verdicts", "forgotten", (("expires_at", 1),), expire_after_seconds=0),
)
# Of earlier versions, which nothing stands on any more: each costs every write.
_RETIRED: Final = {
    "exports": {
        *("by_package", "by_number", "driven", "unannounced", "broker_due", "warehouse_due")
    },
    "orders": {"by_reference"},
    "products": {"by_reference"},
}
_NOT_THERE: Final = 27


async def create(database: Database) -> None:
    """All of them; equal ones that exist are left alone."""
    for name, its in _by_collection():
        models = [IndexModel(list(one.keys), name=one.name, **one.options) for one in its]
        await told(database[name].create_indexes(models))
    for collection, names in _RETIRED.items():
        there = await told(database[collection].index_information())
        for name in there.keys() & names:
            await told(_dropped(database, collection, name))


async def _dropped(database: Database, collection: str, name: str) -> None:
    try:
        await database[collection].drop_index(name)
    except OperationFailure as error:
        if error.code != _NOT_THERE:  # another that starts now was first
            raise


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
