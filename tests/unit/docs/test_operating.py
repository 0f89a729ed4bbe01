"""The operator's pages name what is there: settings with their defaults, tests, commands."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

import broker_mailer.settings
import executor.settings
import gateway.settings
import planner.settings
from entrygo_operator.app import command_named
from entrygo_operator.rabbit_users import Management
from shared.contracts.lifecycle import Status
from shared.settings import CommonSettings
from support.pages import REPOSITORY

DOCS = REPOSITORY / "docs"
SETTINGS: tuple[type[BaseSettings], ...] = (
    CommonSettings,
    Management,
    gateway.settings.Settings,
    planner.settings.Settings,
    gateway.settings.Limits,
    gateway.settings.Shares,
    executor.settings.Settings,
    broker_mailer.settings.Settings,
)


def defaults(settings: type[BaseSettings]) -> dict[str, str]:
    """Each variable and its default, as the environment would say it."""
    prefix = settings.model_config["env_prefix"]
    return {
        f"{prefix}{name}".upper(): shown(field.default, field.annotation)
        for name, field in settings.model_fields.items()
        if field.default is not PydanticUndefined  # a group of settings, listed by itself
    }


def shown(default: Any, annotation: Any) -> str:
    if default is None:
        return "none"
    told: str = TypeAdapter(annotation).dump_json(default).decode()
    return "secret" if "***" in told else f"`{told.strip(chr(34))}`"


def test_the_table_of_settings_is_that_of_the_classes() -> None:
    page = (DOCS / "operating.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", page, re.MULTILINE))

    assert table == {name: default for each in SETTINGS for name, default in defaults(each).items()}


def test_every_test_that_architecture_names_is_there() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[a-z_/]+\.py)::(\w+)`", page)

    assert len(set(re.findall(r"^\| I(\d+) \|", page, re.MULTILINE))) == 13
    for path, name in named:
        assert f"def {name}(" in (REPOSITORY / path).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("page", [REPOSITORY / "README.md", *sorted(DOCS.glob("*.md"))])
def test_every_command_of_the_operator_that_a_page_names_is_there(page: Path) -> None:
    for group, command in re.findall(
        r"entrygo (account|key|warehouse|broker|export|plan|dlq|tariff|backup) ([a-z-]+)",
        page.read_text(encoding="utf-8"),
    ):
        assert command in command_named(group).commands, f"{group} {command}"


def test_every_status_that_needs_a_person_is_in_the_operators_page() -> None:
    page = (DOCS / "operating.md").read_text(encoding="utf-8")

    for status in (Status.EXECUTION_STALLED, Status.DELIVERY_UNKNOWN, Status.DELIVERY_FAILED):
        assert f"`{status}`" in page


def test_every_make_target_that_a_page_names_is_there() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    for page in (*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md")):
        for target in re.findall(r"(?:`|\n)make ([a-z][a-z-]+)", page.read_text(encoding="utf-8")):
            assert target in targets, f"{page.name}: make {target}"


def test_every_test_that_answers_a_threat_is_there() -> None:
    page = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \|(.+)$", page, re.MULTILINE)

    assert {int(number) for number, _ in rows} == set(range(1, 14))
    for _, row in rows:
        named = re.findall(r"`(tests/[a-z_0-9/]+\.py)::(\w+)`", row)
        assert named, row
        for path, name in named:
            assert f"def {name}(" in (REPOSITORY / path).read_text(encoding="utf-8"), name
