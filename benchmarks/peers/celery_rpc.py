"""Celery with its RPC results: FastAPI asks, a worker of two processes plans with PyMongo.

The same rules, the same records, the same durability: quorum queues, publisher confirms, persistent
messages and results, acknowledged late; majority and journal in the store. Run by this module's
name it is the HTTP side, by `celery --app` the worker.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn
from celery import Celery
from celery.signals import worker_process_init
from fastapi import FastAPI, Response
from pymongo import MongoClient, WriteConcern
from pymongo.read_concern import ReadConcern

from benchmarks.peers.planning import planned, used_products

jobs = Celery(
    "bench", broker=os.environ["ENTRYGO_RABBIT_URL"].replace("amqp:", "pyamqp:"), backend="rpc://"
)
jobs.conf.update(
    task_default_queue="bench.celery",
    task_default_queue_type="quorum",
    broker_transport_options={"confirm_publish": True},
    task_acks_late=True,
    result_persistent=True,
    result_expires=60,
)
stores: list[Any] = []  # one a worker process, opened after the fork


@worker_process_init.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def connect(**_: object) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(os.environ["ENTRYGO_MONGO_URL"])
    stores.append(
        client.get_database(
            os.environ["ENTRYGO_MONGO_DATABASE"],
            write_concern=WriteConcern("majority", j=True),
            read_concern=ReadConcern("majority"),
        )
    )


@jobs.task(name="plan")  # type: ignore[untyped-decorator]  # as above
def plan(body: dict[str, Any]) -> str:
    (database,) = stores
    account_id = body["accountId"]
    parties = (
        database.accounts.find_one({"_id": account_id}),
        database.warehouses.find_one({"_id": body["warehouseId"], "account_id": account_id}),
        database.brokers.find_one({"_id": body["brokerId"], "account_id": account_id}),
    )
    query = {"_id": {"$in": body["orderIds"]}, "account_id": account_id}
    orders = list(database.orders.find(query))
    products = database.products.find({"_id": {"$in": used_products(orders)}})
    claims = database.exported_orders.find(query)
    made = planned(parties, orders, products, claims)
    key, first = {"_id": made.blob["_id"]}, {"$setOnInsert": {"data": made.blob["data"]}}
    database.blobs.update_one(key, first, upsert=True)
    database.plans.insert_one(made.plan)
    database.exports.insert_one(made.export)
    return made.answer.decode()


app = FastAPI()
# Celery names a reply queue after its thread. Threads that come and go, as the framework's own,
# leave consumers behind that swallow the replies of their namesakes.
threads = ThreadPoolExecutor(40)


@app.get("/readyz")
def readyz() -> Response:
    return Response(status_code=200 if jobs.control.ping(timeout=1.0) else 503)


@app.post("/api/exports/plan")
async def ask(body: dict[str, Any]) -> Response:
    asked = asyncio.get_running_loop().run_in_executor(threads, _answer, body)
    return Response(await asked, media_type="application/json")


def _answer(body: dict[str, Any]) -> str:
    answer: str = plan.delay(body).get(timeout=60)
    return answer


if __name__ == "__main__":
    port = int(os.environ["ENTRYGO_HTTP_PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
