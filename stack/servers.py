"""The servers of a named stack, from wherever they can be had: given, Docker, or native."""

import json
import shutil
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Literal

from stack import native, ports
from stack.locks import locked
from stack.output import StackError
from stack.paths import StackFolder
from stack.ports import Ports

Kind = Literal["native", "docker", "given"]


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


def up(name: str = "test") -> Addresses:
    """Starts what is missing, waits until all are ready, and tells where they are."""
    folder = StackFolder(name)
    with turn(folder):
        return up_in_turn(folder, ports.of(name))


def turn(folder: StackFolder) -> AbstractContextManager[None]:
    """One start or stop of a stack at a time."""
    folder.make()
    waiting = f"another run is starting or stopping the {folder.name} stack"
    return locked(folder.path / "lock", waiting)


def up_in_turn(folder: StackFolder, numbers: Ports) -> Addresses:
    found = on_loopback(numbers, "native", native.up(folder, numbers))
    folder.state.write_text(json.dumps(asdict(found), indent=2))
    return found


def known(folder: StackFolder) -> Addresses:
    """Where the servers of a stack are that was started before."""
    try:
        return Addresses(**json.loads(folder.state.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise StackError(f"the {folder.name} stack is not up: make up, or python -m stack up") from error


def down(name: str, *, wipe: bool = False) -> None:
    folder = StackFolder(name)
    with turn(folder):
        native.down(folder)
        folder.state.unlink(missing_ok=True)
        if wipe:
            shutil.rmtree(folder.data, ignore_errors=True)


def on_loopback(numbers: Ports, kind: Kind, versions: str) -> Addresses:
    return Addresses(
        rabbit_url=f"amqp://guest:guest@127.0.0.1:{numbers['amqp']}/",
        rabbit_management_url=f"http://guest:guest@127.0.0.1:{numbers['management']}",
        mongo_url=f"mongodb://127.0.0.1:{numbers['mongo']}/?directConnection=true",
        smtp_host="127.0.0.1",
        smtp_port=numbers["smtp"],
        mailpit_url=f"http://127.0.0.1:{numbers['mailpit']}",
        kind=kind,
        versions=versions,
    )
