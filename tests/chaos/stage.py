"""What the nemesis plays on: servers, replicas behind proxies, a mailbox; and the way to health."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import httpx
from pydantic import SecretStr
from stack.servers import Addresses

from chaos.mailbox import Mailbox
from chaos.own import OwnServers
from shared.settings import CommonSettings
from shared.store import Store
from support.accounts import Seeded, seed_account
from support.proxy import Proxy
from support.servers import virtual_host
from support.services import ALL, Cluster, Replica

ACCOUNTS: Final = 3
RETRY_DELAYS_MS: Final = (200, 1_000, 5_000)
# Short, so that a process can be frozen for longer than all of them (faults.FROZEN).
SETTINGS: Final = {
    "ENTRYGO_RETRY_DELAYS_MS": str(list(RETRY_DELAYS_MS)),
    "ENTRYGO_STORE_TIMEOUT": "PT5S",
    "GATEWAY_REPLY_TIMEOUT": "PT4S",
    "GATEWAY_LEASE_MARGIN": "PT4S",
    "EXECUTOR_VERIFY_TIMEOUT": "PT5S",
    "EXECUTOR_REDRIVE_AFTER": "PT8S",
    "BROKER_MAILER_SMTP_CONNECT_TIMEOUT": "PT3S",
    "BROKER_MAILER_SMTP_COMMAND_TIMEOUT": "PT3S",
    "BROKER_MAILER_RETRY_DELAYS": '["PT1S","PT2S"]',
    "BROKER_MAILER_RETRY_EVERY": "PT4S",
    "BROKER_MAILER_RETRY_FOR": "PT10M",
}


class Member(Replica):
    """A replica behind proxies of its own, started again when it dies; or `down` on purpose."""

    down = False
    deaths = 0

    def __init__(
        self, service: str, environment: Mapping[str, str], logs: Path, links: dict[str, Proxy]
    ) -> None:
        super().__init__(service, environment, logs)
        self.links = links  # to `rabbit` and `store`

    def __str__(self) -> str:
        return f"{self.service}-{self.port}"


@dataclass
class Stage:
    addresses: Addresses
    settings: CommonSettings  # with the servers' own addresses, past the proxies
    store: Store
    mailbox: Mailbox
    own: OwnServers | None  # None: the servers serve others too
    accounts: list[Seeded] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    queues_lost: list[tuple[float, str]] = field(default_factory=list)  # when (monotonic), which

    def of(self, service: str) -> list[Member]:
        return [member for member in self.members if member.service == service]

    def gateways(self) -> list[str]:
        return [member.url for member in self.of("gateway")]

    @property
    def vhost(self) -> str:
        """As a part of the management API's paths."""
        return httpx.URL(self.settings.rabbit_url.get_secret_value()).path.strip("/") or "%2F"

    def management(self) -> httpx.AsyncClient:
        url = httpx.URL(self.addresses.rabbit_management_url)
        auth = (url.username or "guest", url.password or "guest")
        return httpx.AsyncClient(base_url=url.copy_with(userinfo=b""), auth=auth, timeout=20)

    async def keep_alive(self) -> None:
        """Starts again what died, as an orchestrator does."""
        while True:
            for member in self.members:
                if member.exit_code is not None and not member.down:
                    member.deaths += 1
                    member.begin()
            await asyncio.sleep(0.5)

    async def heal(self) -> None:
        """No fault lasts; what needs time to be ready may still need it."""
        for member in self.members:
            member.send(signal.SIGCONT)
            member.down = False
        if self.own is not None:
            await self.own.up()

    async def recovered(self, limit: float) -> tuple[float, list[Member]]:
        """Seconds until every replica was ready at once; those that never were."""
        begun = time.monotonic()
        while True:
            ready = await asyncio.gather(*(member.is_ready() for member in self.members))
            spent = time.monotonic() - begun
            late = [m for m, is_ready in zip(self.members, ready, strict=True) if not is_ready]
            if not late or spent > limit:
                return spent, late
            await asyncio.sleep(0.2)


@asynccontextmanager
async def stage_on(
    servers: tuple[Addresses, OwnServers | None], logs: Path, seed: int, each: int
) -> AsyncIterator[Stage]:
    """`each` replicas of every service on a store and a virtual host of their own; all ready."""
    addresses, own = servers
    async with AsyncExitStack() as held:
        # On servers of our own everything goes with them.
        rabbit_url = addresses.rabbit_url if own else held.enter_context(virtual_host(addresses))
        settings = CommonSettings(
            rabbit_url=SecretStr(rabbit_url),
            mongo_url=SecretStr(addresses.mongo_url),
            mongo_database=f"chaos_{seed}_{os.getpid()}",
            retry_delays_ms=RETRY_DELAYS_MS,
        )
        store = await held.enter_async_context(Store(settings, appname="chaos"))
        if not own:
            held.push_async_callback(store.drop_database)
        stage = Stage(addresses, settings, store, Mailbox(rng=Random(f"{seed}/mail")), own)
        listener = await asyncio.start_server(stage.mailbox.serve, "127.0.0.1", 0, limit=2**22)
        held.callback(listener.close)
        stage.mailbox.port = listener.sockets[0].getsockname()[1]
        await store.create_indexes()
        stage.accounts = [await seed_account(store) for _ in range(ACCOUNTS)]
        held.push_async_callback(_end, stage)
        await _start(stage, held, logs, each)
        yield stage


async def _start(stage: Stage, held: AsyncExitStack, logs: Path, each: int) -> None:
    cluster = Cluster(stage.settings, stage.addresses, logs)
    smtp = {"BROKER_MAILER_SANDBOX_SMTP_PORT": str(stage.mailbox.port)}
    for service in [service for service in ALL for _ in range(each)]:
        rabbit = await held.enter_async_context(Proxy(cluster.environment["ENTRYGO_RABBIT_URL"]))
        store = await held.enter_async_context(Proxy(cluster.environment["ENTRYGO_MONGO_URL"]))
        linked = {"ENTRYGO_RABBIT_URL": rabbit.url, "ENTRYGO_MONGO_URL": store.url}
        environment = cluster.environment | SETTINGS | smtp | linked
        stage.members.append(Member(service, environment, logs, {"rabbit": rabbit, "store": store}))
    for member in stage.members:
        member.begin()
    _, late = await stage.recovered(limit=120)
    assert not late, f"never ready: {[str(member) for member in late]}"


async def _end(stage: Stage) -> None:
    for member in stage.members:
        member.down = True
        await member.kill()
