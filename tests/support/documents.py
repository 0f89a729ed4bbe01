"""What tests read out of rendered files, and the identity the files were given."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from executor.artifacts import Identity, RenderedFile

VOID = frozenset({"meta", "br"})


def an_identity(*, test: bool = False, package_number: str = "CP-2026-7KQ2M9XA-R") -> Identity:
    return Identity(
        export_id="batch_7f3e9a",
        plan_revision=2,
        plan_hash="sha256:" + "a3f1" * 16,
        package_id="cp_51d0c2",
        package_number=package_number,
        test=test,
        started_at="2026-11-24T15:38:05.731Z",
    )


@dataclass
class Page:
    """A parsed page: its tags and attributes, its text, and each table's body by caption."""

    tags: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    text: str = ""
    tables: list[tuple[str, list[list[str]]]] = field(default_factory=list)

    def rows(self, caption: str) -> list[list[list[str]]]:
        """The body rows of every table of this caption."""
        return [rows for found, rows in self.tables if found == caption]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.add(tag)
        self.page.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.page.tables.append(("", []))
        if "tbody" in self.open and tag == "tr":
            self.page.tables[-1][1].append([])
        if "tbody" in self.open and tag in {"td", "th"}:
            self.page.tables[-1][1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.texts.append(data)
        if "caption" in self.open:
            caption, rows = self.page.tables[-1]
            self.page.tables[-1] = (caption + data, rows)
        if "tbody" in self.open and {"td", "th"} & set(self.open):
            self.page.tables[-1][1][-1][-1] += data


def read_page(file: RenderedFile) -> Page:
    reader = _Reader()
    reader.feed(file.data.decode())
    reader.close()
    assert not reader.open, f"never closed: {reader.open}"
    reader.page.text = "".join(reader.texts)
    return reader.page
