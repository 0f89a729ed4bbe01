"""Where the words of an answer are explained: the word in small letters is a page's anchor."""

from typing import Final

RULES: Final = "/docs/rules"
ERRORS: Final = "/docs/errors"


def error_page(code: str) -> str:
    return f"{ERRORS}#{code.lower()}"


def rule_page(rule_id: str) -> str:
    return f"{RULES}#{rule_id.lower()}"
