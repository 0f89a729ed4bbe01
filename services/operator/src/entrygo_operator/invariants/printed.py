"""What the printed invoice says, read from its markup: facts and rows of tables, by article."""

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_CELLS: Final = frozenset({"td", "th"})
_PARTS: Final = frozenset({"thead", "tbody", "tfoot"})


@dataclass
class Article:
    """One invoice of the page."""

    facts: dict[str, str] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    """By the first class of the table and its part (`tbody`, `tfoot`): the text of each cell."""


def read_page(page: str) -> list[Article]:
    """Figures are taken from `<data value>`, where they stand without thousands apart."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.articles


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.articles: list[Article] = []
        self._table = self._part = self._term = ""
        self._row: list[str] = []
        self._text: list[str] | None = None  # of the term, fact or cell that is open
        self._in_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "article":
            self.articles.append(Article())
        elif tag == "table":
            self._table = given.get("class", "").split(" ")[0]
        elif tag in _PARTS:
            self._part = tag
        elif tag == "tr":
            self._row = []
        elif tag in {"dt", "dd"} | _CELLS:
            self._text = []
        elif tag == "data" and self._text is not None:
            self._text.append(given["value"])
            self._in_data = True

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._in_data:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text or ()).strip()
        if tag == "data":
            self._in_data = False
        elif tag == "dt":
            self._term = text
        elif tag == "dd" and self.articles:
            self.articles[-1].facts.setdefault(self._term, text)
        elif tag in _CELLS:
            self._row.append(text)
        elif tag == "tr" and self.articles:
            self.articles[-1].rows[self._table, self._part].append(self._row)
