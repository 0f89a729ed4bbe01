import base64
import hashlib
import json
import stat
from pathlib import Path

import pytest
from stack import envfile, secrets, servers, state
from stack.paths import StackFolder
from stack.ports import Ports

KNOWN = {"rabbit": {"admin": "a"}, "mongo": {"postgres": "m"}, "web": {"mailpit": "w"}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StackFolder:
    monkeypatch.setenv("ENTRYGO_CACHE", str(tmp_path))
    folder = StackFolder("secret")
    folder.make()
    return folder


def _open_to_others(folder: StackFolder) -> list[str]:
    return [str(path) for path in folder.path.rglob("*") if path.stat().st_mode & 0o077]


def test_passwords_are_made_once_for_each_user(folder: StackFolder) -> None:
    made = secrets.passwords(folder)

    assert secrets.passwords(folder) == made
    assert len(set(made.values())) == len(made)
    assert {"admin", "gateway", "planner", "executor", "broker-mailer", "operator"} < set(made)
    assert min(map(len, made.values())) == 32


def test_what_holds_a_password_is_its_owners_alone(folder: StackFolder) -> None:
    secrets.passwords(folder)
    state.save(folder, state.State())
    envfile.write(folder.env_file, {"A": "b"})

    assert _open_to_others(folder) == []
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_what_an_earlier_version_left_open_is_closed(folder: StackFolder) -> None:
    for path in (folder.path, folder.logs, folder.data):
        path.chmod(0o755)
    folder.state.write_text("{}")
    folder.state.chmod(0o644)

    folder.make()
    state.save(folder, state.State())

    assert _open_to_others(folder) == []


def test_rabbitmq_is_given_hashes_and_no_password(folder: StackFolder) -> None:
    given = secrets.rabbit_definitions(folder)
    known = secrets.passwords(folder)

    assert not [name for name, password in known.items() if password.encode() in given]
    [gateway] = [user for user in json.loads(given)["users"] if user["name"] == "gateway"]
    kept = base64.b64decode(gateway["password_hash"])
    assert kept[4:] == hashlib.sha256(kept[:4] + known["gateway"].encode()).digest()
    assert secrets.rabbit_definitions(folder) == given


def test_a_service_is_told_its_own_secrets_alone() -> None:
    numbers = Ports("secret", {"amqp": 1, "management": 2, "mongo": 3, "smtp": 4, "mailpit": 5})
    found = servers.on_loopback(numbers, "native", "none", KNOWN)
    found.users.update(planner="amqp://planner:p@h/", gateway="amqp://gateway:g@h/")

    told = envfile.variables(found, "planner")

    assert told["ENTRYGO_RABBIT_URL"] == "amqp://planner:p@h/"
    assert set(told) == {"ENTRYGO_RABBIT_URL", "ENTRYGO_MONGO_URL", "ENTRYGO_MONGO_DATABASE"}
