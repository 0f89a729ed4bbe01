"""One run: servers and services of its own, what they hold, and how they are measured."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pydantic import SecretStr
from stack import envfile, native, replicas
from stack import processes as pid_files
from stack.paths import StackFolder
from stack.servers import Addresses

from benchmarks.load import Request, Round, drive
from benchmarks.processes import PROGRAMS, Process, cpu_seconds, running
from benchmarks.report import Report
from benchmarks.seed import KEY, Seeded, seed
from shared.settings import CommonSettings
from shared.store import Store

SERVICES = replicas.SERVICES
SERVERS = ("rabbitmq", "ferretdb", "postgres", "mailpit")
# What is measured is not the limits; `pressure` measures those of what is under way.
_SETTINGS = {"GATEWAY_RATE_PER_SECOND": "0", "ENTRYGO_LOG_LEVEL": "ERROR"}
UNSHARED = {"GATEWAY_ACCOUNT_COMMANDS": "1000", "GATEWAY_ALL_COMMANDS": "1000"}
_WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Effort:
    """How long a run takes its time."""

    rounds: int
    seconds: float  # of a round
    clients: tuple[int, ...]
    exports: int  # of a round, executed
    sizes: tuple[int, ...]  # orders in a large plan
    soak: float  # seconds


QUICK = Effort(
    rounds=2, seconds=2.0, clients=(1, 50), exports=30, sizes=(100, 1_000, 10_000), soak=20
)
WHOLE = Effort(
    rounds=3, seconds=4.0, clients=(1, 50, 200), exports=80, sizes=(100, 1_000, 10_000), soak=120
)


@dataclass
class Bench:
    servers: Addresses
    environment: dict[str, str]
    store: Store
    seeded: Seeded
    effort: Effort
    report: Report
    pids: dict[str, int]
    """Of everything that is measured, by name."""
    unused: Iterator[str]
    """Orders that no plan of the other parts has, to be exported."""
    services: dict[str, Process] = field(default_factory=dict)
    resident: dict[str, float] = field(default_factory=dict)
    """The most that each service had, in MB."""

    @property
    def url(self) -> str:
        return self.services["gateway"].url

    def client(self) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {KEY}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=120)

    @asynccontextmanager
    async def running(
        self, name: str, command: Sequence[str | Path], *, http: bool = True, **told: str
    ) -> AsyncIterator[Process]:
        """A process that is measured as long as it runs."""
        environment = self.environment | replicas.TOLD.get(name, told)
        async with running(name, command, environment, http=http) as process:
            self.pids[name] = process.pid
            try:
                yield process
            finally:
                del self.pids[name]

    async def measured(
        self, url: str, clients: int, requests: Iterator[Request], *, seconds: float = float("inf")
    ) -> Round:
        """`drive`, with the processor time that all processes took for it."""
        before = cpu_seconds(self.pids)
        taken = await drive(url, clients, requests, seconds=seconds)
        after = cpu_seconds(self.pids)
        taken.cpu = {name: after[name] - before[name] for name in before}
        return taken


@asynccontextmanager
async def opened(
    servers: Addresses, stack: str, effort: Effort, **told: str
) -> AsyncIterator[Bench]:
    """Servers in use by nobody else, a database and a virtual host that go, one of each service."""
    async with AsyncExitStack() as held:
        rabbit_url = await held.enter_async_context(_virtual_host(servers))
        database = f"bench_{uuid.uuid4().hex[:8]}"
        own = {"ENTRYGO_RABBIT_URL": rabbit_url, "ENTRYGO_MONGO_DATABASE": database}
        mongo = SecretStr(servers.mongo_url)
        settings = CommonSettings(mongo_url=mongo, mongo_database=database)
        store = await held.enter_async_context(Store(settings, appname="bench"))
        held.push_async_callback(store.drop_database)
        await store.create_indexes()
        largest = max(effort.sizes)
        seeded = await seed(store, 2 * largest, 2_000)
        bench = Bench(
            servers=servers,
            environment=envfile.variables(servers, envfile.OPERATOR) | _SETTINGS | told | own,
            store=store,
            seeded=seeded,
            effort=effort,
            report=Report(),
            pids=_server_pids(stack),
            unused=iter(seeded.order_ids[largest:]),
        )
        for name in SERVICES:
            program = PROGRAMS / replicas.PROGRAM.get(name, name)
            service = await held.enter_async_context(bench.running(name, [program]))
            bench.services[name] = service
        watching = asyncio.create_task(_watch(bench))
        held.callback(watching.cancel)
        yield bench


@asynccontextmanager
async def _virtual_host(servers: Addresses) -> AsyncIterator[str]:
    url, name = httpx.URL(servers.rabbit_url), f"bench-{uuid.uuid4().hex[:8]}"
    at = f"{servers.rabbit_management_url}/api/vhosts/{name}"
    async with httpx.AsyncClient(auth=(url.username, url.password), timeout=30) as management:
        (await management.put(at, json={})).raise_for_status()
        try:
            yield str(url.copy_with(path=f"/{name}"))
        finally:
            (await management.delete(at)).raise_for_status()


def _server_pids(stack: str) -> dict[str, int]:
    """Of the native stack's own; of servers that run elsewhere nothing can be read."""
    folder = StackFolder(stack)
    found = {name: pid_files.running(native.pid_file(folder, name)) for name in SERVERS}
    return {name: record.pid for name, record in found.items() if record}


async def _watch(bench: Bench) -> None:
    while True:
        for name, service in bench.services.items():
            bench.resident[name] = max(bench.resident.get(name, 0.0), service.resident_mb())
        await asyncio.sleep(_WATCH_SECONDS)
