"""The client that waits, made of the async one: the same words without `async` and `await`."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

_WORDS: Final = {
    r"\basync (def|with|for)\b": r"\1",
    r"\bawait ": "",
    r"\bAsyncIterator\b": "Iterator",
    r"\bAwaitable\[None\]": "None",
    r"\bAwaitable, ": "",
    r"\bAsync(?=[A-Z])": "",
    r"\basyncio\b": "time",
    r"\baclose\b": "close",
    r"\b__a(enter|exit)__\b": r"__\1__",
    r"\b_async\b": "_sync",
    r", ASYNC\d+": "",
}
_DOUBLE: Final = re.compile(r"^import time\n(?=import time\n)", re.MULTILINE)


def module(text: str) -> str:
    """The text without async, formatted as the rest is."""
    for word, plain in _WORDS.items():
        text = re.sub(word, plain, text)
    return formatted(_DOUBLE.sub("", text))


def formatted(text: str) -> str:
    """As ruff lays it out; the path only says that it is one of the repository's."""
    place = str(Path(__file__).with_name("made.py"))
    for command in (("check", "--select=I", "--fix", "-q"), ("format", "-q")):
        words = [sys.executable, "-m", "ruff", *command, "--stdin-filename", place, "-"]
        text = subprocess.run(  # noqa: S603  # fixed words
            words, input=text, capture_output=True, text=True, check=True
        ).stdout
    return text
