"""The plan as protocol.md section 4 answers it, drawn from the snapshot and its day alone.

Money stands in `..._cents`; the gateway turns it into `..._usd` numbers, and adds what is the
export's and not the plan's (id, state, status, plan revision).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import cast

from planner.domain.findings import found_on, in_order
from planner.domain.rules.base import Day
from shared.contracts.decision import Finding
from shared.contracts.lifecycle import Readiness, plan_next_action
from shared.contracts.plans import PlanView
from shared.contracts.snapshot import Snapshot
from shared.money import decimal

# What every product needs, and what agencies and programmes want of its class: a product that
# lacks several of one kind is told of once (ADR 0020).
_BASIC, _DATA = "basic", "data"
_TOGETHER = {
    "DESCRIPTION_MISSING": _BASIC,
    "HTS_MISSING": _BASIC,
    "MANUFACTURER_MISSING": _BASIC,
    "ORIGIN_MISSING": _BASIC,
    "TEXTILE_MANUFACTURER_MISSING": _BASIC,
    "WEIGHT_MISSING": _BASIC,
    "AGENCY_DATA_MISSING": _DATA,
    "CLASS_DATA_MISSING": _DATA,
    "CPSC_CERTIFICATE_MISSING": _DATA,
    "FDA_PRIOR_NOTICE_NEEDED": _DATA,
    "METAL_DATA_MISSING": _DATA,
}


def view_of(snapshot: Snapshot, plan_hash: str, planned_at: str, as_of: str) -> PlanView:
    decision = snapshot["decision"]
    only = operator_only(snapshot)
    return {
        "planHash": plan_hash,
        "readinessState": decision["readiness"],
        "validationMessages": list(
            _messages(in_order([*decision["findings"], *_of_day(snapshot, as_of)]))
        ),
        "flags": decision["flags"],
        "missing_data": decision["missing_data"],
        "included_order_ids": decision["included_order_ids"],
        "excluded_order_ids": [each["order_id"] for each in decision["excluded_orders"]],
        "excluded_orders": decision["excluded_orders"],
        "export_units": decision["units"],
        "strategy_hint": decision["strategy_hint"],
        "totals": decision["totals"],
        "next_recommended_action": plan_next_action(
            decision["readiness"], operator_only=only
        ).value,
        "planned_at": planned_at,
        "as_of": as_of,
        "ruleset_version": snapshot["ruleset_version"],
    }


def operator_only(snapshot: Snapshot) -> bool:
    """Whether the plan is blocked by nothing but what the operator's command can set."""
    decision = snapshot["decision"]
    operators = {
        datum["path"] for datum in decision["missing_data"] if datum["fixable_by"] == "OPERATOR"
    }
    return decision["readiness"] == Readiness.BLOCKED and all(
        found.get("field") in operators
        for found in decision["findings"]
        if found["severity"] == "BLOCKING"
    )


def warning_codes(snapshot: Snapshot) -> list[str]:
    """The codes that an execute acknowledges, each once."""
    findings = snapshot["decision"]["findings"]
    return sorted({found["code"] for found in findings if found["severity"] == "WARNING"})


def _of_day(snapshot: Snapshot, as_of: str) -> Iterator[Finding]:
    """What the day of planning tells; a plan itself is of no day."""
    if edition := snapshot.get("tariff"):
        day = Day(date.fromisoformat(as_of), edition)
        yield from (found.finding for found in found_on(day, day))


def _messages(findings: list[Finding]) -> Iterator[Finding]:
    """The findings as they are told: one for all that a product lacks; counts in words too."""
    findings = list(_once(findings))
    lacking: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for found in findings:
        if found["code"] in _TOGETHER:
            lacking[_lack(found)].append(found)
    together = {lack: _one(parts) for lack, parts in lacking.items()}
    for found in findings:
        if found["code"] not in _TOGETHER:
            yield _counted(found)
        elif _place(told := together[_lack(found)]) == _place(found):
            yield told


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What several units say of one and the same field is told once, of no unit."""
    told = defaultdict[tuple[str, str], list[Finding]](list)
    for found in findings:
        told[_place(found)].append(found)
    for first, *more in told.values():
        of_none = {name: value for name, value in first.items() if name != "unit_id"}
        yield cast("Finding", of_none) if more else first


def _place(found: Finding) -> tuple[str, str]:
    return found["code"], found["field"]


def _lack(found: Finding) -> tuple[str, str]:
    return _TOGETHER[found["code"]], found["product_id"]


def _one(parts: list[Finding]) -> Finding:
    """What a product lacks, in one message: by severity, then by rule; the first gives its code."""
    if len(parts) == 1:
        return parts[0]
    severe = parts[0]["severity"]  # they come by severity
    parts = sorted(parts, key=lambda part: (part["severity"] != severe, part["rule_id"]))
    return {
        **parts[0],
        "message": _joined(part["message"] for part in parts),
        "remedy": _joined(part["remedy"] for part in parts),
        "codes": [part["code"] for part in parts],
    }


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(sentences))


def _counted(found: Finding) -> Finding:
    if "line_count" not in found:
        return found
    lines, lowest = found["line_count"], decimal(found["lowest_value_cents"])
    return {**found, "message": f"{found['message']} Lines: {lines}, the lowest at USD {lowest}."}
