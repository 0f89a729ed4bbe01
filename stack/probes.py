"""Is it ready? Each question is asked in the server's own protocol, with a short deadline."""

import base64
import http
import json
import socket
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from stack.output import StackError

DEADLINE = 2.0
LOOPBACK = "127.0.0.1"
# Never through the machine's proxy: everything asked here is on loopback.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def http_text(url: str, deadline: float = DEADLINE) -> str | None:
    """The body of a 200 answer, else None."""
    try:
        with direct.open(url, timeout=deadline) as answer:
            return str(answer.read().decode(errors="replace"))
    except (OSError, ValueError, urllib.error.URLError):
        return None


def http_ok(url: str) -> bool:
    return http_text(url) is not None


def amqp_ok(port: int) -> bool:
    """RabbitMQ answers the protocol header with a method frame (Connection.Start)."""
    return _exchange(port, b"AMQP\x00\x00\x09\x01", 1) == b"\x01"


def smtp_ok(port: int) -> bool:
    return _exchange(port, b"", 3) == b"220"


def end_epmd(port: int) -> None:
    """Erlang's name server was started by RabbitMQ; it ends itself when no node is left."""
    _exchange(port, b"\x00\x01k", 2)


def mongo_ok(port: int) -> bool:
    """A find reaches the database behind FerretDB; its greeting alone would not."""
    find = _bson_text("find", "startup_probe") + _bson_text("$db", "admin")
    document = struct.pack("<i", len(find) + 5) + find + b"\x00"
    body = struct.pack("<I", 0) + b"\x00" + document
    answer = _exchange(port, struct.pack("<iiii", len(body) + 16, 1, 0, 2013) + body, 4096)
    return b"\x01ok\x00" + struct.pack("<d", 1.0) in answer or b"Unauthorized" in answer


def rabbit_is_given(url: str, admin: tuple[str, str], definitions: bytes) -> None:
    """These definitions, and no guest."""
    token = base64.b64encode(":".join(admin).encode()).decode()
    for method, path, body in (
        ("POST", "/api/definitions", definitions),
        ("DELETE", "/api/users/guest", None),
    ):
        asked = urllib.request.Request(  # noqa: S310  # the scheme is ours
            f"{url}{path}",
            body,
            {"Authorization": f"Basic {token}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            direct.open(asked, timeout=30).close()
        except urllib.error.HTTPError as error:
            if error.code != http.HTTPStatus.NOT_FOUND:
                raise StackError(f"RabbitMQ does not take its users: {error}") from error


def _bson_text(name: str, value: str) -> bytes:
    text = value.encode() + b"\x00"
    return b"\x02" + name.encode() + b"\x00" + struct.pack("<i", len(text)) + text


def _exchange(port: int, question: bytes, size: int) -> bytes:
    """What comes back first; empty when nothing does."""
    try:
        with socket.create_connection((LOOPBACK, port), DEADLINE) as connection:
            connection.sendall(question)
            return connection.recv(size)
    except OSError:
        return b""


def until(ready: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    """Asks again until it is true or the time is over."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def read_json(path: Path) -> dict[str, object]:
    """A small file of ours; empty where it is absent or was cut short."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
