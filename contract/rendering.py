"""The readable pages: Markdown files as HTML that needs no script and no foreign host."""

import html
import re
from functools import cache
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

MENU: Final = (
    ("/docs", "EntryGo"),
    ("/docs/guides/first-export", "First export"),
    ("/docs/concepts/protocol", "Protocol"),
    ("/docs/concepts/export-lifecycle", "Life of an export"),
    ("/docs/concepts/primitives", "Words"),
    ("/docs/api/exports", "Exports API"),
    ("/docs/errors", "Errors"),
    ("/docs/rules", "Rules"),
    ("/docs/messages", "Messages"),
    ("/docs/api/reference", "Reference"),
)

_WORD: Final = re.compile(r"[A-Z][A-Z0-9_]*[A-Z0-9]")

_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/docs/style.css">
<link rel="alternate" type="text/markdown" href="{path}.md">
</head>
<body>
<nav aria-label="Pages">
{menu}
</nav>
<main>
{body}</main>
<footer>This page <a href="{path}.md">as Markdown</a>, all pages <a href="/llms.txt">as a list</a>;
for machines <a href="/docs/api/openapi">OpenAPI</a> and
<a href="/docs/api/asyncapi">AsyncAPI</a>.</footer>
</body>
</html>
"""


def rendered(markdown: str, path: str) -> bytes:
    """The whole page at `path`, an address without its ending; its title is its first heading."""
    tokens = _parser().parse(markdown)
    _set_anchors(tokens)
    body = _parser().renderer.render(tokens, _parser().options, {})
    heading = re.search(r"^# (.+)$", markdown, re.MULTILINE)
    page = _PAGE.format(
        title=html.escape(heading[1] if heading else "EntryGo"),
        path="/docs/index" if path == "/docs" else path,
        menu="\n".join(_link(*entry, current=path) for entry in MENU),
        body=body.replace("<table>", '<div class="wide"><table>').replace(
            "</table>", "</table></div>"
        ),
    )
    return page.encode()


def _link(address: str, title: str, *, current: str) -> str:
    here = ' aria-current="page"' if address == current else ""
    return f'<a href="{address}"{here}>{title}</a>'


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _set_anchors(tokens: list[Token]) -> None:
    """Each heading can be linked to, and each row that begins with a word of the protocol.

    `#rate-limits` for "Rate limits"; a word of the protocol stays as it is: `#PLAN_STALE`.
    """
    headings = [pair for pair in pairwise(tokens) if pair[0].type == "heading_open"]
    taken = {anchor(text.content) for _, text in headings}
    for heading, text in headings:
        heading.attrSet("id", anchor(text.content))
    for row, cell, text in zip(tokens, tokens[1:], tokens[2:], strict=False):
        word = text.content.strip("`")
        begins = (row.type, cell.type, text.content) == ("tr_open", "td_open", f"`{word}`")
        if begins and _WORD.fullmatch(word) and word not in taken:
            taken.add(word)
            row.attrSet("id", word)


def anchor(heading: str) -> str:
    if _WORD.fullmatch(heading):
        return heading
    return "-".join(re.findall(r"[a-z0-9]+", heading.lower()))
