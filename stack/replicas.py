"""The services as processes: as many of each as asked for, restarted when dead or changed."""

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stack import envfile, ports, probes, processes
from stack.output import StackError, last_lines, step
from stack.paths import REPOSITORY, StackFolder
from stack.ports import Ports
from stack.servers import Addresses

# In the order of starting: who answers commands is there before who sends them.
SERVICES = ("planner-large", "planner", "executor", "broker-mailer", "gateway")
MOST = 49
METRICS = 50  # so far above a process's port is Prometheus' own
START_SECONDS = 60
# A service finishes what it is at within 25 seconds.
GRACE = 30
PROGRAMS = "ENTRYGO_PROGRAMS"
# Of one program that runs in two ways.
PROGRAM = {"planner-large": "planner"}
TOLD = {"planner": {"PLANNER_QUEUES": "small"}, "planner-large": {"PLANNER_QUEUES": "large"}}


@dataclass(frozen=True)
class Replica:
    """One process of a service."""

    folder: StackFolder
    service: str
    number: int
    port: int

    @property
    def name(self) -> str:
        return f"{self.service}-{self.number}"

    @property
    def pid_file(self) -> Path:
        return self.folder.pids / f"{self.name}.json"

    @property
    def log(self) -> Path:
        return self.folder.logs / f"{self.name}.log"

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def metrics(self) -> str:
        return f"http://127.0.0.1:{self.port + METRICS}/metrics"

    def ready(self) -> bool:
        return probes.http_ok(self.url("/readyz"))


def wanted(folder: StackFolder, numbers: Ports, counts: Mapping[str, int]) -> list[Replica]:
    return [
        Replica(folder, service, number, numbers[service] + number)
        for service in SERVICES
        for number in range(counts.get(service, 0))
    ]


def recorded(folder: StackFolder) -> list[Replica]:
    """All that were started and not stopped, alive or dead."""
    found = []
    for pid_file in sorted(folder.pids.glob("*.json")):
        match = re.fullmatch(r"(.+)-(\d+)", pid_file.stem)
        record = processes.read(pid_file)
        if match and record and match[1] in SERVICES:
            found.append(Replica(folder, match[1], int(match[2]), record.port))
    return found


def scale(
    folder: StackFolder, numbers: Ports, counts: Mapping[str, int], addresses: Addresses
) -> None:
    """The running replicas become those asked for, and each is ready."""
    replicas = wanted(folder, numbers, counts)
    launches = {one: _launch(one, addresses) for one in replicas}
    current = {one for one in replicas if _is_current(launches[one])}
    # By place, not by value: a replica that moves to another port ends under its old one first.
    kept = {one.pid_file for one in current}
    surplus = [one for one in recorded(folder) if one.pid_file not in kept]
    stop(surplus)
    missing = [one for one in replicas if one not in current]
    ports.require_free([(one.port, one.name, numbers.setting(one.service)) for one in missing])
    if missing:
        with step(f"starting {', '.join(one.name for one in missing)}"):
            for one in missing:
                processes.start(launches[one])
            _await_ready(launches, started=set(missing))
    else:
        _await_ready(launches, started=set())


def start(replica: Replica, addresses: Addresses) -> None:
    """Not waited for."""
    processes.start(_launch(replica, addresses))


def stop(replicas: Iterable[Replica]) -> None:
    """Asks all to finish what they are at; ends those that do not."""
    replicas = list(replicas)
    running = [one for one in replicas if processes.running(one.pid_file)]
    if running:
        with step(f"stopping {', '.join(one.name for one in running)}"):
            processes.stop([one.pid_file for one in running], GRACE)
    for one in replicas:
        one.pid_file.unlink(missing_ok=True)


def environment(addresses: Addresses, service: str, port: int) -> dict[str, str]:
    """What one service process is told; the same names a container gets."""
    return {
        **envfile.variables(addresses, service),
        "ENTRYGO_HTTP_HOST": "127.0.0.1",
        "ENTRYGO_HTTP_PORT": str(port),
        "ENTRYGO_METRICS_PORT": str(port + METRICS),
        "ENTRYGO_LOG_LEVEL": os.environ.get("ENTRYGO_LOG_LEVEL", "INFO"),
    }


def _launch(replica: Replica, addresses: Addresses) -> processes.Launch:
    programs = Path(os.environ.get(PROGRAMS, REPOSITORY / ".venv" / "bin"))
    program = PROGRAM.get(replica.service, replica.service)
    told = environment(addresses, program, replica.port) | TOLD.get(replica.service, {})
    command = [str(programs / program)]
    text = json.dumps([command, sorted(told.items())])
    return processes.Launch(
        command=command,
        environment={**os.environ, **told, "PYTHONUNBUFFERED": "1"},
        pid_file=replica.pid_file,
        log=replica.log,
        port=replica.port,
        fingerprint=hashlib.sha256(text.encode()).hexdigest()[:16],
    )


def _is_current(launch: processes.Launch) -> bool:
    if not Path(launch.command[0]).exists():
        raise StackError(f"{launch.command[0]} is not there: make setup")
    record = processes.running(launch.pid_file)
    return record is not None and record.fingerprint == launch.fingerprint


def _await_ready(launches: Mapping[Replica, processes.Launch], started: set[Replica]) -> None:
    until = time.monotonic() + START_SECONDS
    for one, launch in launches.items():
        while not one.ready():
            if processes.running(one.pid_file) is None:
                if one in started:
                    raise _not_ready(one, "ended while it was starting")
                # It was being killed when it was looked at, and seemed alive then.
                processes.start(launch)
                started.add(one)
            if time.monotonic() > until:
                raise _not_ready(one, f"not ready after {START_SECONDS} s")
            time.sleep(0.1)


def _not_ready(replica: Replica, what: str) -> StackError:
    return StackError(
        f"{replica.name}: {what}; the end of {replica.log}:\n{last_lines(replica.log)}"
    )
