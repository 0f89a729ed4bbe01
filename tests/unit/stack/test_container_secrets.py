"""What the compose file's parties are given, and what MongoDB lets each do."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from stack import container_secrets
from stack.paths import REPOSITORY

from shared import records

ROLES = json.loads((REPOSITORY / "deploy" / "mongo" / "roles.json").read_text())
COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
PARTIES = ("gateway", "planner", "executor", "broker-mailer", "rabbitmq", "mongo", "mailpit")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The volumes, as the one-shot service leaves them; who owns a file is in `owners.json`."""
    owners: dict[str, int] = {}

    def chown(file: Path, owner: int, _: int) -> None:
        owners[str(file.relative_to(tmp_path))] = owner

    monkeypatch.setattr(os, "chown", chown)
    for party in (*PARTIES, "operator"):
        (tmp_path / party).mkdir()
    container_secrets.make(tmp_path)
    (tmp_path / "owners.json").write_text(json.dumps(owners))
    return tmp_path


def given(root: Path, party: str) -> dict[str, str]:
    return {file.name: file.read_text() for file in (root / party).iterdir()}


def test_each_is_given_its_own_passwords_and_nobody_elses(made: Path) -> None:
    own = {
        party: {
            text for name, text in given(made, party).items() if re.search("_(rabbit|mongo)$", name)
        }
        for party in PARTIES[:4]
    }

    for party, passwords in own.items():
        assert len(passwords) == 2
        text = "".join(given(made, party).values())
        others = set().union(*(theirs for name, theirs in own.items() if name != party))
        assert not [password for password in others if password in text]
    rabbit = {
        text
        for party in own
        for name, text in given(made, party).items()
        if name.endswith("_rabbit")
    }
    assert not [
        password for password in rabbit if password in given(made, "rabbitmq")["definitions.json"]
    ]


def test_what_is_given_is_its_owners_alone_and_stays_at_the_next_start(made: Path) -> None:
    before = {party: given(made, party) for party in (*PARTIES, "operator")}
    owners = json.loads((made / "owners.json").read_text())

    container_secrets.make(made)

    assert {party: given(made, party) for party in before} == before
    files = [file for party in before for file in (made / party).iterdir()]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o400}
    assert {owner for name, owner in owners.items() if name.startswith("planner/")} == {65534}
    assert owners["mongo/keyfile"] == owners["rabbitmq/definitions.json"] == 999


def test_no_party_of_the_compose_file_is_given_anothers_secrets_or_a_privilege() -> None:
    for name, service in COMPOSE["services"].items():
        mounted = {
            volume.split(":")[0].removeprefix("secrets-")
            for volume in service["volumes"]
            if volume.startswith("secrets-")
        }
        assert mounted == (
            {*PARTIES, "operator"} if name == "secrets" else {name.removesuffix("-large")}
        )
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "PASS" not in json.dumps(service.get("environment", {})).upper()


def test_who_alone_writes_a_collection_alone_may() -> None:
    """As docs/architecture.md says it."""
    known = {
        records.named(each)
        for each in vars(records).values()
        if isinstance(each, records.Collection | records.Part)
    }
    may = {
        name: {service for service, role in ROLES.items() if name in role["writes"]}
        for name in {*known, "probes"}
    }
    text = (REPOSITORY / "docs" / "architecture.md").read_text()
    owners = {"operator's command": set(), "whoever asks": {*ROLES} - {"operator"}}
    owners["by transition"] = {"planner", "executor", "broker-mailer"}

    for names, who in re.findall(r"^\| (`[a-z_`, ]+`) \| ([^|]+) \|", text, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", names):
            for start, services in owners.items():
                if who.startswith(start):
                    assert may.pop(name) == services
                    break
            else:
                assert may.pop(name) == set(who.split(", ")) - {"operator's command"}
    assert may == {}
    assert ROLES["operator"]["writes"] == [""]


@pytest.mark.parametrize("first", [True, False])
def test_mongodb_gets_its_users_once_and_is_asked_again_without_change(
    tmp_path: Path, *, first: bool
) -> None:
    """The script of the health check, on a MongoDB that keeps what it is told (below)."""
    text = (REPOSITORY / "deploy" / "mongo" / "ready.js").read_text()
    passwords = {name: f"p-{name}" for name in ("admin", *ROLES)}
    (tmp_path / "users.json").write_text(json.dumps(passwords))
    text = text.replace("/run/secrets/users.json", str(tmp_path / "users.json"))
    text = text.replace("/entrygo/roles.json", str(REPOSITORY / "deploy" / "mongo" / "roles.json"))
    text = text.replace("/tmp/users-made", str(tmp_path / "made"))  # noqa: S108  # the container's
    (tmp_path / "script.js").write_text(STAND_IN.replace("FIRST", str(first).lower()) + text)

    def asked() -> list[list[Any]]:
        done = subprocess.run(
            [Path(sys.executable).parent / "node", tmp_path / "script.js"],
            env={"ENTRYGO_MONGO_DATABASE": "shop"}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return [json.loads(line) for line in done.stdout.splitlines()]

    told = asked()

    made = {name for name, *_ in told}
    assert made == (
        {"initiate", "createUser", "createRole"} if first else {"updateUser", "updateRole"}
    )
    roles = {
        given[0] if not first else given[0]["role"]: given[-1]
        for name, *given in told
        if name.endswith("Role")
    }
    assert set(roles) == set(ROLES)
    mailer = roles["broker-mailer"]["privileges"]
    assert [one["resource"] for one in mailer] == [
        {"db": "shop", "collection": name} for name in ("", "exports", "probes")
    ]
    assert "insert" not in mailer[0]["actions"]
    assert not [name for name, *_ in asked() if name.endswith("Role")]


STAND_IN = """
const told = (name) => (...given) => (console.log(JSON.stringify([name, ...given])), { ok: 1 });
let open = !FIRST;
const theAdmin = {
  auth: () => {
    if (!open) throw Object.assign(new Error("no"), { codeName: "AuthenticationFailed" });
    return { ok: 1 };
  },
  hello: () => ({ isWritablePrimary: true }),
  createUser: (user) => ((open = true), told("createUser")(user)),
  updateUser: told("updateUser"),
  createRole: told("createRole"),
  updateRole: told("updateRole"),
  getRole: () => (FIRST ? null : {}),
  getUser: () => (FIRST ? null : {}),
};
const db = { getSiblingDB: () => theAdmin };
const rs = { initiate: told("initiate") };
const quit = (code) => process.exit(code);
"""
