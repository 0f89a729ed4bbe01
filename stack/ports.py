"""Which port is whose: a block of its own for each stack, so that two run side by side."""

import os
import random
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from stack.output import StackError

BASES = {"demo": 13000, "test": 14000, "bench": 15000, "chaos": 17000}
OFFSETS = {
    "mongo": 17,
    "smtp": 25,
    "postgres": 32,
    "amqp": 72,
    "management": 73,
    "distribution": 74,
    "epmd": 75,
    "mailpit": 80,
    # Services: the first replica's port; each further one takes the next.
    "planner": 100,
    "executor": 200,
    "broker-mailer": 300,
    "gateway": 400,
    "planner-large": 500,
}
# The address every example and client has.
DEMO_GATEWAY = 3000
LISTENING = "0A"
# Below those that connections going out are given, each at most once.
_UNUSED = iter(random.sample(range(25_000, 32_000), 7_000))


@dataclass(frozen=True)
class Ports:
    """The ports of one stack."""

    stack: str
    numbers: Mapping[str, int]

    def __getitem__(self, what: str) -> int:
        return self.numbers[what]

    def setting(self, what: str) -> str:
        """The environment variable that moves this port."""
        if what == "gateway" and self.stack == "demo":
            return "PORT"
        return _variable(self.stack, what)


def of(stack: str, gateway: int | None = None) -> Ports:
    base = _number(f"ENTRYGO_{stack.upper()}_PORT_BASE", BASES.get(stack))
    numbers = {
        what: _number(_variable(stack, what), base + offset) for what, offset in OFFSETS.items()
    }
    if stack == "demo":
        numbers["gateway"] = _number("PORT", DEMO_GATEWAY)
    if gateway is not None:
        numbers["gateway"] = gateway
    return Ports(stack, numbers)


def moved(stack: str) -> bool:
    """The environment says where the gateway goes."""
    name = "PORT" if stack == "demo" else _variable(stack, "gateway")
    return bool(os.environ.get(name))


def _variable(stack: str, what: str) -> str:
    return f"ENTRYGO_{stack.upper()}_{what.upper().replace('-', '_')}_PORT"


def _number(variable: str, default: int | None) -> int:
    given = os.environ.get(variable)
    if not given and default is None:
        raise StackError(f"this stack has no ports of its own yet: set {variable} (say 16000)")
    text = given or str(default)
    if not text.isdecimal() or not 0 < int(text) <= 65535 - max(OFFSETS.values()):
        raise StackError(f"{variable}={text} is no port number")
    return int(text)


def require_free(wanted: list[tuple[int, str, str]], patience: float = 5) -> None:
    """Each (port, what for, setting) is free, or the error names all that are not.

    Patient for a moment: children of a server that was just killed end a little after it.
    """
    until = time.monotonic() + patience
    taken = [one for one in wanted if not free(one[0])]
    while taken and time.monotonic() < until:
        time.sleep(0.2)
        taken = [one for one in taken if not free(one[0])]
    if taken:
        lines = [
            f"port {port} (for {what}) is taken by {holder(port)}; choose another: {setting}=..."
            for port, what, setting in taken
        ]
        raise StackError("\n  ".join(lines))


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def unused() -> int:
    """A free port that this process was not given yet."""
    return next(port for port in _UNUSED if free(port))


def holder(port: int) -> str:
    """The process that listens there, where /proc tells."""
    inodes = _listening_inodes(port)
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            for handle in (folder / "fd").iterdir():
                with suppress(OSError):
                    if str(handle.readlink()) in inodes:
                        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                        words = command.decode(errors="replace")[:80].strip()
                        return f"process {folder.name} ({words})"
    return "a process this user may not look at"


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found
