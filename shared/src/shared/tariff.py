"""The editions of the tariff: a basic one each year, and its revisions."""

import re
from typing import Final, NamedTuple

_REVISION: Final = re.compile(r"(20\d\d)\D*?(?:(\d{1,2})|basic( edition)?)", re.IGNORECASE)


class Revision(NamedTuple):
    """Revisions come by year and number; the basic edition is number 0."""

    year: int
    number: int


def revision_of(text: str) -> Revision | None:
    """What `2026 Revision 21`, `2026HTSRev21` and `2026-21` name alike."""
    found = _REVISION.fullmatch(text.strip())
    return Revision(int(found[1]), int(found[2] or 0)) if found else None
