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
    ("/docs/api/reference", "Reference"),
    ("/docs/rules", "Rules"),
)

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
    _anchor(tokens)
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


def _anchor(tokens: list[Token]) -> None:
    """Each heading can be linked to: `#rate-limits` for "Rate limits"."""
    for heading, text in pairwise(tokens):
        if heading.type == "heading_open":
            words = re.findall(r"[a-z0-9]+", text.content.lower())
            heading.attrSet("id", "-".join(words))
