"""FastAPI and Motor doing the same plan in one process, without a queue; and a bare `find_one`.

The same rules, the same records, the same durability (majority, journal); one request is one
coroutine with its own round trips.
"""

import asyncio
import os
from contextlib import asynccontextmanager
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, Request, Response
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern
from pymongo.read_concern import ReadConcern

from benchmarks.peers.planning import planned, used_products
from shared.records import Collection

INSPECTED = Collection[Any]("inspected")  # an inspect's whole answer in one document


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
    account_id = body["accountId"]
    parties = await asyncio.gather(
        database.accounts.find_one({"_id": account_id}),
        database.warehouses.find_one({"_id": body["warehouseId"], "account_id": account_id}),
        database.brokers.find_one({"_id": body["brokerId"], "account_id": account_id}),
    )
    query = {"_id": {"$in": body["orderIds"]}, "account_id": account_id}
    orders = await database.orders.find(query).to_list(None)
    wanted = {"_id": {"$in": used_products(orders)}}
    products = await database.products.find(wanted).to_list(None)
    claims = await database.exported_orders.find(query).to_list(None)
    made = planned(parties, orders, products, claims)
    key, first = {"_id": made.blob["_id"]}, {"$setOnInsert": {"data": made.blob["data"]}}
    await database.blobs.update_one(key, first, upsert=True)
    await database.plans.insert_one(made.plan)
    await database.exports.insert_one(made.export)
    return Response(made.answer, media_type="application/json")


@app.get("/api/exports/{export_id}")
async def inspect(request: Request, export_id: str) -> Response:
    found = await request.state.database[INSPECTED].find_one({"_id": export_id})
    return Response(orjson.dumps(found["answer"]), media_type="application/json")


if __name__ == "__main__":
    port = int(os.environ["ENTRYGO_HTTP_PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
