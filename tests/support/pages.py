"""The fenced blocks of Markdown pages: what is shown as an example must run."""

from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

REPOSITORY = Path(__file__).parents[2]
PAGES = REPOSITORY / "services" / "gateway" / "src" / "gateway" / "pages"
PUBLISHED = PAGES.parent / "published"


class Block(NamedTuple):
    """A fenced block; `about` is what follows the language: the shape of a JSON example."""

    language: str
    about: str
    text: str


def blocks(page: Path) -> list[Block]:
    return blocks_of(page.read_text(encoding="utf-8"))


def blocks_of(text: str) -> list[Block]:
    found = []
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "fence":
            language, _, about = token.info.partition(" ")
            found.append(Block(language, about.strip(), token.content))
    return found


def script(page: Path, language: str) -> str:
    """All blocks of one language, one after the other."""
    return "".join(block.text for block in blocks(page) if block.language == language)
