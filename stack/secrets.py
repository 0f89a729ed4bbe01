"""The passwords of one stack: made once, in a file that its owner alone reads, never in argv."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from stack import probes
from stack.paths import REPOSITORY, StackFolder

ADMIN = "admin"  # of RabbitMQ: the console, the tests, and who makes the other users
STORE = "postgres"  # FerretDB's users are PostgreSQL's roles
MAILPIT = "mailpit"
_DEFINITIONS = REPOSITORY / "deploy" / "rabbitmq" / "definitions.json"
_SALT_BYTES = 4  # RabbitMQ's


def passwords(folder: StackFolder) -> dict[str, str]:
    """By user; those that are missing are made now."""
    kept = folder.path / "secrets.json"
    found = {name: str(value) for name, value in probes.read_json(kept).items()}
    missing = {ADMIN, STORE, MAILPIT, *rabbit_users()} - set(found)
    if missing:
        found |= {name: secrets.token_hex(16) for name in sorted(missing)}
        write_private(kept, json.dumps(found))
    return found


def rabbit_users() -> list[str]:
    """The services' own."""
    return [each["user"] for each in _definitions()["permissions"]]


def rabbit_definitions(folder: StackFolder) -> bytes:
    """What RabbitMQ is given at its start: users, what each may, and the exchanges."""
    return definitions_with(passwords(folder))


def definitions_with(known: Mapping[str, str]) -> bytes:
    """The same, of users with these passwords, which are not in it."""
    found = _definitions()
    found["users"] = [
        {
            "name": name,
            "password_hash": _hashed(known[name]),
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": "administrator" if name == ADMIN else "",
        }
        for name in (ADMIN, *rabbit_users())
    ]
    found["vhosts"] = [{"name": "/"}]
    everything = dict.fromkeys(("configure", "write", "read"), ".*")
    found["permissions"].append({"user": ADMIN, "vhost": "/", **everything})
    return json.dumps(found).encode()


def url(scheme: str, user: str, password: str, at: str) -> str:
    return f"{scheme}://{quote(user, safe='')}:{password}@{at}"


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and nobody else's to read from the first byte on."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def _definitions() -> dict[str, Any]:
    return dict(json.loads(_DEFINITIONS.read_bytes()))


def _hashed(password: str) -> str:
    """As RabbitMQ keeps it. The salt is made of the password, which is random: equal each time."""
    salt = hashlib.sha256(b"salt" + password.encode()).digest()[:_SALT_BYTES]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
