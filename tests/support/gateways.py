"""A gateway without servers: a store in memory, and workers that are functions of the test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
from gateway.storage import Storage
from shared.canonical import sha256_hex
from shared.clock import Clock
from shared.messaging import topology
from shared.messaging.link import Depth
from shared.messaging.rabbit import Messages
from shared.messaging.topology import Route
from shared.store import Store
from support.memory import MemoryStore
from support.ticking import Clockwork

KEY = "shpbndl_test_unit-test-key-0001"
OTHER_KEY = "shpbndl_test_unit-test-key-0002"
WAREHOUSE_KEY = "shpbndl_test_unit-test-key-0003"


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
        self.waiting = 0  # messages in each queue

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
        waiting = self.waiting
        return {name: Depth(waiting, int(name not in self.deserted)) for name in names}


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
        at = "2026-11-24T15:38:05.731Z"
        for id_, number in (("wh_1", 1), ("wh_2", 1), ("wh_9", 2), ("br_1", 1), ("br_9", 2)):
            kind, content = {"wh": "warehouses", "br": "brokers"}[id_[:2]], {"name": id_}
            of = {"account_id": f"acc_{number}", "content": content, "created_at": at}
            self.store.put(kind, id=id_, **of)

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
    readers = Readers(messages, settings.worker_absence, chance=lambda: 0.5)
    app.state.gateway = Gateway(
        settings=settings,
        store=store,
        messages=messages,
        reads=Reads(store, settings.page_bytes),
        idempotency=Idempotency(store, readers, settings, now),
        health=Health(store, messages, readers),
        keys=Authenticator(store, settings),
        limit=RateLimit(settings.rate_per_second, settings.rate_burst),
        admission=app.state.admission,
        changes=Changes(store),
        storage=Storage(store, settings.account_stored_bytes, now),
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
