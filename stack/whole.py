"""A whole stack: the servers, and the services on them."""

import re
from collections.abc import Mapping
from dataclasses import replace

from stack import apt, docker, envfile, ports, replicas, sample, servers, state, supervisor
from stack.output import StackError, good, say
from stack.paths import StackFolder
from stack.ports import Ports
from stack.servers import Addresses

# How many of each: the words of the command line.
PLURALS = {
    "planner": "planners",
    "planner-large": "planners-large",
    "executor": "executors",
    "broker-mailer": "mailers",
    "gateway": "gateways",
}


def up(folder: StackFolder, counts: Mapping[str, int], gateway: int | None = None) -> None:
    """What is not said stays as it was; of a new stack there is one of each."""
    with servers.turn(folder):
        kept = state.load(folder)
        numbers = _numbers(folder, kept, gateway)
        addresses = servers.up_in_turn(folder, numbers)
        wanted = dict.fromkeys(PLURALS, 1) | kept.counts | dict(counts)
        if addresses.kind == "docker":
            docker.services_up(folder, numbers, wanted)
        else:
            apt.ensure_printing()
            # Written first: what a failed start leaves is then known to status and down.
            _keep(folder, addresses, wanted, numbers)
            # None meanwhile: what dies while it starts is told here, with its log.
            supervisor.stop(folder)
            replicas.scale(folder, numbers, wanted, addresses)
            supervisor.start(folder)
        _keep(folder, addresses, wanted, numbers)
        _tell(folder, addresses, wanted, numbers)


def down(folder: StackFolder, *, wipe: bool = False) -> None:
    # Asked for first, so that a wrong setting leaves everything as it is.
    ports.of(folder.name)
    with servers.turn(folder):
        supervisor.stop(folder)
        folder.restarts.unlink(missing_ok=True)
        replicas.stop(replicas.recorded(folder))
        servers.down_in_turn(folder, wipe=wipe)
        folder.env_file.unlink(missing_ok=True)
    say(f"the {folder.name} stack is down{' and its data are gone' if wipe else ''}")


def _numbers(folder: StackFolder, kept: state.State, gateway: int | None) -> Ports:
    """A gateway that was moved stays there until it is moved again."""
    if gateway is not None and not 0 < gateway < 65536 - replicas.MOST - replicas.METRICS:
        raise StackError(f"--port {gateway} is no port number")
    if gateway is None and not ports.moved(folder.name):
        gateway = kept.gateway_port
    return ports.of(folder.name, gateway)


def _keep(
    folder: StackFolder, addresses: Addresses, counts: dict[str, int], numbers: Ports
) -> None:
    port = numbers["gateway"]
    state.save(folder, replace(state.load(folder), counts=counts, gateway_port=port))
    envfile.write(folder.env_file, envfile.variables(addresses, envfile.OPERATOR, port))


def _tell(
    folder: StackFolder, addresses: Addresses, counts: Mapping[str, int], numbers: Ports
) -> None:
    url = f"http://localhost:{numbers['gateway']}"
    running = ", ".join(f"{name} x {count}" for name, count in counts.items())
    say(f"{good('ready')}: {running}")
    lines = {
        "API": f"{url}/api   (documentation: {url}/docs)",
        "mail": f"{_open(addresses.mailpit_url)}/view/latest.html",
        "RabbitMQ": _open(addresses.rabbit_management_url),
        "store": _open(addresses.mongo_url),
        "passwords": f"in {folder.env_file}",
        "servers": f"{addresses.versions} ({addresses.kind})",
        "operator": f". {folder.env_file} && .venv/bin/entrygo --help",
    }
    for name, text in lines.items():
        say(f"  {name:10}{text}")
    if folder.name == "demo":
        sample.tell(folder, addresses, url)


def _open(url: str) -> str:
    """Without its password, which is for no terminal and no log."""
    return re.sub(r"//[^/@]+@", "//", url)
