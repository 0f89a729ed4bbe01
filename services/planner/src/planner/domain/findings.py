"""Rules are run and what they hit becomes findings, missing data and blocks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from planner.domain.facts import PlanningInput, Product, ProductContext
from planner.domain.grouping import Group
from planner.domain.orders import Order
from planner.domain.rules import RULES
from planner.domain.rules.base import SCOPES, Day, Hit, Mender, Rule, Severity, Subject, set_by
from shared.contracts.decision import Finding, MissingDatum

_RANK = {severity.value: place for place, severity in enumerate(Severity)}
_RULES = {kind: [rule for rule in RULES if rule.subject is kind] for kind in SCOPES}


class Found(NamedTuple):
    """A finding, and the paths of the data that it tells to be missing."""

    finding: Finding
    missing: tuple[str, ...]


def found_on(subject: Subject, given: PlanningInput | ProductContext | Day) -> Iterator[Found]:
    """What the rules that look at this kind of subject find."""
    for rule in _RULES[type(subject)]:
        for hit in rule.check(subject, given):
            finding = _finding(rule, hit, subject)
            paths = hit.missing or ((hit.path,) if hit.path else rule.fields(subject.id))
            told = hit.missing or finding["severity"] != Severity.INFO
            mends = rule.mender(finding["severity"], finding["field"]) is not Mender.NOBODY
            yield Found(finding, paths if told and mends else ())


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By severity, code, path, and the unit where two units say the same."""
    return sorted(
        findings,
        key=lambda each: (
            _RANK[each["severity"]],
            each["code"],
            each["field"],
            each.get("unit_id", ""),
        ),
    )


@dataclass(slots=True)
class Findings:
    """What was found so far, and the codes that block: by id of the order, product or unit.

    What blocks the batch stands under the empty id.
    """

    found: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    missing: dict[str, MissingDatum] = field(default_factory=dict)
    blocked: dict[str, set[str]] = field(default_factory=dict)

    def codes(self, *ids: str) -> set[str]:
        """The codes that block any of these records."""
        if not self.blocked:
            return set()
        return set().union(*(self.blocked.get(id_, ()) for id_ in ids))

    def judge(
        self, subjects: Iterable[PlanningInput | Order | Group], given: PlanningInput
    ) -> None:
        """Runs on each subject the rules that look at its kind."""
        for subject in subjects:
            self.add(subject.id, found_on(subject, given))

    def add(self, subject_id: str, found: Iterable[Found]) -> None:
        for finding, missing in found:
            self.found[finding["code"], finding["field"], finding.get("unit_id", "")] = finding
            if finding["severity"] == Severity.BLOCKING:
                self.blocked.setdefault(subject_id, set()).add(finding["code"])
            for path in missing:
                self._note_missing(path, finding)

    def in_order(self) -> list[Finding]:
        return in_order(self.found.values())

    def missing_in_order(self) -> list[MissingDatum]:
        return [self.missing[path] for path in sorted(self.missing)]

    def _note_missing(self, path: str, finding: Finding) -> None:
        former = self.missing.get(path)
        executes = (finding["severity"] == Severity.BLOCKING) or (
            former and former["required_for"] == "EXECUTE"
        )
        datum = MissingDatum(
            path=path,
            required_for="EXECUTE" if executes else "ENTRY",
            fixable_by=set_by(path).value,
        )
        if "order_id" in finding:
            datum["order_id"] = finding["order_id"]
        if "product_id" in finding:
            datum["product_id"] = finding["product_id"]
        self.missing[path] = datum


def _finding(rule: Rule, hit: Hit, subject: Subject) -> Finding:
    finding = Finding(
        code=rule.code,
        rule_id=rule.id,
        severity=(hit.severity or rule.severities[0]).value,
        message=rule.message.format_map(hit.said),
        field=hit.path or rule.fields(subject.id)[0],
        remedy=hit.remedy or rule.remedy,
        source=hit.source or rule.source,
    )
    match subject:
        case Order():
            finding["order_id"] = subject.id
        case Product():
            finding["product_id"] = subject.id
        case Group():
            finding["unit_id"] = subject.id
        case PlanningInput() | Day():
            pass
    if hit.lines is not None:
        finding["product_id"] = hit.lines.product_id
        finding["order_count"] = hit.lines.orders
        finding["line_count"] = hit.lines.lines
        finding["lowest_value_cents"] = hit.lines.lowest_value_cents
    return finding
