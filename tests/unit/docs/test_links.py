"""Every link leads somewhere: of a page on this gateway, of an answer to what explains it."""

from html.parser import HTMLParser

import pytest

from gateway.files import files
from planner.domain.flags import FLAG_RULES
from planner.domain.rules import RULES
from shared.contracts.errors import ErrorCode, NextAction
from shared.links import error_page, rule_page


class Links(HTMLParser):
    """Where a page leads to, and where it can be led to."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: list[str] = []
        self.feed(files()[address].body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # as HTMLParser calls it
        given = dict(attrs)
        if target := given.get("href") or given.get("src"):
            self.targets.add(target)
        if anchor := given.get("id"):
            self.anchors.append(anchor)


PAGES = {name: Links(name) for name, file in files().items() if file.media_type == "text/html"}


def leads_somewhere(link: str, page: str) -> bool:
    place, _, anchor = link.partition("#")
    place = place or page
    return place in files() and (not anchor or anchor in PAGES[place].anchors)


@pytest.mark.parametrize("address", PAGES)
def test_every_link_of_a_page_leads_somewhere_on_this_gateway(address: str) -> None:
    for link in PAGES[address].targets:
        assert link.startswith(("/", "#")), f"{address} leads outside: {link}"
        assert leads_somewhere(link.removesuffix("?tags=core"), address), f"{address}: {link}"


@pytest.mark.parametrize("address", PAGES)
def test_no_anchor_is_there_twice(address: str) -> None:
    anchors = PAGES[address].anchors

    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize(
    "link",
    sorted(
        {
            *(error_page(word) for word in (*ErrorCode, *NextAction)),
            *(rule_page(word) for rule in RULES for word in (rule.id, rule.code)),
            *(rule_page(word) for flag in FLAG_RULES for word in (flag.id, flag.code)),
        }
    ),
)
def test_what_an_answer_leads_to_is_there(link: str) -> None:
    assert link == link.lower()
    assert leads_somewhere(link, "")
