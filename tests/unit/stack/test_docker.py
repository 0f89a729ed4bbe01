import json
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from stack import docker, ports
from stack.output import StackError
from stack.paths import StackFolder

USABLE = """
"version --format {{.Server.APIVersion}}") echo 1.51;;
"compose -f "*" config --images "*) echo mongo:8; echo python:3.13-slim;;
"""


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """What the stand-in was asked, a line each."""
    return tmp_path / "asked"


@pytest.fixture(autouse=True)
def _nothing_but_the_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("ENTRYGO_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def stand_in(tmp_path: Path, asked: Path) -> Path:
    """A docker that answers as the cases of a shell's `case` say, and else agrees."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    _answer(program, asked, USABLE)
    return program


def _answer(program: Path, asked: Path, cases: str) -> None:
    program.write_text(f'#!/bin/sh\necho "$*" >> {asked}\ncase "$*" in\n{cases}\nesac\n')
    program.chmod(0o755)


@pytest.mark.usefixtures("stand_in")
def test_an_engine_with_its_images_is_usable() -> None:
    assert docker.unusable() is None


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("info) exit 1;;", "`docker info` fails"),
        ('"compose version") exit 1;;', "`docker compose version` fails"),
        ('"version --format "*) echo 1.43;;', "the engine is older than Docker 25"),
        ('*"config -q") exit 1;;', "does not take docker-compose.yml"),
        ('"image inspect mongo:8") exit 1;; "manifest "*) exit 1;;', "mongo:8 is not there"),
        ('"image inspect mongo:8") exit 1;; "pull "*) exit 1;;', "pulling mongo:8 failed"),
        ('"image inspect python:"*) exit 1;; "manifest "*) exit 1;;', "python:"),
    ],
)
def test_what_is_missing_is_said(stand_in: Path, asked: Path, case: str, reason: str) -> None:
    _answer(stand_in, asked, case + USABLE)

    assert reason in (docker.unusable() or "")


def test_an_image_that_is_not_there_is_pulled(stand_in: Path, asked: Path) -> None:
    _answer(stand_in, asked, '"image inspect mongo:8") exit 1;;' + USABLE)

    assert docker.unusable() is None
    assert "pull -q mongo:8" in asked.read_text().splitlines()


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(
    ("service", "words"),
    [
        (None, "--tail 5"),
        ("planner", "--tail 5 planner"),
        ("broker-mailer", "--tail 5 broker-mailer"),
        ("broker-mailer-2", "--tail 5 --index 2 broker-mailer"),
    ],
)
def test_logs_are_of_all_of_a_service_or_of_one_replica(
    asked: Path, service: str | None, words: str
) -> None:
    docker.logs(StackFolder("demo"), service, 5, follow=False)

    assert asked.read_text().splitlines()[-1].endswith(f"-p entrygo-demo logs {words}")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_taken_port_of_a_further_gateway_is_named_before_anything_moves(
    stand_in: Path, asked: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "require_free", partial(ports.require_free, patience=0))
    running = {"Service": "gateway", "Publishers": [{"PublishedPort": taken - 1}]}
    _answer(stand_in, asked, f"*ps*) echo '{json.dumps(running)}';;")

    with pytest.raises(StackError, match=str(taken)):
        docker.services_up(StackFolder("demo"), ports.of("demo", gateway=taken - 1), {"gateway": 2})

    assert not [line for line in asked.read_text().splitlines() if " up " in line]


def test_the_port_of_a_gateway_that_runs_is_its_own(
    stand_in: Path, asked: Path, taken: int
) -> None:
    running = {"Service": "gateway", "Publishers": [{"PublishedPort": taken}]}
    _answer(stand_in, asked, f"*ps*) echo '{json.dumps(running)}';;")

    docker.services_up(StackFolder("demo"), ports.of("demo", gateway=taken), {"gateway": 1})

    assert (
        asked.read_text()
        .splitlines()[-1]
        .endswith("up -d --build --wait --scale gateway=1 gateway")
    )
