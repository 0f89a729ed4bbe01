"""What a rule is: data about it, and one pure function that finds what it speaks of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from planner.domain.facts import PlanningInput
from shared.contracts.snapshot import Source

Subject = TypeVar("Subject")


class Severity(StrEnum):
    BLOCKING = "BLOCKING"
    WARNING = "WARNING"
    INFO = "INFO"


class Scope(StrEnum):
    """What a rule looks at, and so what a block of it keeps back."""

    BATCH = "BATCH"  # everything
    ORDER = "ORDER"  # the order
    PRODUCT = "PRODUCT"  # every order that uses the product
    UNIT = "UNIT"  # the orders of the unit


class Hit(NamedTuple):
    """One place where a rule's condition holds."""

    path: str
    said: Mapping[str, Any] = {}  # fills the gaps of the rule's message
    severity: Severity | None = None  # where it differs from the rule's own
    source: Source | None = None  # of the data row behind it, where there is one
    remedy: str | None = None


Hits = Iterable[Hit]
NOTHING: Hits = ()

POLICY = Source(citation="EntryGo policy", date=None, verified=False)


def law(citation: str, date: str | None = None) -> Source:
    """A source that was read; `date` is the source's own (ISO, as far as it is known)."""
    return Source(citation=citation, date=date, verified=True)


def unverified(citation: str) -> Source:
    """Trade knowledge that no source confirmed: never more than a warning."""
    return Source(citation=citation, date=None, verified=False)


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """`reads` is the field it is about.

    `missing`: its path goes into the missing data. `varies`: a hit may have another severity.
    """

    id: str
    code: str
    severity: Severity
    scope: Scope
    reads: str
    message: str
    remedy: str
    source: Source
    check: Callable[[Subject, PlanningInput], Hits]
    missing: bool = False
    varies: bool = False
