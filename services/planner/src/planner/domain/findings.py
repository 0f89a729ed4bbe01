"""Rules are run and what they hit becomes findings, missing data and blocks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from planner.domain.facts import Order, PlanningInput, Product
from planner.domain.grouping import Group
from planner.domain.rules import RULES
from planner.domain.rules.base import Hit, Rule, Scope, Severity
from shared.contracts.snapshot import Finding, MissingDatum

_RANK = {Severity.BLOCKING: 0, Severity.WARNING: 1, Severity.INFO: 2}
_OPERATORS = ("account.", "warehouse.", "broker.")  # what the operator's command sets


@dataclass(slots=True)
class Verdict:
    """What was found so far, and whom it blocks: by id of the order, product or unit."""

    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    missing: dict[str, MissingDatum] = field(default_factory=dict)
    blocked: dict[Scope, dict[str, set[str]]] = field(
        default_factory=lambda: {scope: defaultdict(set) for scope in Scope}
    )

    def codes(self, scope: Scope, subject: str) -> set[str]:
        """The codes that block a subject; `subject` is empty for the batch."""
        return self.blocked[scope].get(subject, set())

    def in_order(self) -> list[Finding]:
        """By severity, code, path, and the unit where two units say the same."""
        return sorted(
            self.findings.values(),
            key=lambda found: (
                _RANK[Severity(found["severity"])],
                found["code"],
                found.get("field", ""),
                found.get("unit_id", ""),
            ),
        )

    def missing_in_order(self) -> list[MissingDatum]:
        return [self.missing[path] for path in sorted(self.missing)]


def judge_orders(verdict: Verdict, orders: Iterable[Order], given: PlanningInput) -> None:
    rules = [rule for rule in RULES if rule.scope is Scope.ORDER]
    for order in orders:
        for rule in rules:
            for hit in rule.check(order, given):
                _note(verdict, rule, hit, {"order_id": order.id})


def judge_products(
    verdict: Verdict,
    products: Iterable[Product],
    given: PlanningInput,
    order_counts: Mapping[str, int],
) -> None:
    rules = [rule for rule in RULES if rule.scope is Scope.PRODUCT]
    for product in products:
        about = {"product_id": product.id, "order_count": order_counts[product.id]}
        for rule in rules:
            for hit in rule.check(product, given):
                _note(verdict, rule, hit, about)


def judge_units(verdict: Verdict, groups: Iterable[Group], given: PlanningInput) -> None:
    rules = [rule for rule in RULES if rule.scope is Scope.UNIT]
    for each in groups:
        for rule in rules:
            for hit in rule.check(each, given):
                _note(verdict, rule, hit, {"unit_id": each.id})


def judge_batch(verdict: Verdict, given: PlanningInput) -> None:
    for rule in RULES:
        if rule.scope is Scope.BATCH:
            for hit in rule.check(given, given):
                _note(verdict, rule, hit, {})


def _note(verdict: Verdict, rule: Rule[Any], hit: Hit, about: Mapping[str, Any]) -> None:
    severity = hit.severity or rule.severity
    key = (rule.code, hit.path, about.get("unit_id", ""))
    finding = Finding(
        code=rule.code,
        rule_id=rule.id,
        severity=severity.value,
        message=rule.message.format_map(hit.said),
        field=hit.path,
        remedy=hit.remedy or rule.remedy,
        source=hit.source or rule.source,
    )
    finding.update(cast("Finding", about))
    verdict.findings[key] = finding
    if severity is Severity.BLOCKING:
        subject = about.get(f"{rule.scope.value.lower()}_id", "")
        verdict.blocked[rule.scope][subject].add(rule.code)
    if rule.missing:
        _note_missing(verdict, hit.path, severity, about)


def _note_missing(
    verdict: Verdict, path: str, severity: Severity, about: Mapping[str, Any]
) -> None:
    former = verdict.missing.get(path)
    needed = severity is Severity.BLOCKING or (former and former["required_for"] == "EXECUTE")
    datum = MissingDatum(
        path=path,
        required_for="EXECUTE" if needed else "ENTRY",
        fixable_by="OPERATOR" if path.startswith(_OPERATORS) else "CLIENT",
    )
    for name in ("order_id", "product_id"):
        if name in about:
            datum[name] = about[name]
    verdict.missing[path] = datum
