"""The services as processes of their own, which a test may kill, arm and start again."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx
from stack import ports
from stack.servers import Addresses

from shared.settings import CommonSettings
from support.waiting import until

ALL = ("gateway", "planner", "executor", "broker-mailer")
BIN = Path(sys.executable).parent


class Replica:
    """One process of one service, on a port of its own; its log is a file."""

    def __init__(self, service: str, environment: Mapping[str, str], logs: Path) -> None:
        self.service = service
        self.port = ports.unused()
        self.url = f"http://127.0.0.1:{self.port}"
        metrics = ports.unused()
        self.metrics = f"http://127.0.0.1:{metrics}/metrics"
        self.log = logs / f"{service}-{self.port}.log"
        self._environment = dict(environment) | {
            "ENTRYGO_HTTP_PORT": str(self.port),
            "ENTRYGO_METRICS_PORT": str(metrics),
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self, **extra: str) -> None:
        self.begin(**extra)
        await self.ready()

    def begin(self, **extra: str) -> None:
        """Not waited for."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(
                ("ENTRYGO_", "CRASH_AT", "BROKER_MAILER_", "EXECUTOR_", "PLANNER_", "GATEWAY_")
            )
        }
        self._process = self._spawn(environment | self._environment | extra)

    async def ready(self) -> None:
        """Waits until it is, or has ended."""
        await until(self._ready_or_dead)

    def _spawn(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [BIN / self.service], env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.poll()

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def metric(self, name: str) -> float:
        """The sum of the samples of this name."""
        async with httpx.AsyncClient() as client:
            text = (await client.get(self.metrics)).text
        return sum(
            float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name)
        )

    async def is_ready(self) -> bool:
        async with httpx.AsyncClient() as client:
            with suppress(httpx.TransportError):
                return (await client.get(f"{self.url}/readyz")).status_code == httpx.codes.OK
        return False

    def send(self, what: signal.Signals) -> None:
        """To the process, if it lives."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(what)

    async def _ready_or_dead(self) -> bool:
        # A crash point may lie before it is ready.
        return self.exit_code is not None or await self.is_ready()

    async def _end(self, how: signal.Signals) -> None:
        self.send(how)
        if self._process is not None:
            await asyncio.to_thread(self._process.wait, 60)


class Cluster:
    """Some replicas of each service on one set of servers; all end with the block."""

    def __init__(
        self,
        settings: CommonSettings,
        servers: Addresses,
        logs: Path,
        users: Mapping[str, str] | None = None,
    ) -> None:
        """`users`: RabbitMQ's address for each service; without, all share the settings'."""
        self._logs = logs
        self._users = users or {}
        self.servers = servers
        self.settings = settings
        self.environment = {
            "ENTRYGO_RABBIT_URL": settings.rabbit_url.get_secret_value(),
            "ENTRYGO_MONGO_URL": settings.mongo_url.get_secret_value(),
            "ENTRYGO_MONGO_DATABASE": settings.mongo_database,
            "ENTRYGO_RETRY_DELAYS_MS": "[100,500]",
            "BROKER_MAILER_SMTP_HOST": servers.smtp_host,
            "BROKER_MAILER_SMTP_PORT": str(servers.smtp_port),
            "BROKER_MAILER_SANDBOX_SMTP_HOST": servers.smtp_host,
            "BROKER_MAILER_SANDBOX_SMTP_PORT": str(servers.smtp_port),
            "BROKER_MAILER_SWEEP_EVERY": "PT1S",
            "BROKER_MAILER_SMTP_DATA_TIMEOUT": "PT3S",
            "BROKER_MAILER_SMTP_FINAL_TIMEOUT": "PT3S",
            "BROKER_MAILER_LEASE": "PT7S",  # of a sender that was killed
            "EXECUTOR_SWEEP_EVERY": "PT1S",
            "EXECUTOR_REDRIVE_AFTER": "PT5S",
        }
        self.replicas: list[Replica] = []

    async def start(self, *services: str, **extra: str) -> list[Replica]:
        started = [self._replica(service, extra) for service in services]
        self.replicas += started
        await asyncio.gather(*(replica.start() for replica in started))
        for replica in started:
            assert replica.exit_code is None or "CRASH_AT" in extra, replica.log.read_text()[-3000:]
        return started

    def begin(self, service: str, **extra: str) -> Replica:
        """One that is not waited for."""
        replica = self._replica(service, extra)
        self.replicas.append(replica)
        replica.begin()
        return replica

    def _replica(self, service: str, extra: Mapping[str, str]) -> Replica:
        url = self._users.get(service, self.environment["ENTRYGO_RABBIT_URL"])
        told = {**self.environment, "ENTRYGO_RABBIT_URL": url, **extra}
        return Replica(service, told, self._logs)

    def of(self, service: str) -> list[Replica]:
        return [replica for replica in self.replicas if replica.service == service]

    @property
    def url(self) -> str:
        return self.of("gateway")[0].url

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        # Those of a start that failed too: they would take the messages of every test to come.
        await asyncio.gather(*(replica.stop() for replica in self.replicas))
