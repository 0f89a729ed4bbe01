"""Digests beside tags, of the registry or not at all."""

from pathlib import Path

import pytest
from stack import digests
from stack.output import StackError

DIGEST = f"sha256:{'a' * 64}"
COMPOSE = "    image: entrygo-gateway\n    image: mongo:8\n"
RECIPE = "ARG PYTHON=3.13-slim\n\nFROM python:${PYTHON} AS build\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "docker-compose.yml").write_text(COMPOSE)
    (tmp_path / "Dockerfile").write_text(RECIPE)
    return tmp_path


def registry(folder: Path, *, knows: str) -> None:
    program = folder / "docker"
    program.write_text(f'#!/bin/sh\ncase "$*" in {knows}) echo {DIGEST};; *) exit 1;; esac\n')
    program.chmod(0o755)


def test_each_tag_keeps_its_name_and_gets_its_digest_again_and_again(repository: Path) -> None:
    registry(repository, knows="*inspect*")

    for _ in range(2):
        digests.fill(repository)

        written = (repository / "docker-compose.yml").read_text()
        assert written == f"    image: entrygo-gateway\n    image: mongo:8@{DIGEST}\n"
        assert (
            (repository / "Dockerfile").read_text().startswith(f"ARG PYTHON=3.13-slim@{DIGEST}\n")
        )


def test_where_one_is_not_known_none_is_written(repository: Path) -> None:
    registry(repository, knows='*"inspect mongo"*')

    with pytest.raises(StackError, match=r"python:3\.13-slim"):
        digests.fill(repository)

    assert (repository / "docker-compose.yml").read_text() == COMPOSE
