"""The passwords of the compose file, made once by its one-shot service `secrets`.

Each party has a folder (a volume) of its own, and in it what it needs and nothing else, readable by
the one user that it runs as. RabbitMQ is given hashes. `show` prints what the operator may know.
"""

import base64
import json
import os
import secrets as random
import sys
from pathlib import Path
from typing import Final

from stack import secrets

ROOT: Final = Path("/secrets")
# The users that the images run as: of our services nobody, of RabbitMQ's and MongoDB's their own.
NOBODY, SERVER, HOST = 65534, 999, 0
SERVICES: Final = ("gateway", "planner", "executor", "broker-mailer")
OPERATOR: Final = "operator"
_KEY_BYTES: Final = 512
_STORE: Final = "mongo:27017/?directConnection=true&authSource=admin"  # a replica set of one


def make(root: Path = ROOT) -> None:
    """What is there stays; all else is made of it again, as an upgrade may need."""
    rabbit = {user: _password(root, user, "rabbit") for user in (secrets.ADMIN, *_users())}
    mongo = {user: _password(root, user, "mongo") for user in (secrets.ADMIN, OPERATOR, *SERVICES)}
    for service in SERVICES:
        urls = {
            "rabbit": secrets.url("amqp", service, rabbit[service], "rabbitmq:5672/"),
            "mongo": secrets.url("mongodb", service, mongo[service], _STORE),
        }
        for server, url in urls.items():
            _write(root / service / f"entrygo_{server}_url", url, NOBODY)
    definitions = secrets.definitions_with(rabbit).decode()
    _write(root / "rabbitmq" / "definitions.json", definitions, SERVER)
    _write(root / "mongo" / "users.json", json.dumps(mongo), SERVER)
    _kept(root / "mongo" / "keyfile", _random_key(), SERVER)
    mailpit = _password(root, secrets.MAILPIT, "web")
    _write(root / "mailpit" / "auth", f"{secrets.MAILPIT}:{mailpit}", HOST)


def show(root: Path = ROOT) -> str:
    """The operator's own passwords, by name, as JSON."""
    found = {file.name: file.read_text() for file in sorted((root / OPERATOR).iterdir())}
    return json.dumps(found)


def _users() -> list[str]:
    return secrets.rabbit_users()


def _password(root: Path, user: str, server: str) -> str:
    folder, owner = (user, NOBODY) if user in SERVICES else (OPERATOR, HOST)
    return _kept(root / folder / f"{user}_{server}", random.token_hex(16), owner)


def _random_key() -> str:
    return base64.b64encode(random.token_bytes(_KEY_BYTES)).decode()


def _kept(file: Path, fresh: str, owner: int) -> str:
    if not file.exists():
        _write(file, fresh, owner)
    return file.read_text()


def _write(file: Path, text: str, owner: int) -> None:
    secrets.write_private(file, text)
    os.chown(file, owner, owner)
    file.chmod(0o400)


if __name__ == "__main__":
    make()
    if sys.argv[1:] == ["show"]:
        print(show())
