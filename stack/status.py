"""What runs, where, whether it is ready, and what it has handled."""

from typing import Any

from stack import (
    docker,
    metrics,
    native,
    native_servers,
    ports,
    processes,
    replicas,
    state,
    supervisor,
)
from stack.output import bad, good, say, table
from stack.paths import StackFolder

COLUMNS = ["what", "pid", "port", "ready", "handled", "restarts"]


def show(folder: StackFolder) -> bool:
    """Prints a line for each; false when something that should run does not."""
    kept = state.load(folder)
    if kept.addresses.get("kind") == "docker":
        return docker.show(folder)
    rows = [*_servers(folder, kept), *_services(folder, kept)]
    print(table(rows, COLUMNS))
    missing = [row["what"] for row in rows if row["ready"] != "yes"]
    if missing:
        say(f"{bad('not ready:')} {', '.join(missing)}")
    elif rows:
        say(f"{good('all ready')}; servers: {kept.addresses.get('versions', 'unknown')}")
    return not missing


def _servers(folder: StackFolder, kept: state.State) -> list[dict[str, Any]]:
    if kept.addresses.get("kind") == "given":
        return []
    numbers = ports.of(folder.name)
    rows = []
    for server in native_servers.all_of(folder, numbers):
        record = processes.running(native.pid_file(folder, server.name))
        ready = record is not None and server.ready()
        rows.append(_row(server.name, record, numbers[server.ports[0]], ready=ready))
    return rows


def _services(folder: StackFolder, kept: state.State) -> list[dict[str, Any]]:
    numbers = ports.of(folder.name, kept.gateway_port)
    expected = replicas.wanted(folder, numbers, kept.counts)
    restarts = supervisor.restarts(folder)
    rows = []
    for one in expected:
        record = processes.running(one.pid_file)
        row = _row(one.name, record, one.port, ready=record is not None and one.ready())
        if record is not None:
            handled = metrics.handled(one.service, one.metrics)
            row["handled"] = "?" if handled is None else handled
        row["restarts"] = restarts.get(one.name, 0)
        rows.append(row)
    if rows:
        watching = processes.running(folder.supervisor)
        rows.append(_row("supervisor", watching, "-", ready=watching is not None))
    return rows


def _row(
    name: str, record: processes.Record | None, port: int | str, *, ready: bool
) -> dict[str, Any]:
    return {
        "what": name,
        "pid": record.pid if record else "-",
        "port": port,
        "ready": "yes" if ready else "no" if record else "not running",
        "handled": "",
        "restarts": "",
    }
