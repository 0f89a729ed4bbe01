"""The dated tables in force on one day, as the rules look things up in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
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
    level: Literal["LIKELY", "POSSIBLE"]
    ask: str
    source: Source = field(compare=False)

    @property
    def likely(self) -> bool:
        return self.level == "LIKELY"


@dataclass(frozen=True, slots=True)
class Programme:
    """A duty programme beside the general rate; `origins` empty means every one but `without`."""

    name: str
    origins: frozenset[str]
    without: frozenset[str]
    prefixes: tuple[str, ...]  # empty: all goods
    rate: str
    chapter_99: str
    source: Source = field(compare=False)

    def covers(self, hts: str, origin: str) -> bool:
        if origin in self.without or (self.origins and origin not in self.origins):
            return False
        return not self.prefixes or hts.startswith(self.prefixes)


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """All rows in force on `as_of`; `version` names them by newest boundary and content.

    Each is equal to itself alone, so that what was found by it can be kept under it.
    """

    as_of: date
    version: str
    thresholds: Mapping[str, Threshold]
    lists: Mapping[str, Mapping[str, Entry]]
    agencies: Mapping[str, tuple[Agency, ...]]  # by HTS prefix, or `childrens`
    programmes: tuple[Programme, ...]

    def entry(self, name: str, value: str | None) -> Entry | None:
        """The entry of exactly this value."""
        return None if value is None else self.lists[name].get(value)

    def prefix(self, name: str, hts: str | None) -> Entry | None:
        """The entry of the longest prefix of `hts` in the list."""
        known = self.lists[name]
        return next((known[prefix] for prefix in _prefixes(hts) if prefix in known), None)

    def agencies_for(self, hts: str | None, *, childrens: bool) -> tuple[Agency, ...]:
        """One row per agency, alphabetically: the longest prefix that names the agency wins."""
        found: dict[str, Agency] = {}
        for key in (["childrens"] if childrens else []) + _prefixes(hts):
            for agency in self.agencies.get(key, ()):
                found.setdefault(agency.name, agency)
        return tuple(found[name] for name in sorted(found))

    def programmes_for(self, hts: str | None, origin: str | None) -> tuple[Programme, ...]:
        if hts is None or origin is None:
            return ()
        return tuple(each for each in self.programmes if each.covers(hts, origin))


def _prefixes(hts: str | None) -> list[str]:
    """From the whole number down to its chapter."""
    return [] if hts is None else [hts[:size] for size in range(len(hts), 1, -1)]
