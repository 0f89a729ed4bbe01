"""The names that editions of the tariff go by."""

import pytest

from shared.tariff import revision_of


@pytest.mark.parametrize(
    "text", ["2026 Revision 21", "2026HTSRev21", "2026-21", "2026 HTS Rev. 21", " 2026 rev 21 "]
)
def test_a_revision_has_many_names(text: str) -> None:
    assert revision_of(text) == (2026, 21)


def test_the_basic_edition_comes_before_its_revisions() -> None:
    assert revision_of("2026HTSBasic") == revision_of("2026 Basic edition") == (2026, 0)


@pytest.mark.parametrize(
    "text", ["", "21", "Revision 21", "2026", "1926 Revision 1", "2026 Rev 210"]
)
def test_other_words_name_none(text: str) -> None:
    assert revision_of(text) is None
