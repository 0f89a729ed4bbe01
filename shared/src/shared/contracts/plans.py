"""The plan as it is answered, drawn from the decision."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict  # as in decision.py

from shared.contracts.decision import (
    Code,
    Date,
    ExcludedOrder,
    Finding,
    Flag,
    Ids,
    MissingDatum,
    Moment,
    PlanHash,
    StrategyHint,
    Totals,
    Unit,
    Words,
)
from shared.contracts.lifecycle import Readiness


class PlanView(TypedDict):
    """A plan as it is answered, but for what is the export's (id, state, status, revision)."""

    planHash: PlanHash
    """Identity of the planning snapshot: `sha256:` and the hash of its bytes."""

    readinessState: Annotated[str, Field(json_schema_extra={"enum": list(Readiness)})]
    """`BLOCKED`: no order is left to export."""

    validationMessages: Annotated[list[Finding], Field(max_length=200_000)]
    """What the rules found."""

    flags: Annotated[list[Flag], Field(max_length=10_000)]
    """Regulatory treatment that the package carries forward."""

    missing_data: Annotated[list[MissingDatum], Field(max_length=200_000)]
    """What is missing, where it goes, and who can give it."""

    included_order_ids: Ids
    """Orders that are exported, sorted."""

    excluded_order_ids: Ids
    """Orders that are not, sorted; with the included ones the request."""

    excluded_orders: Annotated[list[ExcludedOrder], Field(max_length=10_000)]
    """Each excluded order, with the codes of why."""

    export_units: Annotated[list[Unit], Field(max_length=10_000)]
    """What travels together, on one entry each."""

    strategy_hint: StrategyHint
    """What the grouping means, and what else would be possible."""

    totals: Totals
    """Sums over what is included."""

    next_recommended_action: Code
    """What to do next; an open list."""

    planned_at: Moment
    """When it was planned, UTC."""

    as_of: Date
    """The UTC date that selected the rule set."""

    ruleset_version: Words
    """The rule set and tariff table in force."""
