"""Starts and stops the servers of one native stack."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stack import chroot, native_root, native_servers, ports, probes, processes
from stack.native_server import Server, own
from stack.output import StackError, last_lines, step
from stack.paths import StackFolder
from stack.ports import Ports

START_SECONDS = 90
# After a kill PostgreSQL refuses to start while old backends end.
RESTART_PAUSE = 0.5
RESTART_SECONDS = 20


def up(folder: StackFolder, numbers: Ports) -> str:
    """All servers are ready; returns their versions in words."""
    native_root.ensure()
    servers = native_servers.all_of(folder, numbers)
    missing = [one for one in servers if not _runs_as_wanted(folder, one)]
    if missing:
        _require_ports(missing, numbers)
        with step(f"starting {', '.join(one.name for one in missing)}"):
            _ensure_all(folder, servers, numbers)
    else:
        _ensure_all(folder, servers, numbers)
    return versions()


def versions() -> str:
    found = native_root.versions()
    found.pop("Erlang", None)
    short = {name: version.partition("-")[0] for name, version in found.items()}
    short["DocumentDB"] = found.get("DocumentDB", "")
    return ", ".join(f"{name} {version}" for name, version in short.items())


def down(folder: StackFolder) -> None:
    """Ends what runs; those that hold data come last."""
    if not native_root.versions():
        return
    names = ["ferretdb", "mailpit", "rabbitmq", "postgres"]
    for pair in (names[:2], names[2:]):
        running = [name for name in pair if processes.running(pid_file(folder, name))]
        with ThreadPoolExecutor() as together:
            for name in running:
                together.submit(_stop, folder, name)
    probes.end_epmd(ports.of(folder.name)["epmd"])


def pid_file(folder: StackFolder, server: str) -> Path:
    return folder.pids / f"{server}.json"


def log_file(folder: StackFolder, server: str) -> Path:
    return folder.logs / f"{server}.log"


def _stop(folder: StackFolder, name: str) -> None:
    how = {one.name: one for one in native_servers.all_of(folder, ports.of(folder.name))}[name]
    processes.stop([pid_file(folder, name)], how.grace, how.stop_signal)


def _runs_as_wanted(folder: StackFolder, server: Server) -> bool:
    record = processes.running(pid_file(folder, server.name))
    if record is None:
        return False
    if record.fingerprint == server.fingerprint():
        return True
    _stop(folder, server.name)
    return False


def _require_ports(missing: list[Server], numbers: Ports) -> None:
    ports.require_free(
        [
            (numbers[what], f"{one.name} {what}", numbers.setting(what))
            for one in missing
            for what in one.ports
        ]
    )


def _ensure_all(folder: StackFolder, servers: list[Server], numbers: Ports) -> None:
    """RabbitMQ takes the longest, so the others start beside it."""
    by_name = {one.name: one for one in servers}
    chain = [by_name.pop(name) for name in ("postgres", "ferretdb")]

    def one_after_the_other(group: list[Server]) -> None:
        for server in group:
            _ensure(folder, server, numbers)

    with ThreadPoolExecutor() as together:
        groups = [chain, *([one] for one in by_name.values())]
        for done in [together.submit(one_after_the_other, group) for group in groups]:
            done.result()


def _ensure(folder: StackFolder, server: Server, numbers: Ports) -> None:
    """Starts it as often as needed until it answers.

    One that was just killed may still look alive at the first glance, and one that is started
    right after a kill may end again while the old one's children do.
    """
    record = processes.running(pid_file(folder, server.name))
    begun = time.monotonic()
    starts = 0
    while not (processes.alive(record) and server.ready()):
        spent = time.monotonic() - begun
        if spent > START_SECONDS:
            raise _not_ready(folder, server, f"no answer after {START_SECONDS} s")
        if not processes.alive(record):
            if starts and spent > RESTART_SECONDS:
                raise _not_ready(folder, server, "ends again each time it is started")
            time.sleep(RESTART_PAUSE if starts else 0)
            own(folder, server.name, server.user)
            server.prepare()
            record = _launch(folder, server, numbers)
            starts += 1
        time.sleep(0.1)
    server.once_ready()


def _launch(folder: StackFolder, server: Server, numbers: Ports) -> processes.Record:
    command = chroot.inside(native_root.root(), server.command, user=server.user, data=folder.data)
    return processes.start(
        processes.Launch(
            command=command,
            environment=chroot.environment(**{"HOME": "/", **server.environment}),
            pid_file=pid_file(folder, server.name),
            log=log_file(folder, server.name),
            port=numbers[server.ports[0]],
            fingerprint=server.fingerprint(),
        )
    )


def _not_ready(folder: StackFolder, server: Server, what: str) -> StackError:
    log = log_file(folder, server.name)
    return StackError(f"{server.name}: {what}; the end of {log}:\n{last_lines(log)}")
