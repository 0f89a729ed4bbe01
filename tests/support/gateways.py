"""A gateway without servers: a store in memory, and workers that are functions of the test."""

import asyncio
import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, cast

import httpx
from fastapi import FastAPI

from gateway.app import create_app
from gateway.auth import Authenticator, RateLimit
from gateway.changes import Changes
from gateway.dependencies import Gateway
from gateway.health import Health
from gateway.idempotency import Idempotency
from gateway.readers import Readers
from gateway.reads import Reads
from gateway.settings import Settings
from shared.canonical import sha256_hex
from shared.clock import Clock
from shared.errors import BlobCorrupt
from shared.messaging import topology
from shared.messaging.link import Depth
from shared.messaging.rabbit import Messages
from shared.messaging.topology import Route
from shared.records import BLOBS, Document, Part, named
from shared.store import Store
from support.matching import matches
from support.ticking import Clockwork

KEY = "shpbndl_test_unit-test-key-0001"
OTHER_KEY = "shpbndl_test_unit-test-key-0002"
WAREHOUSE_KEY = "shpbndl_test_unit-test-key-0003"


class MemoryStore:
    """What the gateway uses of the store, over dictionaries; knows the operators it uses."""

    def __init__(self) -> None:
        self.clock = Clockwork()
        self.data: dict[str, dict[str, Document]] = {}
        self.steps: list[str] = []
        self.before: dict[str, Callable[[], Awaitable[None]]] = {}

    def collection(self, place: str | Part[Any]) -> dict[str, Document]:
        return self.data.setdefault(named(place), {})

    def put(self, collection: str, **document: Any) -> None:  # a document
        document = {"_id": document.pop("id"), **document}
        self.collection(collection)[document["_id"]] = document

    async def _step(self, step: str) -> None:
        self.steps.append(step)
        hook = self.before.pop(step, None)
        if hook is not None:
            await hook()

    async def get(self, part: Part[Any], id_: str) -> Any:  # a document of any collection
        found = self.collection(part).get(id_)
        return copy.deepcopy(found) if found and matches(found, part.within({})) else None

    async def get_many(self, part: Part[Any], ids: Iterable[str]) -> dict[str, Document]:
        found = {id_: await self.get(part, id_) for id_ in set(ids)}
        return {id_: document for id_, document in found.items() if document is not None}

    async def find(
        self,
        collection: str,
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
        projection: Mapping[str, Any] | None = None,  # noqa: ARG002  # the store's signature
    ) -> list[Document]:
        found = [d for d in self.collection(collection).values() if matches(d, query)]
        for name, direction in reversed(sort):
            found.sort(key=itemgetter(name), reverse=direction < 0)
        return copy.deepcopy(found[:limit] if limit else found)

    async def put_if_absent(self, place: str | Part[Any], document: Document, *, step: str) -> bool:
        await self._step(step)
        existing = self.collection(place)
        if document["_id"] in existing:
            return False
        existing[document["_id"]] = copy.deepcopy(document)
        return True

    async def transition(
        self,
        part: Part[Any],
        id_: str,
        guard: Mapping[str, Any],
        update: Mapping[str, Any],
        *,
        step: str,
    ) -> Document | None:
        await self._step(step)
        document = self.collection(part).get(id_)
        if document is None or not matches(document, part.within(guard)):
            return None
        document.update(copy.deepcopy(update["$set"]))
        return copy.deepcopy(document)

    async def settle(
        self, part: Part[Any], id_: str, guard: Mapping[str, Any], fields: Document, *, step: str
    ) -> bool:
        return await self.transition(part, id_, guard, {"$set": fields}, step=step) is not None

    async def delete(self, part: Part[Any], query: Mapping[str, Any], *, step: str) -> int:
        await self._step(step)
        documents = self.collection(part)
        gone = [id_ for id_, d in documents.items() if matches(d, part.within(query))]
        for id_ in gone:
            del documents[id_]
        return len(gone)

    async def put_blob(self, data: bytes, *, step: str) -> str:
        digest = sha256_hex(data)
        await self.put_if_absent(BLOBS, {"_id": digest, "data": data}, step=step)
        return digest

    async def get_blob(self, digest: str) -> bytes:
        found = self.collection("blobs").get(digest)
        if found is None or sha256_hex(found["data"]) != digest:
            raise BlobCorrupt(f"blob {digest}")
        return bytes(found["data"])

    async def now(self) -> datetime:
        return self.clock()

    async def takes_writes(self) -> bool:
        return True


