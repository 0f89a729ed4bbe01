"""The readable pages: Markdown as HTML that is whole without a script and asks no foreign host."""

import html
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from contract.menu import MENU, PAGES, markdown

_WORD: Final = re.compile(r"[A-Z][A-Z0-9_]*[A-Z0-9]")
# On a phone, tables of so many columns are read row by row; two have room, more are scrolled.
_AS_ROWS: Final = range(3, 6)
_PAIR: Final = 2
_SHAPES: Final = "/docs/api/shapes"

# The content comes first for who reads without a style; the menu is moved beside it where there is
# room, and is what `Pages` leads to where there is none.
_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="{about}">
<title>{title}</title>
<link rel="stylesheet" href="/docs/style.css">
<link rel="icon" href="/docs/icon.svg">
<link rel="alternate" type="text/markdown" href="{source}">
<script src="/docs/page.js" defer></script>
</head>
<body>
<header><a href="/docs">EntryGo</a> <a href="#pages">Pages</a></header>
<main>
{body}</main>
<nav id="pages" aria-label="Pages">
{menu}
</nav>
<footer>This page <a href="{source}">as Markdown</a>, all pages <a href="/llms.txt">as a list</a>;
for machines <a href="/docs/api/openapi">OpenAPI</a> and
<a href="/docs/api/asyncapi">AsyncAPI</a>.</footer>
</body>
</html>
"""


def rendered(text: str, address: str) -> bytes:
    """The whole page at `address`; its title is its first heading.

    Raises:
        ValueError: two headings would have one anchor.
    """
    tokens = _parser().parse(text)
    headings = list(_headings(tokens))
    _set_anchors(tokens, headings)
    _name_columns(tokens)
    heading = headings[0][1].content if headings else "EntryGo"
    sections = [(each.attrs["id"], text.content) for each, text in headings if each.tag == "h2"]
    about = next((page.about for page in PAGES if page.address == address), heading)
    page = _PAGE.format(
        title=html.escape(heading if heading == "EntryGo" else f"{heading} - EntryGo"),
        about=html.escape(about),
        source=markdown(address),
        menu="\n".join(_menu(address, sections)),
        body=_parser().renderer.render(tokens, _parser().options, {}),
    )
    return page.encode()


def _menu(current: str, sections: Sequence[tuple[Any, str]]) -> Iterator[str]:
    """Each group with its pages, and under the current page its sections."""
    for group, pages in MENU.items():
        yield f"<p>{group}</p>\n<ul>"
        for page in pages:
            if page.address != current:
                yield f'<li><a href="{page.address}">{page.title}</a></li>'
                continue
            yield f'<li><a href="{page.address}" aria-current="page">{page.title}</a>'
            if sections:
                links = (
                    f'<li><a href="#{anchor}">{_plain(title)}</a></li>'
                    for anchor, title in sections
                )
                yield f"<ul>{''.join(links)}</ul>"
            yield "</li>"
        yield "</ul>"


def _plain(title: str) -> str:
    return html.escape(title.replace("`", ""))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    parser.add_render_rule("heading_close", _heading_close)
    parser.add_render_rule("fence", _fence)
    return parser


def _table_open(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    columns = tokens[index].meta.get("columns")
    kind = " rows" if columns in _AS_ROWS else " pair" if columns == _PAIR else ""
    return f'<div class="wide{kind}"><table>\n'


def _heading_close(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    """A heading can be linked to by who reads it."""
    opened = tokens[index - 2]
    link = f' <a class="here" href="#{opened.attrs["id"]}" aria-label="To this section">#</a>'
    return f"{'' if opened.tag == 'h1' else link}</{opened.tag}>\n"


def _fence(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    """An example; one that names its shape leads to it."""
    token = tokens[index]
    language, _, shape = token.info.strip().partition(" ")
    text = html.escape(token.content)
    code = f'<pre><code class="language-{html.escape(language)}">{text}</code></pre>'
    told = f'<a href="{_SHAPES}#{anchor(shape)}">{html.escape(shape)}</a>\n' if shape else ""
    return f'<div class="example">{told}{code}</div>\n'


def _headings(tokens: list[Token]) -> Iterator[tuple[Token, Token]]:
    return (pair for pair in pairwise(tokens) if pair[0].type == "heading_open")


def _set_anchors(tokens: list[Token], headings: list[tuple[Token, Token]]) -> None:
    """Each heading can be linked to, and each row that begins with a word of the protocol."""
    taken: set[str] = set()
    for heading, text in headings:
        name = anchor(text.content)
        if name in taken:
            raise ValueError(f"two headings are #{name}")
        taken.add(name)
        heading.attrSet("id", name)
    for row, cell, text in zip(tokens, tokens[1:], tokens[2:], strict=False):
        word = text.content.strip("`")
        begins = (row.type, cell.type, text.content) == ("tr_open", "td_open", f"`{word}`")
        if begins and _WORD.fullmatch(word) and anchor(word) not in taken:
            taken.add(anchor(word))
            row.attrSet("id", anchor(word))


def _name_columns(tokens: list[Token]) -> None:
    """Cells say under which column they stand, for where a row is all that has room."""
    opened, names, place = Token("table_open", "table", 1), list[str](), 0
    for token, text in pairwise(tokens):
        if token.type == "table_open":
            opened, names = token, []
        elif token.type == "th_open":
            names.append(text.content.replace("`", ""))
        elif token.type == "tr_open":
            place = 0
        elif token.type == "td_open":
            opened.meta["columns"] = len(names)
            if len(names) in _AS_ROWS:
                token.attrSet("data-column", names[place])
            place += 1


def anchor(heading: str) -> str:
    """`rate-limits` for "Rate limits", `plan_stale` for the word `PLAN_STALE`."""
    return "-".join(re.findall(r"[a-z0-9_]+", heading.lower()))
