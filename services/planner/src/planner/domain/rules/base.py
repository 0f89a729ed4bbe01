"""What a rule is: a check that yields its hits, decorated with what is said of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, Final, NamedTuple

from planner.domain.facts import PlanningInput, Product, ProductContext
from planner.domain.grouping import Group
from planner.domain.orders import Order
from planner.domain.ruleset import RuleSet
from shared.contracts.decision import Source
from shared.contracts.snapshot import TariffEdition


@dataclass(frozen=True, slots=True)
class Day:
    """What is told of the day of planning: in the answer alone, since plans are of no day."""

    id: ClassVar[str] = ""
    as_of: date
    tariff: TariffEdition


Subject = Order | Product | Group | PlanningInput | Day

# What a rule looks at, told by the type of its check's first parameter.
SCOPES: Final[Mapping[type[Subject], str]] = {
    PlanningInput: "batch",  # a block keeps back everything
    Order: "order",
    Product: "product",  # every order that uses the product
    Group: "unit",  # the orders of the unit
    Day: "day of planning",  # informs at most: it is in no snapshot
}


class Mender(StrEnum):
    """Who can mend what was found."""

    CLIENT = "CLIENT"
    OPERATOR = "OPERATOR"
    NOBODY = "NOBODY"


def set_by(path: str) -> Mender:
    """Who sets a datum: the operator's command, or a client's sync or plan."""
    operators = path.startswith(("account.", "warehouse.", "broker.", "tariff"))
    return Mender.OPERATOR if operators else Mender.CLIENT


class Severity(StrEnum):
    BLOCKING = "BLOCKING"
    WARNING = "WARNING"
    INFO = "INFO"


class Lines(NamedTuple):
    """Order lines that one finding tells of together: all of one product."""

    product_id: str
    orders: int
    lines: int
    lowest_value_cents: int


class Hit(NamedTuple):
    """One place where a rule's condition holds; what it leaves out is the rule's own."""

    said: Mapping[str, Any] = {}  # fills the gaps of the rule's message
    path: str = ""
    severity: Severity | None = None
    source: Source | None = None  # of the data row behind it, where there is one
    remedy: str = ""
    missing: tuple[str, ...] = ()  # what is missing or wrong, where that is not the path alone
    lines: Lines | None = None  # of a batch, where it is about one product's lines


Hits = Iterator[Hit]
Check = (  # a product's rules see no plan: what they found is remembered from plan to plan
    Callable[[PlanningInput, PlanningInput], Hits]
    | Callable[[Order, PlanningInput], Hits]
    | Callable[[Product, ProductContext], Hits]
    | Callable[[Group, PlanningInput], Hits]
    | Callable[[Day, Day], Hits]
)

POLICY = Source(citation="EntryGo policy", date=None, verified=False)


def law(citation: str, date: str | None = None) -> Source:
    """A source that was read; `date` is the source's own (ISO, as far as it is known)."""
    return Source(citation=citation, date=date, verified=True)


def unverified(citation: str) -> Source:
    """Trade knowledge that no source confirmed: never more than a warning."""
    return Source(citation=citation, date=None, verified=False)


def no_country(code: str | None, rules: RuleSet) -> Hits:
    """A hit, with what to write instead, for a country that is no ISO 3166-1 alpha-2 code."""
    lists = rules.lists
    if (
        code is not None
        and code not in lists["countries"]
        and code not in lists["doubtful_origins"]
    ):
        meant = lists["origin_mistakes"].get(code.upper())
        yield Hit({"code": code, "hint": meant.note if meant else "write its two letters"})


@dataclass(frozen=True, slots=True)
class Rule:
    """`reads` is the field that it is about, or fields: the path of a hit that names no other.

    What it blocks or warns on is missing data: the hit's path, or what the hit names in its place,
    unless nobody can mend it.
    """

    id: str
    code: str
    severities: tuple[Severity, ...]  # of its hits, the usual one first
    subject: type[Subject]
    reads: str
    message: str
    remedy: str
    source: Source
    check: Callable[[Any, Any], Hits]  # a `Check` of this subject
    nobody: tuple[Severity, ...]  # of its hits, those that no datum mends

    def fields(self, id_: str) -> tuple[str, ...]:
        """The paths of what it reads on a record."""
        return tuple(self.reads.replace("[]", f"[{id_}]").split(", "))

    def mender(self, severity: str, path: str) -> Mender:
        return Mender.NOBODY if severity in self.nobody else set_by(path)


class _Weight(NamedTuple):
    severities: tuple[Severity, ...]
    nobody: tuple[Severity, ...] = ()


def _rule(
    weight: _Weight,
    rule_id: str,
    *,
    reads: str,
    message: str,
    remedy: str,
    source: Source,
) -> Callable[[Check], Rule]:
    """Makes a rule of a check: the check's name, in capitals, is the code of its findings."""

    def decorate(check: Check) -> Rule:
        code, subject = check.__name__.upper(), next(iter(check.__annotations__.values()))
        told = reads, message, remedy, source
        return Rule(rule_id, code, weight.severities, subject, *told, check, weight.nobody)

    return decorate


_BLOCKING, _WARNING, _INFO = Severity
blocking = partial(_rule, _Weight((_BLOCKING,)))
blocking_or_warning = partial(_rule, _Weight((_BLOCKING, _WARNING)))
warning = partial(_rule, _Weight((_WARNING,)))
info = partial(_rule, _Weight((_INFO,)))
info_or_warning = partial(_rule, _Weight((_INFO, _WARNING)))
# What nobody can mend: the orders are left out, or there is nothing to do.
blocking_for_good = partial(_rule, _Weight((_BLOCKING,), (_BLOCKING,)))
blocking_for_good_or_warning = partial(_rule, _Weight((_BLOCKING, _WARNING), (_BLOCKING,)))
warning_for_good = partial(_rule, _Weight((_WARNING,), (_WARNING,)))
info_for_good = partial(_rule, _Weight((_INFO,), (_INFO,)))
info_for_good_or_warning = partial(_rule, _Weight((_INFO, _WARNING), (_INFO,)))
