"""The plan as protocol.md section 4 answers it, drawn from the stored snapshot alone.

Money stands in `..._cents`; the gateway turns it into `..._usd` numbers, and adds what is the
export's and not the plan's (id, state, status, plan revision).
"""

from shared.contracts.lifecycle import Readiness, plan_next_action
from shared.contracts.plans import PlanView
from shared.contracts.snapshot import Snapshot


def view_of(snapshot: Snapshot, plan_hash: str, planned_at: str, as_of: str) -> PlanView:
    decision = snapshot["decision"]
    only = operator_only(snapshot)
    return {
        "planHash": plan_hash,
        "readinessState": decision["readiness"],
        "validationMessages": decision["findings"],
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
