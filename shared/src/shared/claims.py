"""When a claim on an order holds: what planner and executor both go by (architecture.md 4.3)."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.lifecycle import State


def is_void(claim: Mapping[str, Any], export: Mapping[str, Any] | None) -> bool:
    """Whether the claim (export, attempt) is void by its export's record.

    Void only when the record shows a higher attempt, or that attempt in PLANNED or VOIDED; a
    record with a lower attempt than the claim is an old read and says nothing.
    """
    if export is None:
        return False
    attempt = export["attempt"]
    if attempt > claim["attempt"]:
        return True
    given_back = {State.PLANNED.value, State.VOIDED.value}
    return bool(attempt == claim["attempt"] and export["state"] in given_back)


def live_claims(
    claims: Mapping[str, Mapping[str, Any]], exports: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """The orders whose claim holds, each with the export that has it."""
    return {
        order_id: claim["export"]
        for order_id, claim in claims.items()
        if not is_void(claim, exports.get(claim["export"]))
    }
