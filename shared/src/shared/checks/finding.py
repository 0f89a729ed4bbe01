"""What a check found: a verdict, one line, and the next command to type."""

from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    OK = "OK"
    WARN = "WARN"  # look at it by day
    BAD = "BAD"  # somebody has to do something now


class Finding(NamedTuple):
    check: str
    verdict: Verdict
    line: str
    next: str | None = None  # where all is well, nothing is to be typed


def fine(check: str, line: str) -> Finding:
    return Finding(check, Verdict.OK, line)


def warn(check: str, line: str, next_: str) -> Finding:
    return Finding(check, Verdict.WARN, line, next_)


def bad(check: str, line: str, next_: str) -> Finding:
    return Finding(check, Verdict.BAD, line, next_)


def span(seconds: float) -> str:
    """A duration as a person reads it: `12 s`, `5 min`, `3 h`, `2 d`."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:  # `90 s` says more than `1 min`
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
