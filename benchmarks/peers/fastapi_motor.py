"""The first peer: FastAPI and Motor doing the same plan in one process, without a queue.

The same rules, the same records, the same durability (majority, journal); one request is one
coroutine with its own round trips.
"""

import asyncio
import os
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, Request, Response
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern
from pymongo.read_concern import ReadConcern

from planner import rulesets
from planner.domain.decide import decide
from planner.domain.facts import Party, PlanningInput, effective_shipment
from planner.domain.view import view_of
from shared.canonical import canonical_json, sha256_hex


@asynccontextmanager
async def lifespan(_: FastAPI) -> Any:  # noqa: ANN401  # FastAPI's lifespan state
    client: Any = AsyncIOMotorClient(os.environ["ENTRYGO_MONGO_URL"])
    database = client.get_database(
        os.environ["ENTRYGO_MONGO_DATABASE"],
        write_concern=WriteConcern("majority", j=True),
        read_concern=ReadConcern("majority"),
    )
    yield {"database": database}
    client.close()


app = FastAPI(lifespan=lifespan)


@app.get("/readyz")
async def readyz() -> dict[str, bool]:
    return {"ready": True}


@app.post("/api/exports/plan")
async def plan(request: Request) -> Response:
    body = await request.json()
    database = request.state.database
    account_id, moment = body["accountId"], datetime.now(UTC)
    account, warehouse, broker = await asyncio.gather(
        database.accounts.find_one({"_id": account_id}),
        database.warehouses.find_one({"_id": body["warehouseId"], "account_id": account_id}),
        database.brokers.find_one({"_id": body["brokerId"], "account_id": account_id}),
    )
    query = {"_id": {"$in": body["orderIds"]}, "account_id": account_id}
    orders = {o["_id"]: o["content"] for o in await database.orders.find(query).to_list(None)}
    used = {line["productId"] for order in orders.values() for line in order["items"]}
    found = await database.products.find({"_id": {"$in": list(used)}}).to_list(None)
    claims = await database.exported_orders.find({"_id": {"$in": list(orders)}}).to_list(None)
    snapshot = decide(
        PlanningInput(
            as_of=moment.date(),
            account=Party(account_id, account["content"]),
            warehouse=Party(warehouse["_id"], warehouse["content"]),
            broker=Party(broker["_id"], broker["content"]),
            orders=orders,
            products={product["_id"]: product["content"] for product in found},
            ruleset=rulesets.load(moment.date()),
            shipment=effective_shipment({}, warehouse["content"]),
            exported_order_ids={claim["_id"] for claim in claims},
        )
    )
    data = canonical_json(snapshot)
    digest, export_id, now = sha256_hex(data), f"batch_{uuid.uuid4().hex}", moment.isoformat()
    view = view_of(snapshot, f"sha256:{digest}", now, moment.date().isoformat())
    await database.blobs.update_one({"_id": digest}, {"$setOnInsert": {"data": data}}, upsert=True)
    await database.plans.insert_one({"_id": export_id, "view": orjson.dumps(view)})
    await database.exports.insert_one(
        {"_id": export_id, "account_id": account_id, "state": "PLANNED", "plan_hash": digest}
    )
    answer = orjson.dumps({"exportId": export_id, **view})
    return Response(answer, media_type="application/json")


if __name__ == "__main__":
    port = int(os.environ["ENTRYGO_HTTP_PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
