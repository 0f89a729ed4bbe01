"""One entry's invoice as a page of its own, cut out of the page that holds them all.

A broker uploads one document an entry. The pages are not stored: equal bytes in give equal bytes
out, and the manifest names the hash of each.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Final

from shared.ids import derived_id

# How invoice_html.py has written a page ever since: markup alone can match, texts are escaped.
_STYLE: Final = re.compile("<style>(.*)</style>", re.DOTALL)
_OWN_RULES: Final = re.compile(r"@page invoice-(\d+) .*\n#invoice-\1 .*\n")
_CONTENTS: Final = re.compile("<nav .*?</nav>\n?", re.DOTALL)
_ARTICLE: Final = re.compile(r'<article id="invoice-(\d+)".*?</article>\n?', re.DOTALL)


def page_name(unit_id: str) -> str:
    return f"invoice-{unit_id}.html"


def print_id(package_id: str, unit_id: str | None) -> str:
    """Of the stored PDF of an entry's page; without a unit, of the whole."""
    return derived_id("pdf_", package_id, unit_id or "")


def policy_hash(style: str) -> str:
    """What the page's content security policy allows it by."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def entry_pages(whole: bytes) -> Iterator[bytes]:
    """A page for each invoice, in their order: its article, under the rules that concern it."""
    head, style, body = _STYLE.split(whole.decode(), maxsplit=1)
    own = list(_OWN_RULES.finditer(style))
    above, below = style[: own[0].start()], style[own[-1].end() :]
    articles = list(_ARTICLE.finditer(body))
    before = _CONTENTS.sub("", body[: articles[0].start()])
    after = body[articles[-1].end() :]
    allowed = policy_hash(style)
    for article, rules in zip(articles, own, strict=True):
        its = f"{above}{rules[0]}{below}"
        top = head.replace(allowed, policy_hash(its))
        yield f"{top}<style>{its}</style>{before}{article[0]}{after}".encode()
