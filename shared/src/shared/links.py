"""Where the words of an answer are explained: the word in small letters is a page's anchor."""

from typing import Final

RULES: Final = "/docs/rules"
ERRORS: Final = "/docs/errors"


def error_page(code: str) -> str:
    return f"{ERRORS}#{code.lower()}"


def rule_page(word: str) -> str:
    """Of a finding's `code`, or of its `rule_id`."""
    return f"{RULES}#{word.lower()}"
