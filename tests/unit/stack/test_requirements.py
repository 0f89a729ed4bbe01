"""What images and environments install: all that is imported, by pins, each with its hashes.

The development environment has every package: only an image would show one that is missing.
"""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from stack.paths import REPOSITORY

SERVICES = ("gateway", "planner", "executor", "broker-mailer", "operator")


def _imported(folder: str) -> Iterator[str]:
    """The top names that are imported anywhere in it."""
    for path in (REPOSITORY / folder / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0]


def _pinned(name: str) -> set[str]:
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def _missing(imported: set[str], pinned: set[str]) -> set[str]:
    """Imported names that no pinned package brings."""
    brought_by = packages_distributions()
    return {
        name
        for name in imported
        if pinned.isdisjoint(one.lower().replace("_", "-") for one in brought_by.get(name, ()))
    }


def _own(service: str) -> set[str]:
    return {path.name for path in (REPOSITORY / "services" / service / "src").iterdir()}


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_imports_is_pinned_for_it(service: str) -> None:
    pinned = _pinned(service)
    foreign = {*_imported(f"services/{service}"), *_imported("shared")}
    foreign -= {*sys.stdlib_module_names, *_own(service), "shared"}

    assert foreign
    assert not _missing(foreign, pinned)


def test_what_the_server_for_agents_imports_is_pinned_for_it() -> None:
    pinned = _pinned("mcp")
    foreign = {*_imported("clients/mcp"), *_imported("clients/python")} - {
        *sys.stdlib_module_names, "shpbndl", "shpbndl_mcp"
    }  # fmt: skip

    assert "mcp" in foreign
    assert not _missing(foreign, pinned)


@pytest.mark.parametrize("file", sorted((REPOSITORY / "requirements").glob("*.txt")), ids=str)
def test_every_package_is_pinned_with_its_hashes(file: Path) -> None:
    packages = re.split(r"\n(?=[a-z0-9])", file.read_text())
    pinned = [each for each in packages if re.match(r"[a-z0-9.-]+(\[[a-z,-]+\])?==", each)]

    assert pinned
    assert [each.partition(" ")[0] for each in pinned if "--hash=sha256:" not in each] == []
    assert [each for each in packages if each not in pinned] == []
