"""What both peers do between reading and writing: our own rules, on the records as they are."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from planner import rulesets
from planner.domain.decide import decide
from planner.domain.facts import Party, PlanningInput, effective_shipment
from planner.domain.view import view_of
from shared.canonical import canonical_json, sha256_hex

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Planned:
    """What is to be written, and the answer."""

    blob: dict[str, Any]
    plan: dict[str, Any]
    export: dict[str, Any]
    answer: bytes


def used_products(orders: Iterable[Document]) -> list[str]:
    return list({line["productId"] for order in orders for line in order["content"]["items"]})


def planned(
    parties: tuple[Document, Document, Document],
    orders: Iterable[Document],
    products: Iterable[Document],
    claims: Iterable[Document],
) -> Planned:
    account, warehouse, broker = parties
    moment = datetime.now(UTC)
    snapshot = decide(
        PlanningInput(
            as_of=moment.date(),
            account=Party(account["_id"], account["content"]),
            warehouse=Party(warehouse["_id"], warehouse["content"]),
            broker=Party(broker["_id"], broker["content"]),
            orders={order["_id"]: order["content"] for order in orders},
            products={product["_id"]: product["content"] for product in products},
            ruleset=rulesets.load(moment.date()),
            shipment=effective_shipment({}, warehouse["content"]),
            exported_order_ids={claim["_id"] for claim in claims},
        )
    )
    data = canonical_json(snapshot)
    digest, export_id = sha256_hex(data), f"batch_{uuid.uuid4().hex}"
    view = view_of(snapshot, f"sha256:{digest}", moment.isoformat(), moment.date().isoformat())
    return Planned(
        blob={"_id": digest, "data": data},
        plan={"_id": export_id, "view": orjson.dumps(view)},
        export={
            "_id": export_id,
            "account_id": account["_id"],
            "state": "PLANNED",
            "plan_hash": digest,
        },
        answer=orjson.dumps({"exportId": export_id, **view}),
    )
