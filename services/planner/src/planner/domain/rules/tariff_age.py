"""The age of the tariff table, where its edition was said when it was loaded."""

from datetime import date

from planner.domain.facts import PlanningInput
from planner.domain.rules.base import POLICY, Day, Hit, Hits, info, law
from shared.tariff import revision_of

_OLD = 60  # days
_REMEDY = (
    "An operator loads the USITC's current export: `entrygo tariff load FILE --revision "
    "'2026 Revision 21' --effective 2026-10-09`."
)


@info(
    "R82",
    reads="tariff",
    message="The tariff table in use is of {effective}, {days} days before this plan.",
    remedy=_REMEDY,
    source=POLICY,
)
def tariff_table_old(day: Day, _same: Day) -> Hits:
    effective = day.tariff.get("effective")
    days = (day.as_of - date.fromisoformat(effective)).days if effective else 0
    if days > _OLD:
        yield Hit({"effective": effective, "days": days})


@info(
    "R85",
    reads="tariff",
    message="The tariff table in use is {revision}; {newest} is in force.",
    remedy=_REMEDY,
    source=law("USITC, list of HTS editions", "2026-10-09"),
)
def tariff_table_superseded(given: PlanningInput, _same: PlanningInput) -> Hits:
    revision = given.tariff.edition.get("revision") if given.tariff else None
    used = revision_of(revision or "")
    for entry in given.ruleset.lists["hts_revisions"].values():
        newest = revision_of(entry.value)
        if used and newest and used < newest:
            yield Hit({"revision": revision, "newest": entry.value}, source=entry.source)
