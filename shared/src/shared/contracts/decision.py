"""The planner's decision, and the plan as it is answered: shapes with their meanings.

The decision is part of the planning snapshot (snapshot.py). Money stands in `..._cents` here, and
is `..._usd`, a decimal number, in HTTP.
"""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # pydantic reads meanings from no other before Python 3.12

Words = Annotated[str, Field(max_length=4_000)]
RecordId = Annotated[str, Field(max_length=255)]
Code = Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]*$", max_length=64)]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Ids = Annotated[list[RecordId], Field(max_length=10_000)]
PlanHash = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
Moment = Annotated[str, Field(max_length=24, json_schema_extra={"format": "date-time"})]
Date = Annotated[str, Field(max_length=10, json_schema_extra={"format": "date"})]


class Source(TypedDict):
    """Where a rule or a figure comes from."""

    citation: Words
    """The law, notice or document."""

    date: Annotated[str, Field(max_length=10)] | None
    """The source's own date, as far as it is known."""

    verified: bool
    """Whether it was read; what was not is printed as such."""


class Finding(TypedDict):
    """What a rule found: one of the plan's `validationMessages`."""

    code: Code
    """What it is, for machines; an open list."""

    rule_id: Annotated[str, Field(pattern="^R[0-9]{2,3}$")]
    """The rule that found it; `docs` leads to it."""

    severity: Annotated[str, Field(json_schema_extra={"enum": ["BLOCKING", "WARNING", "INFO"]})]
    """`BLOCKING` excludes what it is about, `WARNING` is for the broker, `INFO` informs."""

    message: Words
    """For a person."""

    order_id: NotRequired[RecordId]
    """The order it is about."""

    product_id: NotRequired[RecordId]
    """The product it is about."""

    unit_id: NotRequired[RecordId]
    """The export unit it is about."""

    field: NotRequired[Words]
    """The datum it is about, as `products[prod_x].htsCode`."""

    order_count: NotRequired[Count]
    """How many orders of the request a finding about a product touches."""

    line_count: NotRequired[Count]
    """How many order lines, where it is about their values."""

    lowest_value_cents: NotRequired[Count]
    """The lowest of their unit values in US dollars (cents inside)."""

    codes: NotRequired[Annotated[list[Code], Field(max_length=20)]]
    """All that it says a product lacks, `code` first; in answers alone, never in the snapshot."""

    fixable_by: NotRequired[
        Annotated[str, Field(json_schema_extra={"enum": ["CLIENT", "OPERATOR", "NOBODY"]})]
    ]
    """Who can mend it; `NOBODY`: leave out what it is about."""

    export_id: NotRequired[RecordId]
    """The export that has the order already; in answers alone, never in the snapshot."""

    remedy: Words
    """How to mend it."""

    remedy_command: NotRequired[Words]
    """What to type (capitals to fill in), or method, path and body (null to fill in)."""

    source: Source
    """Where the rule comes from."""

    docs: NotRequired[Words]
    """The page that explains it, on this server; in answers alone, never in the snapshot."""


class Flag(TypedDict):
    """Regulatory treatment carried forward to the broker; never lowers readiness."""

    code: Code
    """What it is, for machines; an open list."""

    agency: NotRequired[Words]
    """The partner agency."""

    programme: NotRequired[Words]
    """The trade programme or measure."""

    order_count: Count
    """How many orders it touches."""

    product_ids: Ids
    """The products it is about."""

    unit_ids: Ids
    """The export units it is about."""

    reason: Words
    """Why, for a person."""

    source: Source
    """Where it comes from."""


class MissingDatum(TypedDict):
    """What is missing, where it goes, and who can give it."""

    path: Words
    """Where it goes, as `orders[ord_x].items[0].unitValueUsd`."""

    order_id: NotRequired[RecordId]
    """The order it is missing on."""

    product_id: NotRequired[RecordId]
    """The product it is missing on."""

    required_for: Annotated[str, Field(json_schema_extra={"enum": ["EXECUTE", "ENTRY"]})]
    """`EXECUTE`: it blocks; `ENTRY`: the broker will ask for it."""

    fixable_by: Annotated[str, Field(json_schema_extra={"enum": ["CLIENT", "OPERATOR"]})]
    """Who can give it."""

    remedy_command: NotRequired[Words]
    """On an account: the operator's command that sets it."""


class UnitTotals(TypedDict):
    """Sums over orders."""

    orders: Count
    """Number of orders."""

    lines: Count
    """Number of order lines."""

    pieces: Count
    """Number of pieces."""

    value_cents: Count | None
    """Value of the goods in US dollars, null where no rate says it (cents inside)."""

    currency: NotRequired[Annotated[str, Field(max_length=3)]]
    """Currency of purchase, where it is another."""

    value_minor: NotRequired[Count]
    """Value of the goods in that currency (minor units inside)."""

    net_weight_grams: Count
    """Net weight in grams."""


class Totals(UnitTotals):
    """Sums over what is included."""

    units: Count
    """Number of export units."""


class Unit(TypedDict):
    """An export unit: orders that travel on one entry."""

    unit_id: RecordId
    """The unit's id."""

    grouping_key: dict[str, str]
    """What its orders have in common."""

    entry_type: Annotated[str, Field(pattern="^[0-9]{2}$")]
    """CBP's entry type: 01 formal, 03 with a duty case, 11 informal."""

    order_ids: Ids
    """Its orders, sorted."""

    totals: UnitTotals
    """Sums over its orders."""


class ExcludedOrder(TypedDict):
    """An order that stays behind, and why."""

    order_id: RecordId
    """The order."""

    codes: Annotated[list[Code], Field(max_length=100)]
    """Codes of the findings that keep it back."""


class StrategyHint(TypedDict):
    """What the grouping means, and what else would be possible."""

    code: Code
    """What it is, for machines; an open list."""

    message: Words
    """For a person."""

    alternative: NotRequired[Words]
    """What else would be possible, with its cost."""


class Decision(TypedDict):
    """The decision as the snapshot holds it."""

    readiness: str
    findings: list[Finding]
    flags: list[Flag]
    missing_data: list[MissingDatum]
    included_order_ids: list[str]
    excluded_orders: list[ExcludedOrder]
    units: list[Unit]
    strategy_hint: StrategyHint
    totals: Totals
