"""What is answered, for the OpenAPI document; views.py makes the answers themselves.

Every field is there in every answer unless it has a default; descriptions.py says what each means.
"""

# ruff: noqa: N815  # the names are the protocol's

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic import WithJsonSchema as Documented

from shared.contracts.errors import ErrorCode
from shared.contracts.lifecycle import DeliveryStatus, Readiness, State, Status

Usd = Annotated[float, Documented({"type": "number"})]
Percent = Annotated[float, Documented({"type": "number", "minimum": 0, "maximum": 100})]
Moment = Annotated[str, Documented({"type": "string", "format": "date-time"})]
Day = Annotated[str, Documented({"type": "string", "format": "date"})]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
PlanHash = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]


class Answered(BaseModel):
    model_config = ConfigDict(extra="allow")


class OrderLine(Answered):
    productId: str
    productExternalId: str | None = None
    quantity: int
    unitValueUsd: Usd


class Consignee(Answered):
    name: str
    addressLines: list[str] = []
    city: str | None = None
    phone: str | None = None
    email: str | None = None
    taxId: str | None = None


class Synced(Answered):
    id: str
    externalId: str
    metadata: dict[str, Any] | None
    revision: int
    superseded: bool = False
    createdAt: Moment
    updatedAt: Moment


class Order(Synced):
    destinationCountry: str
    destinationRegion: str | None
    destinationPostalCode: str | None
    totalValueUsd: Usd
    items: list[OrderLine]
    consignee: Consignee | None


class Material(Answered):
    name: str
    percent: Percent


class Manufacturer(Answered):
    name: str
    addressLines: list[str] = []
    city: str | None = None
    region: str | None = None
    postalCode: str | None = None
    country: str
    mid: str | None = None


class Metal(Answered):
    kind: str
    weightPercent: Percent
    meltCountry: str | None = None


class Usmca(Answered):
    claim: bool
    certification: str | None = None


class Product(Synced):
    sku: str | None
    title: str
    description: str | None
    htsCode: str | None
    countryOfOrigin: str | None
    unitValueUsd: Usd | None
    weightGrams: int | None
    materials: list[Material] | None
    manufacturer: Manufacturer | None
    adcvdCase: str | None
    casNumber: str | None
    metal: Metal | None
    childrens: bool | None
    usmca: Usmca | None
    pga: dict[str, dict[str, str]] | None


class SyncedOrders(Answered):
    data: list[Order]


class SyncedProducts(Answered):
    data: list[Product]


class OrderList(SyncedOrders):
    next_cursor: str | None


class ProductList(SyncedProducts):
    next_cursor: str | None


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


class Artifact(Answered):
    id: str
    artifact_type: str
    filename: str
    generated_at: Moment
    sha256: Sha256
    size_bytes: int
    media_type: str
    url: str


class BrokerSubmission(Answered):
    id: str
    submission_type: str
    status: DeliveryStatus
    recipient_email: str | None
    subject: str
    sent_at: Moment | None
    error_message: str | None
    attempts: int
    message_id: str
    next_attempt_at: Moment | None


class Notification(Answered):
    id: str
    type: str
    recipient_type: Literal["BROKER", "WAREHOUSE"]
    channel: str
    recipient: str
    status: DeliveryStatus
    sent_at: Moment | None
    error_message: str | None


class Event(Answered):
    id: str
    sequence: int
    type: str
    occurred_at: Moment
    actor: str
    data: dict[str, Any]


class CustomsPackage(Answered):
    id: str
    exportBatchId: str
    packageNumber: str
    state: Literal["GENERATED", "SUBMITTED", "VOIDED"]
    createdAt: Moment
    artifacts: list[Artifact]


class Outcome(Answered):
    exportId: str
    batch_id: str
    state: State
    status: Status
    customs_package_id: str | None
    artifacts: list[Artifact]
    notifications: list[Notification]
    broker_submission: BrokerSubmission | None
    next_recommended_action: str


class Execution(Outcome):
    planHash: PlanHash
    package_number: str | None


class LastExecution(Answered):
    command_id: str
    outcome: Literal["RUNNING", "EXECUTED", "REFUSED"]
    error: dict[str, Any] | None = None


class Export(Outcome, PlanContent):
    plan_revision: int
    warehouse_id: str
    broker_id: str
    customs_package: CustomsPackage | None
    events: list[Event]
    last_execution: LastExecution | None
    last_error: dict[str, Any] | None
    revision: int
    created_at: Moment
    updated_at: Moment


class ExportRow(Answered):
    exportId: str
    state: State
    status: Status
    readinessState: Readiness
    planHash: PlanHash
    plan_revision: int
    warehouse_id: str
    broker_id: str
    revision: int
    created_at: Moment
    updated_at: Moment
    next_recommended_action: str


class ExportList(Answered):
    data: list[ExportRow]
    next_cursor: str | None


class PartyRow(Answered):
    id: str
    name: str
    missing_data: list[MissingDatum]


class Account(Answered):
    id: str
    name: str
    test: bool
    missing_data: list[MissingDatum]
    warehouses: list[PartyRow]
    brokers: list[PartyRow]


class Dependency(Answered):
    status: Literal["UP", "DOWN"]


class Health(Answered):
    status: Literal["UP", "DEGRADED"]
    protocol: str
    dependencies: dict[str, Dependency]


class Snapshot(Answered):
    protocol: str
    ruleset_version: str


class Issue(Answered):
    path: str
    message: str
    code: str


class ErrorDetails(Answered):
    request_id: str
    retryable: bool
    next_action: str
    issues: list[Issue] | None = None


class Error(Answered):
    errorCode: ErrorCode
    message: str
    field: str | None = None
    details: ErrorDetails
