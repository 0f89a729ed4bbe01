"""The plan as protocol.md section 4 answers it, drawn from the stored snapshot alone.

Money stands in `..._cents`; the gateway turns it into `..._usd` numbers, and adds what is the
export's and not the plan's (id, state, status, plan revision).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from shared.contracts.decision import Finding
from shared.contracts.lifecycle import Readiness, plan_next_action
from shared.contracts.plans import PlanView
from shared.contracts.snapshot import Snapshot
from shared.money import decimal

# What every product needs; one that lacks several is told of once (ADR 0020).
_BASIC = {
    "DESCRIPTION_MISSING",
    "HTS_MISSING",
    "MANUFACTURER_MISSING",
    "ORIGIN_MISSING",
    "TEXTILE_MANUFACTURER_MISSING",
    "WEIGHT_MISSING",
}


def view_of(snapshot: Snapshot, plan_hash: str, planned_at: str, as_of: str) -> PlanView:
    decision = snapshot["decision"]
    only = operator_only(snapshot)
    return {
        "planHash": plan_hash,
        "readinessState": decision["readiness"],
        "validationMessages": list(_messages(decision["findings"])),
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


def _messages(findings: list[Finding]) -> Iterator[Finding]:
    """The findings as they are told: one for all that a product lacks; counts in words too."""
    lacking: dict[str, list[Finding]] = defaultdict(list)
    for found in findings:
        if found["code"] in _BASIC:
            lacking[found["product_id"]].append(found)
    together = {id_: _one(parts) for id_, parts in lacking.items()}
    for found in findings:
        if found["code"] not in _BASIC:
            yield _counted(found)
        elif (message := together[found["product_id"]])["code"] == found["code"]:
            yield message


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
