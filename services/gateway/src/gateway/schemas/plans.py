"""A plan as it is answered."""

# ruff: noqa: N815  # the names are the protocol's

from typing import Literal

from gateway.schemas.base import Answered, Day, Moment, PlanHash, Usd
from shared.contracts.lifecycle import Readiness, State, Status


class Source(Answered):
    citation: str
    date: str | None
    verified: bool


class Finding(Answered):
    code: str
    rule_id: str
    severity: Literal["BLOCKING", "WARNING", "INFO"]
    message: str
    order_id: str | None = None
    product_id: str | None = None
    unit_id: str | None = None
    field: str | None = None
    order_count: int | None = None
    remedy: str
    docs: str
    source: Source


class Flag(Answered):
    code: str
    agency: str | None = None
    programme: str | None = None
    order_count: int
    product_ids: list[str]
    unit_ids: list[str]
    reason: str
    source: Source


class MissingDatum(Answered):
    path: str
    order_id: str | None = None
    product_id: str | None = None
    required_for: Literal["EXECUTE", "ENTRY"]
    fixable_by: Literal["CLIENT", "OPERATOR"]


class UnitTotals(Answered):
    orders: int
    lines: int
    pieces: int
    value_usd: Usd
    net_weight_grams: int


class Totals(UnitTotals):
    units: int


class ExportUnit(Answered):
    unit_id: str
    grouping_key: dict[str, str]
    entry_type: str
    order_ids: list[str]
    totals: UnitTotals


class ExcludedOrder(Answered):
    order_id: str
    codes: list[str]


class StrategyHint(Answered):
    code: str
    message: str
    alternative: str | None = None


class PlanContent(Answered):
    planHash: PlanHash
    readinessState: Readiness
    validationMessages: list[Finding]
    flags: list[Flag]
    missing_data: list[MissingDatum]
    included_order_ids: list[str]
    excluded_order_ids: list[str]
    excluded_orders: list[ExcludedOrder]
    export_units: list[ExportUnit]
    strategy_hint: StrategyHint
    totals: Totals
    planned_at: Moment
    as_of: Day
    ruleset_version: str
    next_recommended_action: str


class Plan(PlanContent):
    exportId: str | None
    batch_id: str | None
    state: State | None
    status: Status | None
    plan_revision: int | None
