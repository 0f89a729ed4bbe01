"""Native servers of a run's own: made for it, two of them on small disks, and gone afterwards."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from stack import (
    chroot,
    native,
    native_postgres,
    native_root,
    native_servers,
    ports,
    processes,
    servers,
)
from stack.output import StackError
from stack.paths import StackFolder
from stack.servers import Addresses

DISK: Final = "1g"  # PostgreSQL's, and RabbitMQ's
WAL: Final = "256MB"  # of it


class OwnServers:
    """Killed, stopped and started again by their process ids."""

    def __init__(self, folder: StackFolder) -> None:
        self._folder = folder
        self._disks = {name: folder.data / name for name in ("postgres", "rabbitmq")}

    async def up(self) -> Addresses:
        """Starts those that died; the disks have room again."""
        for disk in self._disks.values():
            (disk / "ballast").unlink(missing_ok=True)
        try:
            return await asyncio.to_thread(servers.up, self._folder.name, "native")
        except StackError:  # of a full disk RabbitMQ lives on without its users: start it again
            self.signal("rabbitmq", signal.SIGKILL)
            return await asyncio.to_thread(servers.up, self._folder.name, "native")

    def signal(self, name: str, what: signal.Signals) -> None:
        record = processes.running(native.pid_file(self._folder, name))
        if record is not None:
            os.kill(record.pid, what)

    def fill_disk(self, server: str) -> None:
        """To the last byte."""
        with (
            (self._disks[server] / "ballast").open("wb", buffering=0) as ballast,
            suppress(OSError),
        ):
            while True:
                ballast.write(bytes(2**20))

    async def run(self, server: str, *command: str) -> None:
        """A program of a server's, with its user and environment."""
        all_of = native_servers.all_of(self._folder, ports.of(self._folder.name))
        [found] = [one for one in all_of if one.name == server]
        entered = chroot.inside(
            native_root.root(), list(command), user=found.user, data=self._folder.data
        )
        environment = chroot.environment(**{"HOME": "/", **found.environment})
        await asyncio.to_thread(_run, *entered, environment=environment)

    async def prepare(self) -> None:
        """Empty disks with servers on them, which write no more log than they hold."""
        await asyncio.to_thread(self.clear)
        for disk in self._disks.values():
            disk.mkdir(parents=True)
            _run("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0750", "chaos", str(disk))
        await self.up()
        port = str(ports.of(self._folder.name)["postgres"])
        psql = [f"{native_postgres.POSTGRES_BIN}/psql", "-qh", "127.0.0.1", "-p", port]
        for said in (f"alter system set max_wal_size = '{WAL}'", "select pg_reload_conf()"):
            await self.run("postgres", *psql, "-U", "postgres", "-c", said, "postgres")

    def clear(self) -> None:
        """Nothing runs, nothing is kept."""
        with servers.turn(self._folder):
            for pid_file in self._folder.pids.glob("*.json"):
                self.signal(pid_file.stem, signal.SIGCONT)  # what is stopped hears nothing else
            native.down(self._folder)
            for disk in self._disks.values():
                while disk.is_mount():
                    _run("umount", str(disk))
            servers.down_in_turn(self._folder, wipe=True)


@asynccontextmanager
async def own_servers(folder: StackFolder) -> AsyncIterator[tuple[Addresses, OwnServers]]:
    own = OwnServers(folder)
    try:
        await own.prepare()
        yield await own.up(), own
    finally:
        await asyncio.to_thread(own.clear)


def _run(*command: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
