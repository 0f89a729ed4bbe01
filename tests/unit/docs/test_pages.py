"""The pages and the code say the same: every word of a list, every shape of an example."""

import re
from pathlib import Path

import jsonschema_rs
import orjson
import pytest

from contract.menu import PAGES as IN_MENU
from contract.menu import list_for_agents
from contract.rendering import rendered
from gateway.files import files
from shared.contracts.exports import MAX_PLAN_LINES, MAX_PLAN_ORDERS
from shared.contracts.lifecycle import DeliveryStatus, EventType, State, Status
from shared.messaging.topology import ROUTES
from support.pages import PAGES, PUBLISHED, REPOSITORY, blocks

MARKDOWN = [
    *sorted(PAGES.rglob("*.md")),
    *sorted(REPOSITORY.glob("*.md")),
    *sorted(PUBLISHED.rglob("*.md")),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
    *sorted((REPOSITORY / "services").glob("*/README.md")),
    REPOSITORY / "shared" / "README.md",
    REPOSITORY / "tests" / "README.md",
]
OPENAPI = orjson.loads((PUBLISHED / "openapi.json").read_bytes())
ASYNCAPI = orjson.loads((PUBLISHED / "asyncapi.json").read_bytes())


def text_of(page: str) -> str:
    return (PAGES / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_json_example_has_the_shape_it_names(page: Path) -> None:
    for block in blocks(page):
        if block.language != "json":
            continue
        assert block.about in OPENAPI["components"]["schemas"], f"{block.about!r} is no shape"
        schema = {
            "$ref": f"#/components/schemas/{block.about}",
            "components": OPENAPI["components"],
        }
        jsonschema_rs.validate(schema, orjson.loads(block.text))


@pytest.mark.parametrize(
    "page",
    [*MARKDOWN, *sorted((REPOSITORY / "clients").glob("*/README.md"))],
    ids=lambda page: str(page.relative_to(REPOSITORY)),
)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#?\s]+)", page.read_text(encoding="utf-8")):
        if target.startswith("/"):
            assert target in files(), target
        elif not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("words", [State, Status, DeliveryStatus, EventType])
def test_the_life_of_an_export_names_every_word_of_it(words: type) -> None:
    text = text_of("concepts/export-lifecycle.md")

    assert [word for word in words if f"{word}" not in text] == []  # type: ignore[attr-defined]  # enums


def test_the_limits_are_those_of_the_contract() -> None:
    assert f"{MAX_PLAN_ORDERS:,}, {MAX_PLAN_LINES:,}" in text_of("concepts/protocol.md")


def test_the_list_for_agents_has_every_page() -> None:
    listed = list_for_agents()

    assert files()["/llms.txt"].body.decode() == listed
    for address in files():
        assert not address.endswith(".md") or f"({address})" in listed, address


def test_every_page_knows_where_it_is_in_the_menu_and_says_its_sections() -> None:
    for address, *_ in IN_MENU:
        page = rendered("# A title\n\n## A `part`\n", address).decode()

        assert f'<a href="{address}" aria-current="page">' in page
        assert page.count("aria-current") == 1
        assert '<li><a href="#a-part">A part</a></li>' in page


def test_two_headings_of_one_anchor_are_refused() -> None:
    with pytest.raises(ValueError, match="#a-part"):
        rendered("# A title\n\n## A part\n\n## A part\n", "/docs")


def test_markup_in_a_page_is_text() -> None:
    page = rendered("# <i>x</i>\n\n<script>alert(1)</script>\n", "/docs").decode()

    assert "<script>" not in page
    assert "<title>&lt;i&gt;x&lt;/i&gt; - EntryGo</title>" in page


@pytest.mark.parametrize("service", ["gateway", "planner", "executor", "broker-mailer", "operator"])
def test_every_service_says_what_it_is_about(service: str) -> None:
    assert (REPOSITORY / "services" / service / "README.md").exists()


@pytest.mark.parametrize("service", ["planner", "executor", "broker-mailer"])
def test_a_workers_readme_names_every_command_it_consumes(service: str) -> None:
    text = (REPOSITORY / "services" / service / "README.md").read_text(encoding="utf-8")

    for route in ROUTES:
        assert route.service != service or f"`{route.key}`" in text


def test_one_licence_is_named_everywhere() -> None:
    assert (REPOSITORY / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert OPENAPI["info"]["license"]["identifier"] == "MIT"
    assert ASYNCAPI["info"]["license"]["name"] == "MIT"


def test_each_decision_has_a_number_of_its_own_and_says_it() -> None:
    decisions = sorted((REPOSITORY / "docs" / "adr").glob("[0-9]*.md"))

    numbers = [page.name[:4] for page in decisions]
    assert numbers == [page.read_text(encoding="utf-8")[2:6] for page in decisions]
    assert len(set(numbers)) == len(numbers)