Worker = Callable[[Any], Awaitable[Any]]


class Workers:
    """Answers commands as the test says; remembers every command that was published."""

    def __init__(self) -> None:
        self.published: list[Any] = []
        self.bodies: list[bytes] = []
        self.asked: list[str] = []  # routing keys
        self.until: list[datetime | None] = []
        self.answers: dict[str, Worker] = {}
        self.deserted: set[str] = set()  # queues that nobody reads
        self.looks = 0

    async def ask(
        self,
        route: Route[Any, Any],
        command_id: str,  # noqa: ARG002  # the seam's signature
        command: bytes,
        *,
        step: str,  # noqa: ARG002  # the seam's signature
        until: datetime | None = None,
    ) -> "asyncio.Task[Any]":
        sent = route.contract.model_validate_json(command)
        self.published.append(sent)
        self.bodies.append(command)
        self.asked.append(route.key)
        self.until.append(until)

        async def answer() -> Any:  # any answer
            return await self.answers[route.key](sent)

        return asyncio.create_task(answer())

    def apart(self, orders: int) -> bool:
        return orders > topology.LARGE_ORDERS

    async def ready(self) -> bool:
        return True

    async def queues(self, names: Iterable[str]) -> dict[str, Depth]:
        self.looks += 1
        return {name: Depth(0, int(name not in self.deserted)) for name in names}


PATIENT = Settings(reply_timeout=timedelta(seconds=30), busy_wait=timedelta(seconds=30))
IMPATIENT = Settings(reply_timeout=timedelta(seconds=0.05), busy_wait=timedelta(seconds=0.1))


@dataclass
class GatewayUnderTest:
    store: MemoryStore = field(default_factory=MemoryStore)
    workers: Workers = field(default_factory=Workers)
    clock: Clockwork = field(default_factory=Clockwork)
    settings: Settings = PATIENT

    def __post_init__(self) -> None:
        for key, account, warehouse in (
            (KEY, "acc_1", None),
            (OTHER_KEY, "acc_2", None),
            (WAREHOUSE_KEY, "acc_1", "wh_2"),
        ):
            limit = {"account_id": account, "warehouse_id": warehouse}
            self.store.put("api_keys", id=sha256_hex(key.encode()), revoked_at=None, **limit)
        for account in ("acc_1", "acc_2"):
            content = {"name": account, "test": True}
            self.store.put("accounts", id=account, account_id=account, content=content)
        for id_, account in (("wh_1", "acc_1"), ("wh_2", "acc_1"), ("wh_9", "acc_2")):
            self.store.put("warehouses", id=id_, account_id=account, content={"name": id_})
        for id_, account in (("br_1", "acc_1"), ("br_9", "acc_2")):
            self.store.put("brokers", id=id_, account_id=account, content={"name": id_})

    def app(self) -> FastAPI:
        store, messages = cast("Store", self.store), cast("Messages", self.workers)
        return an_app(store, messages, self.settings, self.clock)

    @asynccontextmanager
    async def client(self, key: str | None = KEY) -> AsyncIterator[httpx.AsyncClient]:
        async with a_client(self.app(), key) as client:
            yield client


def an_app(store: Store, messages: Messages, settings: Settings, now: Clock) -> FastAPI:
    """A gateway in this process, with its idea of the time."""
    app = create_app(settings)
    readers = Readers(messages, settings.worker_absence)
    app.state.gateway = Gateway(
        settings=settings,
        store=store,
        messages=messages,
        reads=Reads(store),
        idempotency=Idempotency(store, readers, settings, now),
        health=Health(store, messages, readers),
        keys=Authenticator(store, settings),
        limit=RateLimit(settings.rate_per_second, settings.rate_burst),
        admission=app.state.admission,
        changes=Changes(store),
        now=now,
    )
    return app


@asynccontextmanager
async def a_client(app: FastAPI, key: str | None) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://gateway", headers=headers
    ) as client:
        yield client
    await app.state.gateway.idempotency.stop()
