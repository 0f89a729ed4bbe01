"""What the clients ask."""

import itertools
import json
import random
import uuid
from collections.abc import Iterator, Sequence

from benchmarks.load import Request
from benchmarks.seed import ACCOUNT, BENCH, KEY, Tenant

AUTHORIZED = (("authorization", f"Bearer {KEY}"),)


def plan_body(order_ids: Sequence[str], owner: Tenant = BENCH) -> bytes:
    parts = {"accountId": owner.account, "warehouseId": owner.warehouse, "brokerId": owner.broker}
    return json.dumps(parts | {"orderIds": list(order_ids)}).encode()


def plans(order_ids: Sequence[str], *, keyed: bool = False) -> Iterator[Request]:
    """Plans of five of the orders, for ever."""
    chance, run = random.Random(1), uuid.uuid4().hex  # noqa: S311  # which orders, no secret
    for number in itertools.count():
        headers = (*AUTHORIZED, ("idempotency-key", f"{run}-{number}")) if keyed else AUTHORIZED
        yield Request("/api/exports/plan", plan_body(chance.sample(order_ids, 5)), headers)


def execute(export_id: str) -> Request:
    body = json.dumps({"accountId": ACCOUNT, "batchId": export_id}).encode()
    return Request("/api/exports/execute", body, (*AUTHORIZED, ("prefer", "wait=30")))


def inspects(tags: Sequence[tuple[str, str]], *, tagged: bool = False) -> Iterator[Request]:
    """Inspects of the exports in turn, for ever; `tagged` knows what it would read."""
    for export_id, tag in itertools.cycle(tags):
        headers = (*AUTHORIZED, ("if-none-match", tag)) if tagged else AUTHORIZED
        expects = 304 if tagged else 200
        yield Request(f"/api/exports/{export_id}", b"", headers, "GET", expects)
