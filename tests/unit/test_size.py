"""The size budget of CONTRIBUTING.md; ruff counts the parameters."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
FOLDERS = (
    "services", "shared", "stack", "clients", "examples", "benchmarks", "contract", "tests/support",
    "tests/chaos",
)  # fmt: skip
FILE_LINES = 250
BODY_LINES = 40
MADE = "# Made by `make contract`.\n"  # nobody reads it whole


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    files = (file for folder in FOLDERS for file in (REPOSITORY / folder).rglob("*.py"))
    texts = {str(file.relative_to(REPOSITORY)): file.read_text() for file in files}
    return {name: text for name, text in texts.items() if MADE not in text}


def test_no_file_is_longer_than_the_budget(sources: dict[str, str]) -> None:
    long = {name for name, text in sources.items() if len(text.splitlines()) > FILE_LINES}

    assert not long


def test_no_body_is_longer_than_the_budget(sources: dict[str, str]) -> None:
    long = {
        f"{name}:{function}"
        for name, text in sources.items()
        for function, lines in _bodies(ast.parse(text))
        if lines > BODY_LINES
    }

    assert not long


def _bodies(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Each function with the lines of its statements, its docstring left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            statements = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if statements:
                yield node.name, (statements[-1].end_lineno or 0) - statements[0].lineno + 1
