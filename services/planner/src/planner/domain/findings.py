"""Rules are run and what they hit becomes findings, missing data and blocks."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from planner.domain.facts import Order, PlanningInput, Product
from planner.domain.grouping import Group
from planner.domain.rules import RULES
from planner.domain.rules.base import SCOPES, Hit, Rule, Severity, Subject
from shared.contracts.decision import Finding, MissingDatum

_RANK = {severity.value: place for place, severity in enumerate(Severity)}
_RULES = {kind: [rule for rule in RULES if rule.subject is kind] for kind in SCOPES}
_OPERATORS = ("account.", "warehouse.", "broker.")  # what the operator's command sets


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
        return set().union(*(self.blocked.get(id_, ()) for id_ in ids))

    def judge(self, subjects: Iterable[Subject], given: PlanningInput) -> None:
        """Runs on each subject the rules that look at its kind."""
        for subject in subjects:
            for rule in _RULES[type(subject)]:
                for hit in rule.check(subject, given):
                    self._note(rule, hit, subject)

    def in_order(self) -> list[Finding]:
        """By severity, code, path, and the unit where two units say the same."""
        return sorted(
            self.found.values(),
            key=lambda each: (
                _RANK[each["severity"]],
                each["code"],
                each["field"],
                each.get("unit_id", ""),
            ),
        )

    def missing_in_order(self) -> list[MissingDatum]:
        return [self.missing[path] for path in sorted(self.missing)]

    def _note(self, rule: Rule, hit: Hit, subject: Subject) -> None:
        severity = hit.severity or rule.severities[0]
        finding = Finding(
            code=rule.code,
            rule_id=rule.id,
            severity=severity.value,
            message=rule.message.format_map(hit.said),
            field=hit.path or rule.reads.replace("[]", f"[{subject.id}]"),
            remedy=hit.remedy or rule.remedy,
            source=hit.source or rule.source,
        )
        match subject:
            case Order():
                finding["order_id"] = subject.id
            case Product():
                finding["product_id"] = subject.id
                finding["order_count"] = subject.order_count
            case Group():
                finding["unit_id"] = subject.id
            case PlanningInput():
                pass
        self.found[rule.code, finding["field"], finding.get("unit_id", "")] = finding
        if severity is Severity.BLOCKING:
            self.blocked.setdefault(subject.id, set()).add(rule.code)
        if hit.missing:
            self._note_missing(finding)

    def _note_missing(self, finding: Finding) -> None:
        path, former = finding["field"], self.missing.get(finding["field"])
        executes = (finding["severity"] == Severity.BLOCKING) or (
            former and former["required_for"] == "EXECUTE"
        )
        datum = MissingDatum(
            path=path,
            required_for="EXECUTE" if executes else "ENTRY",
            fixable_by="OPERATOR" if path.startswith(_OPERATORS) else "CLIENT",
        )
        if "order_id" in finding:
            datum["order_id"] = finding["order_id"]
        if "product_id" in finding:
            datum["product_id"] = finding["product_id"]
        self.missing[path] = datum
