"""The dated tables in force on one day, as the rules look things up in them."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Literal

from shared.contracts.decision import Source


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a named list, with what the row says about it and where that comes from."""

    value: str
    note: str
    source: Source


@dataclass(frozen=True, slots=True)
class Threshold:
    value: str
    note: str
    source: Source

    @property
    def cents(self) -> int:
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Agency:
    """A partner agency that may regulate the goods of a prefix, and what it asks for."""

    name: str
    level: Literal["LIKELY", "POSSIBLE", "NONE"]  # NONE: not these of a shorter prefix
    ask: str
    source: Source = field(compare=False)
    when: Literal["", "children", "formal"] = ""  # unless not for children; on formal entries alone
    ways: tuple[tuple[str, ...], ...] = ()  # fields of `pga` to give: all those of one way

    @property
    def likely(self) -> bool:
        return self.level == "LIKELY"

    @property
    def key(self) -> str:
        """Its name in a product's `pga`: `fda`; the Lacey Act's is `lacey`."""
        return self.name.lower().split()[-1]

    def lacks(self, given: AbstractSet[str]) -> tuple[str, ...]:
        """The fields of the first way that are not given; none where a way is, or a disclaim."""
        if not self.ways or "disclaim" in given or any(given >= set(way) for way in self.ways):
            return ()
        return tuple(name for name in self.ways[0] if name not in given)


@dataclass(frozen=True, slots=True)
class DutyCase:
    """Anti-dumping or countervailing orders on goods of one country; their text is the scope."""

    cases: str
    goods: str
    origin: str
    source: Source = field(compare=False)


@dataclass(frozen=True, slots=True)
class Ban:
    """Goods that may not come in; `rule` tells it, `origins` empty means wherever they are from."""

    rule: str
    goods: str
    origins: frozenset[str]
    source: Source = field(compare=False)


@dataclass(frozen=True, slots=True)
class Programme:
    """A duty programme beside the general rate; `origins` empty means every one but `without`."""

    name: str
    rate: str
    chapter_99: str  # its headings there
    terms: str  # what it is added to, what takes goods out of it
    origins: frozenset[str]
    without: frozenset[str]
    unless: frozenset[str]  # what a product says that takes it out (see `facts`)
    groups: frozenset[str]  # beside which what yields to one of them is not due
    yields_to: str  # such a group
    exempt: frozenset[str] = field(compare=False)  # HTS prefixes that are out of it
    source: Source = field(compare=False)

    def covers(self, prefixes: Collection[str], origin: str, said: Collection[str]) -> bool:
        """Whether goods meet it, by their number's prefixes, origin and what is said of them."""
        if origin in self.without or (self.origins and origin not in self.origins):
            return False
        return self.unless.isdisjoint(said) and self.exempt.isdisjoint(prefixes)


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """All rows in force on `as_of`; `version` names them by newest boundary and content.

    Each is equal to itself alone, so that what was found by it can be kept under it.
    """

    as_of: date
    version: str
    thresholds: Mapping[str, Threshold]
    lists: Mapping[str, Mapping[str, Entry]]
    agencies: Mapping[str, tuple[Agency, ...]]  # by HTS prefix, or `childrens`; `agencies_for`
    programmes: Mapping[str, tuple[Programme, ...]]  # by HTS prefix, see `programmes_for`
    prohibited: Mapping[str, tuple[Ban, ...]]  # by HTS prefix, "" for all goods
    duty_cases: Mapping[str, tuple[DutyCase, ...]]  # by HTS prefix

    @property
    def since(self) -> date:
        """The day on which the newest of the rows took force, or an older one lost it."""
        return date.fromisoformat(self.version[:10])

    def entry(self, name: str, value: str | None) -> Entry | None:
        """The entry of exactly this value."""
        return None if value is None else self.lists[name].get(value)

    def prefix(self, name: str, hts: str | None) -> Entry | None:
        """The entry of the longest prefix of `hts` in the list."""
        known = self.lists[name]
        return next((known[prefix] for prefix in _prefixes(hts) if prefix in known), None)

    def agencies_for(self, hts: str | None, *, childrens: bool | None) -> tuple[Agency, ...]:
        """One row per agency, alphabetically: the longest prefix that names the agency wins.

        A number that is not whole yet meets what stands under it with a question mark, too.
        """
        found: dict[str, Agency] = {}
        for key in [*(["childrens"] if childrens else []), *_prefixes(hts), f"{hts}?"]:
            for agency in self.agencies.get(key, ()):
                if agency.when != "children" or childrens is not False:
                    found.setdefault(agency.name, agency)
        return tuple(found[name] for name in sorted(found) if found[name].level != "NONE")

    def duty_cases_for(self, hts: str | None, origin: str | None) -> tuple[DutyCase, ...]:
        """The orders on goods of an origin that name the number, or what it is part of."""
        named = (case for key in _prefixes(hts) for case in self.duty_cases.get(key, ()))
        return tuple(dict.fromkeys(case for case in named if case.origin == origin))

    def programmes_for(
        self, hts: str | None, origin: str | None, said: Collection[str]
    ) -> tuple[Programme, ...]:
        """What is due on goods of a number and origin, less what yields to another of these.

        A number that is not whole yet meets what stands under it with a question mark, too.
        """
        if hts is None or origin is None:
            return ()
        keys = [*_prefixes(hts), "", f"{hts}?"]
        met = (each for key in keys for each in self.programmes.get(key, ()))
        due = dict.fromkeys(each for each in met if each.covers(keys, origin, said))
        groups = frozenset[str]().union(*(each.groups for each in due))
        return tuple(each for each in due if each.yields_to not in groups)

    def ban(self, rule: str, hts: str | None, origin: str | None) -> Ban | None:
        """The rule's row for goods of a number and origin; the longest prefix speaks."""
        found = (ban for key in [*_prefixes(hts), ""] for ban in self.prohibited.get(key, ()))
        return _first(found, rule, origin)

    def ban_within(self, rule: str, hts: str, origin: str | None) -> Ban | None:
        """A row of the rule for a longer number that a short one may turn out to be."""
        longer = (bans for key, bans in self.prohibited.items() if key.startswith(hts))
        return _first(chain.from_iterable(longer), rule, origin)


def _first(bans: Iterable[Ban], rule: str, origin: str | None) -> Ban | None:
    return next(
        (ban for ban in bans if ban.rule == rule and (not ban.origins or origin in ban.origins)),
        None,
    )


def _prefixes(hts: str | None) -> list[str]:
    """From the whole number down to its chapter."""
    return [] if hts is None else [hts[:size] for size in range(len(hts), 1, -1)]
