"""The plan as protocol.md section 4 answers it, drawn from the snapshot and its day alone.

Money stands in `..._cents`; the gateway turns it into `..._usd` numbers, and adds what is the
export's and not the plan's (id, state, status, plan revision).
"""

from collections.abc import Iterator, Mapping
from datetime import date

from planner.domain.advice import Advice, next_action
from planner.domain.findings import found_on, in_order
from planner.domain.messages import messages_of
from planner.domain.rules.base import Day
from shared.contracts.decision import Finding
from shared.contracts.plans import PlanView
from shared.contracts.snapshot import Snapshot


def view_of(
    snapshot: Snapshot,
    plan_hash: str,
    planned_at: str,
    as_of: str,
    exports: Mapping[str, str] | None = None,
) -> PlanView:
    """`exports`: in which the orders are that are exported already; no snapshot says that."""
    decision = snapshot["decision"]
    parties = {"account": snapshot["account"], "warehouse": snapshot["warehouse"]}
    parties["broker"] = snapshot["broker"]
    records = {**snapshot["orders"], **snapshot["products"]}
    missing = (datum["path"] for datum in decision["missing_data"])
    findings = in_order([*decision["findings"], *_of_day(snapshot, as_of)])
    messages = messages_of(findings, Advice(parties, records, missing))
    return {
        "planHash": plan_hash,
        "readinessState": decision["readiness"],
        "validationMessages": [_placed(found, exports or {}) for found in messages],
        "flags": decision["flags"],
        "missing_data": decision["missing_data"],
        "included_order_ids": decision["included_order_ids"],
        "excluded_order_ids": [each["order_id"] for each in decision["excluded_orders"]],
        "excluded_orders": decision["excluded_orders"],
        "export_units": decision["units"],
        "strategy_hint": decision["strategy_hint"],
        "totals": decision["totals"],
        "next_recommended_action": next_action(snapshot).value,
        "planned_at": planned_at,
        "as_of": as_of,
        "ruleset_version": snapshot["ruleset_version"],
    }


def warning_codes(snapshot: Snapshot) -> list[str]:
    """The codes that an execute acknowledges, each once."""
    findings = snapshot["decision"]["findings"]
    return sorted({found["code"] for found in findings if found["severity"] == "WARNING"})


def _of_day(snapshot: Snapshot, as_of: str) -> Iterator[Finding]:
    """What the day of planning tells; a plan itself is of no day."""
    if edition := snapshot.get("tariff"):
        day = Day(date.fromisoformat(as_of), edition)
        yield from (found.finding for found in found_on(day, day))


def _placed(found: Finding, exports: Mapping[str, str]) -> Finding:
    """With the export that has the order, where that is what was found."""
    holder = exports.get(found.get("order_id", ""))
    if found["code"] != "ORDER_ALREADY_EXPORTED" or holder is None:
        return found
    return {**found, "export_id": holder}
