"""The servers of a named stack, from wherever they can be had: given, Docker, or native."""

import os
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from typing import Literal, cast

from stack import docker, native, native_root, ports, secrets, state
from stack.locks import locked
from stack.output import StackError, say
from stack.paths import StackFolder
from stack.ports import Ports

Kind = Literal["native", "docker", "given"]
# Addresses of servers that someone else runs; all of them, or none.
GIVEN = {
    "rabbit_url": "ENTRYGO_TEST_RABBIT_URL",
    "rabbit_management_url": "ENTRYGO_TEST_RABBIT_MANAGEMENT_URL",
    "mongo_url": "ENTRYGO_TEST_MONGO_URL",
    "smtp_host": "ENTRYGO_TEST_SMTP_HOST",
    "smtp_port": "ENTRYGO_TEST_SMTP_PORT",
    "mailpit_url": "ENTRYGO_TEST_MAILPIT_URL",
}


@dataclass(frozen=True)
class Addresses:
    """Where the servers of a stack are."""

    rabbit_url: str
    rabbit_management_url: str
    mongo_url: str
    smtp_host: str
    smtp_port: int
    mailpit_url: str
    kind: Kind
    versions: str
    # RabbitMQ's address for each service's own user; none where all share `rabbit_url`.
    users: dict[str, str] = field(default_factory=dict)
    # The store's, where services have users of their own there.
    stores: dict[str, str] = field(default_factory=dict)


def up(name: str, kind: Kind | None = None) -> Addresses:
    """Starts what is missing, waits until all are ready, and tells where they are."""
    folder = StackFolder(name)
    with turn(folder):
        return up_in_turn(folder, ports.of(name), kind)


def turn(folder: StackFolder) -> AbstractContextManager[None]:
    """One start or stop of a stack at a time."""
    folder.make()
    waiting = f"another run is starting or stopping the {folder.name} stack"
    return locked(folder.path / "lock", waiting)


def up_in_turn(folder: StackFolder, numbers: Ports, kind: Kind | None = None) -> Addresses:
    """For a caller that has the turn."""
    found = given() if folder.name != "demo" else None
    if found is None and (kind or kind_of(folder)) == "docker":
        versions = docker.servers_up(folder, numbers)
        found = in_containers(numbers, docker.project(folder), versions)
    elif found is None:
        found = _native(folder, numbers)
    state.save(folder, replace(state.load(folder), addresses=asdict(found)))
    return found


def known(folder: StackFolder) -> Addresses:
    """Where the servers of a stack are that was started before."""
    try:
        return Addresses(**state.load(folder).addresses)
    except TypeError as error:
        start = f"python -m stack up --name {folder.name}"
        raise StackError(f"the {folder.name} stack is not up: {start}") from error


def down_in_turn(folder: StackFolder, *, wipe: bool) -> None:
    """Ends the servers; what they hold stays unless it is to be wiped."""
    if state.load(folder).addresses.get("kind") == "docker":
        docker.down(folder, ports.of(folder.name), wipe=wipe)
    native.down(folder)
    folder.state.unlink(missing_ok=True)
    if wipe:
        shutil.rmtree(folder.data, ignore_errors=True)


def kind_of(folder: StackFolder) -> Kind:
    """Given, else forced by ENTRYGO_STACK, else as it was started, else what this machine can."""
    if folder.name != "demo" and given():
        return "given"
    forced = os.environ.get("ENTRYGO_STACK", "")
    if forced not in {"", "docker", "native"}:
        raise StackError(f"ENTRYGO_STACK={forced}: set it to docker or native, or leave it out")
    started = state.load(folder).addresses.get("kind")
    if started in {"docker", "native"}:
        if forced and forced != started:
            raise StackError(f"the {folder.name} stack runs as {started}: take it down first")
        return cast(Kind, started)
    if forced == "native":
        return _native_or_say_why("ENTRYGO_STACK=native")
    reason = docker.unusable()
    if reason is None:
        return "docker"
    if forced == "docker":
        raise StackError(f"ENTRYGO_STACK=docker, but {reason}")
    return _native_or_say_why(reason)


def given() -> Addresses | None:
    """The servers that the environment names."""
    found = {key: os.environ[name] for key, name in GIVEN.items() if os.environ.get(name)}
    if not found:
        return None
    if missing := [name for key, name in GIVEN.items() if key not in found]:
        raise StackError(f"some servers are given by address, but not {', '.join(missing)}")
    return Addresses(
        rabbit_url=found["rabbit_url"],
        rabbit_management_url=found["rabbit_management_url"],
        mongo_url=found["mongo_url"],
        smtp_host=found["smtp_host"],
        smtp_port=int(found["smtp_port"]),
        mailpit_url=found["mailpit_url"],
        kind="given",
        versions="given by address",
    )


def on_loopback(
    numbers: Ports, kind: Kind, versions: str, known: Mapping[str, Mapping[str, str]]
) -> Addresses:
    """Each with its password, for anyone on this machine may connect to loopback.

    `known` has them by server (`rabbit`, `mongo`, `web`) and user; the first of the store's is the
    one that may do everything.
    """

    def at(scheme: str, user: str, password: str, port: str, path: str = "") -> str:
        return secrets.url(scheme, user, password, f"127.0.0.1:{numbers[port]}{path}")

    rabbit = {
        user: at("amqp", user, known["rabbit"][user], "amqp", "/") for user in known["rabbit"]
    }
    direct = "/?directConnection=true"
    stores = {
        user: at("mongodb", user, known["mongo"][user], "mongo", direct) for user in known["mongo"]
    }
    admin = known["rabbit"][secrets.ADMIN]
    return Addresses(
        rabbit_url=rabbit.pop(secrets.ADMIN),
        rabbit_management_url=at("http", secrets.ADMIN, admin, "management"),
        mongo_url=next(iter(stores.values())),
        smtp_host="127.0.0.1",
        smtp_port=numbers["smtp"],
        mailpit_url=at("http", secrets.MAILPIT, known["web"][secrets.MAILPIT], "mailpit"),
        kind=kind,
        versions=versions,
        users=rabbit,
        stores=stores,
    )


def in_containers(numbers: Ports, command: list[str], versions: str) -> Addresses:
    """Of the compose project that the command names."""
    known: dict[str, dict[str, str]] = {"rabbit": {}, "mongo": {}, "web": {}}
    for name, password in docker.passwords(command).items():
        user, _, server = name.rpartition("_")
        known[server][user] = password
    return on_loopback(numbers, "docker", versions, known)


def _native(folder: StackFolder, numbers: Ports) -> Addresses:
    versions = native.up(folder, numbers)
    found = secrets.passwords(folder)
    web, store = found.pop(secrets.MAILPIT), found.pop(secrets.STORE)
    known = {
        "rabbit": {user: found[user] for user in (secrets.ADMIN, *secrets.rabbit_users())},
        "mongo": {secrets.STORE: store},
        "web": {secrets.MAILPIT: web},
    }
    return on_loopback(numbers, "native", versions, known)


def _native_or_say_why(no_docker: str) -> Kind:
    reason = native_root.impossible()
    if reason is None:
        say(f"  Docker is not used ({no_docker}); native servers instead")
        return "native"
    raise StackError(
        f"no servers can be had here. Docker: {no_docker}. Native: {reason}.\n"
        "  Install Docker with the compose plugin, or use a Debian machine as root."
    )
