"""What the API takes and answers, as its OpenAPI document says it.

At run time each is a plain `dict`. A later server may answer fields that are not listed here.
"""
# Made by `make contract`.

from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict


class MissingDatum(TypedDict):
    """What is missing, where it goes, and who can give it."""

    path: str
    """Where it goes, as `orders[ord_x].items[0].unitValueUsd`."""
    order_id: NotRequired[str]
    """The order it is missing on."""
    product_id: NotRequired[str]
    """The product it is missing on."""
    required_for: Literal["EXECUTE", "ENTRY"]
    """`EXECUTE`: it blocks; `ENTRY`: the broker will ask for it."""
    fixable_by: Literal["CLIENT", "OPERATOR"]
    """Who can give it."""
    remedy_command: NotRequired[str]
    """On an account: the operator's command that sets it."""


class PartyRow(TypedDict):
    """A warehouse or a broker, and what is missing on it."""

    id: str
    """Its id, as a plan takes it."""
    name: str
    """Its name."""
    missing_data: list[MissingDatum]
    """What planning will ask for."""


class Account(TypedDict):
    """The caller's account, and what is missing on it."""

    id: str
    """The account's id, as every request takes it."""
    name: str
    """Its name."""
    test: bool
    """Whether it is a test account: its documents are marked, its mail goes to the sandbox."""
    missing_data: list[MissingDatum]
    """What planning will ask for."""
    warehouses: list[PartyRow]
    """The account's warehouses."""
    brokers: list[PartyRow]
    """The account's customs brokers."""


class Artifact(TypedDict):
    """One document of a package."""

    id: str
    """The document's id."""
    artifact_type: str
    """Which of the five it is; an open list."""
    filename: str
    """Its fixed file name."""
    generated_at: str
    """The stored start of execution, UTC."""
    sha256: str
    """SHA-256 of the bytes, in hex."""
    size_bytes: int
    """Size in bytes."""
    media_type: str
    """Its media type."""
    url: str
    """Where to fetch it, relative to the server."""


BillKind = Literal["PAPS", "AWB", "OCEAN_BILL", "RAIL_BILL"]


class BillInput(TypedDict):
    """A bill that goods travel under; what is on one bill is one shipment (19 CFR 101.1)."""

    kind: BillKind
    """A truck's PAPS number, an air waybill, an ocean or a rail bill of lading."""
    number: str
    """Its number."""
    orderIds: NotRequired[list[str] | None]
    """The orders on it, each on one bill; absent: all that no bill names."""


class Change(TypedDict):
    """One thing that is no longer as it was planned."""

    path: str
    """Where: `products[prod_x].htsCode`."""
    planned: Any
    """As it was planned."""
    current: Any
    """As it is now."""


class ChargeInput(TypedDict):
    """A charge beside the price of the goods, as freight or insurance."""

    name: str
    """What it is for."""
    amountUsd: float | Decimal
    """In US dollars."""
    includedInPrice: NotRequired[bool]
    """Whether the goods' prices hold it already."""


class CustomsPackage(TypedDict):
    """A customs package with the inventory of its documents."""

    id: str
    """The package's id."""
    exportBatchId: str
    """The export that it belongs to."""
    packageNumber: str
    """The package's number for people."""
    state: Literal["GENERATED", "SUBMITTED", "VOIDED"]
    """`SUBMITTED` once the broker has it."""
    createdAt: str
    """When its execution began, UTC."""
    artifacts: list[Artifact]
    """The five documents."""


DeliveryStatus = Literal["PENDING", "SENDING", "SENT", "FAILED", "UNKNOWN"]


class Dependency(TypedDict):
    """Something that the service stands on."""

    status: Literal["UP", "DOWN"]
    """Whether it answers."""


class DiscountInput(TypedDict):
    """A discount, coupon or rebate: what is taken off the lines' sum."""

    name: str
    """What it is."""
    amount: float | Decimal
    """In the order's currency, else in US dollars."""


ErrorCode = Literal[
    "INVALID_REQUEST",
    "VALIDATION_ERROR",
    "INVALID_API_KEY",
    "INVALID_ACCOUNT_SCOPE",
    "EXPORT_NOT_FOUND",
    "PLAN_NOT_FOUND",
    "ORDER_NOT_FOUND",
    "PRODUCT_NOT_FOUND",
    "CUSTOMS_PACKAGE_NOT_FOUND",
    "ARTIFACT_NOT_FOUND",
    "ROUTE_NOT_FOUND",
    "METHOD_NOT_ALLOWED",
    "PAYLOAD_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "EXPORT_NOT_READY",
    "PLAN_STALE",
    "PLAN_HASH_MISMATCH",
    "EXPORT_ALREADY_EXECUTED",
    "ORDER_ALREADY_EXPORTED",
    "EXPORT_VOIDED",
    "IDEMPOTENCY_IN_PROGRESS",
    "IDEMPOTENCY_KEY_REUSED",
    "RATE_LIMITED",
    "SERVICE_UNAVAILABLE",
    "INTERNAL_ERROR",
]

NextAction = str


class Issue(TypedDict):
    """One thing that is wrong with the request."""

    path: str
    """Where in the request, as `items.0.quantity`."""
    message: str
    """For a person."""
    code: str
    """For machines: `too_small`, `invalid_type`, `unrecognized_keys` and their like."""


Readiness = Literal["READY", "READY_WITH_WARNINGS", "BLOCKED"]


class Source(TypedDict):
    """Where a rule or a figure comes from."""

    citation: str
    """The law, notice or document."""
    date: str | None
    """The source's own date, as far as it is known."""
    verified: bool
    """Whether it was read; what was not is printed as such."""


class Finding(TypedDict):
    """What a rule found: one of the plan's `validationMessages`."""

    code: str
    """What it is, for machines; an open list."""
    rule_id: str
    """The rule that found it; `docs` leads to it."""
    severity: Literal["BLOCKING", "WARNING", "INFO"]
    """`BLOCKING` excludes what it is about, `WARNING` is for the broker, `INFO` informs."""
    message: str
    """For a person."""
    order_id: NotRequired[str]
    """The order it is about."""
    product_id: NotRequired[str]
    """The product it is about."""
    unit_id: NotRequired[str]
    """The export unit it is about."""
    field: NotRequired[str]
    """The datum it is about, as `products[prod_x].htsCode`."""
    order_count: NotRequired[int]
    """How many orders of the request a finding about a product touches."""
    line_count: NotRequired[int]
    """How many order lines, where it is about their values."""
    lowest_value_usd: NotRequired[float]
    """The lowest of their unit values in US dollars."""
    codes: NotRequired[list[str]]
    """All that it says a product lacks, `code` first; in answers alone, never in the snapshot."""
    fixable_by: NotRequired[Literal["CLIENT", "OPERATOR", "NOBODY"]]
    """Who can mend it; `NOBODY`: leave out what it is about."""
    export_id: NotRequired[str]
    """The export that has the order already; in answers alone, never in the snapshot."""
    remedy: str
    """How to mend it."""
    remedy_command: NotRequired[str]
    """What to type (capitals to fill in), or method, path and body (null to fill in)."""
    source: Source
    """Where the rule comes from."""
    docs: NotRequired[str]
    """The page that explains it, on this server; in answers alone, never in the snapshot."""


class ErrorDetails(TypedDict):
    """What to do about it, and what belongs to the code."""

    request_id: str
    """The request's id, as in `X-Request-Id`."""
    retryable: bool
    """Whether the same request may succeed later."""
    next_action: NextAction
    """What to do next; an open list."""
    docs: str
    """The page that explains the code, on this server."""
    issues: NotRequired[list[Issue]]
    """`VALIDATION_ERROR`: everything that is wrong with the request."""
    reason: NotRequired[str]
    """`INVALID_REQUEST`: what is wrong with the JSON."""
    retry_after_seconds: NotRequired[int]
    """`RATE_LIMITED`: how long to wait."""
    worker: NotRequired[str]
    """`SERVICE_UNAVAILABLE`: which worker is not running."""
    orderIds: NotRequired[list[str]]
    """`ORDER_NOT_FOUND`, `ORDER_ALREADY_EXPORTED`: which orders."""
    exportIds: NotRequired[dict[str, str]]
    """`ORDER_ALREADY_EXPORTED`: the export that has it, by the order."""
    externalIds: NotRequired[dict[str, str]]
    """`ORDER_NOT_FOUND`: the id to use, by the reference of yours that was sent in its place."""
    productIds: NotRequired[list[str]]
    """`PRODUCT_NOT_FOUND`: which products, as the lines name them."""
    planHash: NotRequired[str]
    """`PLAN_HASH_MISMATCH`: the current plan's."""
    changed: NotRequired[list[Change]]
    """`PLAN_STALE`: what is no longer as it was planned."""
    readinessState: NotRequired[Readiness]
    """`EXPORT_NOT_READY`: the plan's."""
    validationMessages: NotRequired[list[Finding]]
    """`EXPORT_NOT_READY`: what blocks."""
    missing_data: NotRequired[list[MissingDatum]]
    """`EXPORT_NOT_READY`: what is missing."""


class Error(TypedDict):
    """The one shape of every error, on any route and method."""

    errorCode: ErrorCode
    """What went wrong; branch on the status, then on this."""
    message: str
    """For a person."""
    field: NotRequired[str]
    """Path of the first field at fault."""
    details: ErrorDetails
    """What to do about it, and what belongs to the code."""


class Event(TypedDict):
    """Something that happened to the export; never changed."""

    id: str
    """The event's id."""
    sequence: int
    """Its place in the log, from one, without gaps."""
    type: str
    """What happened; an open list."""
    occurred_at: str
    """When, UTC."""
    actor: str
    """Who did it: a service, or an operator by name."""
    data: dict[str, Any]
    """The event's facts."""


class ExchangeRateInput(TypedDict):
    """What one of a currency is in US dollars, of which day and by whom."""

    currency: str
    """The currency, ISO 4217."""
    usdPerUnit: float | Decimal
    """US dollars for one of it, at most six decimals."""
    date: str
    """The day that it holds for: by 19 CFR 159.32 the day of export."""
    source: str
    """Who says so."""


class ExcludedOrder(TypedDict):
    """An order that stays behind, and why."""

    order_id: str
    """The order."""
    codes: list[str]
    """Codes of the findings that keep it back."""


class ExecuteInput(TypedDict):
    """Which export to execute."""

    accountId: str
    """The account the request is for: the API key's own."""
    idempotencyKey: NotRequired[str | None]
    """The same as the header `Idempotency-Key`, which wins."""
    batchId: str
    """The export to execute: `exportId` of its plan."""
    planHash: NotRequired[str | None]
    """A precondition: refuse unless this is the current plan's hash."""
    resubmit: NotRequired[bool]
    """Deliver again what ended `FAILED` or `UNKNOWN`; use a new key."""


State = Literal["PLANNED", "EXECUTING", "EXECUTED", "VOIDED"]

Status = Literal[
    "PLANNED",
    "BLOCKED",
    "EXECUTING",
    "EXECUTION_STALLED",
    "SUBMITTING",
    "COMPLETED",
    "DELIVERY_FAILED",
    "DELIVERY_UNKNOWN",
    "VOIDED",
]


class Notification(TypedDict):
    """The delivery to one partner, as a row."""

    id: str
    """The notification's id."""
    type: str
    """What it is; an open list."""
    recipient_type: Literal["BROKER", "WAREHOUSE"]
    """Who gets it."""
    channel: str
    """How it goes: `EMAIL`, `FOLDER`, `SIMULATOR`; an open list."""
    recipient: str
    """The address or folder."""
    status: DeliveryStatus
    """Where it stands; `UNKNOWN`: it may have arrived or not."""
    sent_at: str | None
    """When it was taken, UTC."""
    error_message: str | None
    """What the other side said last."""


class ExecutionBrokerSubmission(TypedDict):
    """The delivery to the broker, null until executed."""

    id: str
    """The delivery's id."""
    submission_type: str
    """How it goes: `EMAIL`, `FOLDER`, `SIMULATOR`; an open list."""
    status: DeliveryStatus
    """Where it stands; `UNKNOWN`: it may have arrived or not."""
    recipient_email: str | None
    """The broker's address."""
    subject: str
    """Subject of the mail."""
    sent_at: str | None
    """When the broker's server took it, UTC."""
    error_message: str | None
    """What the other side said last."""
    attempts: int
    """Tries so far."""
    message_id: str
    """The one Message-ID of all tries."""
    next_attempt_at: str | None
    """When it is tried next, UTC."""


class Execution(TypedDict):
    """What an execute answers; inspect tells the rest."""

    exportId: str
    """The export's id."""
    batch_id: str
    """The same id as `exportId`."""
    state: State
    """The stored state."""
    status: Status
    """Where it stands, delivery included."""
    customs_package_id: str | None
    """The customs package, null until executed."""
    artifacts: list[Artifact]
    """The five documents of the package, none until executed."""
    notifications: list[Notification]
    """One for each partner."""
    broker_submission: ExecutionBrokerSubmission | None
    """The delivery to the broker, null until executed."""
    planHash: str
    """The plan that was executed."""
    package_number: str | None
    """The package's number for people, null until executed."""
    next_recommended_action: NextAction
    """What to do next; an open list."""


class Flag(TypedDict):
    """Regulatory treatment carried forward to the broker; never lowers readiness."""

    code: str
    """What it is, for machines; an open list."""
    agency: NotRequired[str]
    """The partner agency."""
    programme: NotRequired[str]
    """The trade programme or measure."""
    order_count: int
    """How many orders it touches."""
    product_ids: list[str]
    """The products it is about."""
    unit_ids: list[str]
    """The export units it is about."""
    reason: str
    """Why, for a person."""
    source: Source
    """Where it comes from."""


class UnitTotals(TypedDict):
    """Sums over orders."""

    orders: int
    """Number of orders."""
    lines: int
    """Number of order lines."""
    pieces: int
    """Number of pieces."""
    value_usd: float | None
    """Value of the goods in US dollars, null where no rate says it."""
    currency: NotRequired[str]
    """Currency of purchase, where it is another."""
    value: NotRequired[float]
    """Value of the goods in that currency."""
    net_weight_grams: int
    """Net weight in grams."""


class Unit(TypedDict):
    """An export unit: orders that travel on one entry."""

    unit_id: str
    """The unit's id."""
    grouping_key: dict[str, str]
    """What its orders have in common."""
    entry_type: str
    """CBP's entry type: 01 formal, 03 with a duty case, 11 informal."""
    order_ids: list[str]
    """Its orders, sorted."""
    totals: UnitTotals
    """Sums over its orders."""


class StrategyHint(TypedDict):
    """What the grouping means, and what else would be possible."""

    code: str
    """What it is, for machines; an open list."""
    message: str
    """For a person."""
    alternative: NotRequired[str]
    """What else would be possible, with its cost."""


class Totals(TypedDict):
    """Sums over what is included."""

    orders: int
    """Number of orders."""
    lines: int
    """Number of order lines."""
    pieces: int
    """Number of pieces."""
    value_usd: float | None
    """Value of the goods in US dollars, null where no rate says it."""
    currency: NotRequired[str]
    """Currency of purchase, where it is another."""
    value: NotRequired[float]
    """Value of the goods in that currency."""
    net_weight_grams: int
    """Net weight in grams."""
    units: int
    """Number of export units."""


class ExportLastExecution(TypedDict):
    """The last execute of the current plan, null without one."""

    command_id: str
    """The command's id."""
    outcome: Literal["RUNNING", "EXECUTED", "REFUSED"]
    """What became of it."""
    error: NotRequired[dict[str, Any] | None]
    """The refusal's envelope, where it was refused."""


class Export(TypedDict):
    """The truth about one export, in one consistent answer."""

    exportId: str
    """The export's id."""
    batch_id: str
    """The same id as `exportId`."""
    state: State
    """The stored state."""
    status: Status
    """Where it stands, delivery included."""
    customs_package_id: str | None
    """The customs package, null until executed."""
    artifacts: list[Artifact]
    """The five documents of the package, none until executed."""
    notifications: list[Notification]
    """One for each partner."""
    broker_submission: ExecutionBrokerSubmission | None
    """The delivery to the broker, null until executed."""
    planHash: str
    """Identity of the planning snapshot: `sha256:` and the hash of its bytes."""
    readinessState: Literal["READY", "READY_WITH_WARNINGS", "BLOCKED"]
    """`BLOCKED`: no order is left to export."""
    validationMessages: list[Finding]
    """What the rules found."""
    flags: list[Flag]
    """Regulatory treatment that the package carries forward."""
    missing_data: list[MissingDatum]
    """What is missing, where it goes, and who can give it."""
    included_order_ids: list[str]
    """Orders that are exported, sorted."""
    excluded_order_ids: list[str]
    """Orders that are not, sorted; with the included ones the request."""
    excluded_orders: list[ExcludedOrder]
    """Each excluded order, with the codes of why."""
    export_units: list[Unit]
    """What travels together, on one entry each."""
    strategy_hint: StrategyHint
    """What the grouping means, and what else would be possible."""
    totals: Totals
    """Sums over what is included."""
    next_recommended_action: NextAction
    """What to do next; an open list."""
    planned_at: str
    """When it was planned, UTC."""
    as_of: str
    """The UTC date that selected the rule set."""
    ruleset_version: str
    """The rule set and tariff table in force."""
    plan_revision: int
    """Counts the plans of this export."""
    warehouse_id: str
    """The warehouse of the current plan."""
    broker_id: str
    """The broker of the current plan."""
    customs_package: CustomsPackage | None
    """The customs package, null until executed."""
    events: list[Event]
    """What happened, in order, without gaps."""
    last_execution: ExportLastExecution | None
    """The last execute of the current plan, null without one."""
    last_error: dict[str, Any] | None
    """The last failure of an execution, null without one."""
    revision: int
    """Raised by every change; it is the ETag, and never goes back."""
    created_at: str
    """When it was planned first, UTC."""
    updated_at: str
    """When it last changed, UTC."""


class ExportRow(TypedDict):
    """An export in a list."""

    exportId: str
    """The export's id."""
    state: State
    """The stored state."""
    status: Status
    """Where it stands, delivery included."""
    readinessState: Readiness
    """Of the current plan."""
    planHash: str
    """Of the current plan."""
    plan_revision: int
    """Counts the plans of this export."""
    warehouse_id: str
    """The warehouse of the current plan."""
    broker_id: str
    """The broker of the current plan."""
    package_number: str | None
    """Its package's number, null until executed."""
    revision: int
    """Raised by every change."""
    created_at: str
    """When it was planned first, UTC."""
    updated_at: str
    """When it last changed, UTC."""
    next_recommended_action: NextAction
    """What to do next; an open list."""


class ExportList(TypedDict):
    """A page of exports."""

    data: list[ExportRow]
    """The exports, newest change first."""
    next_cursor: str | None
    """`cursor` of the next page, null on the last."""


Standing = Literal["UP", "DEGRADED", "DOWN"]


class Worker(TypedDict):
    """A worker, by the queues that it reads."""

    status: Standing
    """`DOWN` where nobody reads them, `DEGRADED` where a queue is unread or long."""
    consumers: int
    """How many read, at the queue with the fewest."""
    backlog: int
    """Messages that wait."""


class Health(TypedDict):
    """Whether the service can work."""

    status: Standing
    """`DOWN` where a dependency is, `UP` where all is."""
    protocol: str
    """The protocol's name."""
    dependencies: dict[str, Dependency]
    """Each dependency by name."""
    workers: dict[str, Worker]
    """Each worker by name."""


class LocatedOrderConsignee(TypedDict):
    """Who receives the order."""

    name: str
    """Name."""
    addressLines: NotRequired[list[str]]
    """Street and number."""
    city: NotRequired[str | None]
    """City."""
    phone: NotRequired[str | None]
    """Telephone number."""
    email: NotRequired[str | None]
    """E-mail address."""
    taxId: NotRequired[str | None]
    """Tax number, where one is needed; a social security number is withheld from documents."""


class OrderLine(TypedDict):
    """One line, as it was synced."""

    productId: NotRequired[str | None]
    """The product, by id. Exactly one of this and `productExternalId`."""
    productExternalId: NotRequired[str | None]
    """The product, by your own reference. Exactly one of this and `productId`."""
    unit: NotRequired[str | None]
    """What the quantity counts; pieces where absent."""
    quantity: float
    """Whole pieces, or at most three decimals of `unit`."""
    unitValueUsd: NotRequired[float | None]
    """Value of one in US dollars: the price paid, not the retail price."""
    unitValue: NotRequired[float | None]
    """With the order's `currency`: the price of one in it."""


class Place(TypedDict):
    """An export that has the order."""

    exportId: str
    """The export's id."""
    status: Status
    """Where the export stands."""
    package_number: str | None
    """Its package's number, null until executed."""


class LocatedOrder(TypedDict):
    """An order, and where it went."""

    id: str
    """The record's id, which never changes."""
    revision: int
    """Raised by every change of substance."""
    superseded: NotRequired[bool]
    """Only where a newer command was first: this is the current record."""
    issues: NotRequired[list[Finding]]
    """Answer to a sync alone: what the rules about it find today, as a plan's messages."""
    createdAt: str
    """When it was first synced, UTC."""
    updatedAt: str
    """When its substance last changed, UTC."""
    externalId: str
    """Your own reference; the id follows from it, so that a repeat updates."""
    destinationCountry: str
    """Where the goods go: two letters, ISO 3166-1. Only `US` can be planned."""
    destinationRegion: str | None
    """State or territory of the destination, two letters."""
    destinationPostalCode: str | None
    """ZIP code of the destination."""
    consignee: LocatedOrderConsignee | None
    """Who receives the order."""
    soldTo: dict[str, Any] | None
    """As it was synced."""
    currency: str | None
    """Of purchase, ISO 4217; absent: US dollars, and lines give `unitValueUsd`."""
    items: list[OrderLine]
    """The lines, in order; a product may repeat."""
    discounts: list[dict[str, Any]] | None
    """As they were synced."""
    charges: list[dict[str, Any]] | None
    """As they were synced."""
    reasonForExport: Literal["SALE", "SAMPLE", "GIFT", "RETURN", "REPAIR", "OTHER"] | None
    """Why the goods are sent; a gift has a value too."""
    importerOfRecord: dict[str, Any] | None
    """As it was synced."""
    incoterm: str | None
    """Terms of sale of this order, in place of the shipment's."""
    metadata: dict[str, Any] | None
    """Your own notes, at most 16 KiB as JSON; they change no revision and no hash."""
    totalValueUsd: float | None
    """Lines less discounts in US dollars; null in another currency."""
    totalValue: float
    """The same in the currency of purchase."""
    exports: list[Place]
    """Exports that have it, newest change first; one that was executed without it has not."""


class Material(TypedDict):
    """One material and its share."""

    name: str
    """The material, as `cotton`."""
    percent: float
    """Its share in percent, at most two decimals."""


class MaterialInput(TypedDict):
    """One material and its share."""

    name: str
    """The material, as `cotton`."""
    percent: float | Decimal
    """Its share in percent, at most two decimals."""


class Order(TypedDict):
    """An order as it was last synced."""

    id: str
    """The record's id, which never changes."""
    revision: int
    """Raised by every change of substance."""
    superseded: NotRequired[bool]
    """Only where a newer command was first: this is the current record."""
    issues: NotRequired[list[Finding]]
    """Answer to a sync alone: what the rules about it find today, as a plan's messages."""
    createdAt: str
    """When it was first synced, UTC."""
    updatedAt: str
    """When its substance last changed, UTC."""
    externalId: str
    """Your own reference; the id follows from it, so that a repeat updates."""
    destinationCountry: str
    """Where the goods go: two letters, ISO 3166-1. Only `US` can be planned."""
    destinationRegion: str | None
    """State or territory of the destination, two letters."""
    destinationPostalCode: str | None
    """ZIP code of the destination."""
    consignee: LocatedOrderConsignee | None
    """Who receives the order."""
    soldTo: dict[str, Any] | None
    """As it was synced."""
    currency: str | None
    """Of purchase, ISO 4217; absent: US dollars, and lines give `unitValueUsd`."""
    items: list[OrderLine]
    """The lines, in order; a product may repeat."""
    discounts: list[dict[str, Any]] | None
    """As they were synced."""
    charges: list[dict[str, Any]] | None
    """As they were synced."""
    reasonForExport: Literal["SALE", "SAMPLE", "GIFT", "RETURN", "REPAIR", "OTHER"] | None
    """Why the goods are sent; a gift has a value too."""
    importerOfRecord: dict[str, Any] | None
    """As it was synced."""
    incoterm: str | None
    """Terms of sale of this order, in place of the shipment's."""
    metadata: dict[str, Any] | None
    """Your own notes, at most 16 KiB as JSON; they change no revision and no hash."""
    totalValueUsd: float | None
    """Lines less discounts in US dollars; null in another currency."""
    totalValue: float
    """The same in the currency of purchase."""


class OrderChargeInput(TypedDict):
    """A charge of one order, as its shipping or gift wrap."""

    name: str
    """What it is."""
    amount: float | Decimal
    """In the order's currency, else in US dollars."""
    includedInPrice: NotRequired[bool]
    """Whether the goods' prices hold it already."""


class OrderConsigneeInput(TypedDict):
    """Who receives the order."""

    name: str
    """Name."""
    addressLines: NotRequired[list[str]]
    """Street and number."""
    city: NotRequired[str | None]
    """City."""
    phone: NotRequired[str | None]
    """Telephone number."""
    email: NotRequired[str | None]
    """E-mail address."""
    taxId: NotRequired[str | None]
    """Tax number, where one is needed; a social security number is withheld from documents."""


class OrderSoldToInput(TypedDict):
    """Who bought it, where that is not the consignee."""

    name: str
    """Name."""
    addressLines: NotRequired[list[str]]
    """Street and number."""
    city: NotRequired[str | None]
    """City."""
    region: NotRequired[str | None]
    """State or province."""
    postalCode: NotRequired[str | None]
    """Postal code."""
    country: NotRequired[str | None]
    """Two letters, ISO 3166-1."""


class OrderLineInput(TypedDict):
    """A line; its `quantity` is pieces or thousandths of a unit, whichever it has."""

    productId: NotRequired[str | None]
    """The product, by id. Exactly one of this and `productExternalId`."""
    productExternalId: NotRequired[str | None]
    """The product, by your own reference. Exactly one of this and `productId`."""
    unit: NotRequired[
        Literal[
            "PCS",
            "PR",
            "DOZ",
            "DPR",
            "GRO",
            "HUN",
            "THO",
            "CM",
            "M",
            "CM2",
            "M2",
            "ML",
            "L",
            "M3",
            "G",
            "KG",
            "T",
        ]
        | None
    ]
    """What the quantity counts; pieces where absent."""
    quantity: float | Decimal
    """Whole pieces, or at most three decimals of `unit`."""
    unitValueUsd: NotRequired[float | Decimal | None]
    """Value of one in US dollars: the price paid, not the retail price."""
    unitValue: NotRequired[float | Decimal | None]
    """With the order's `currency`: the price of one in it."""


class OrderImporterOfRecordInput(TypedDict):
    """Who imports it, in place of the account's importer."""

    name: str
    """Name."""
    addressLines: NotRequired[list[str]]
    """Street and number."""
    city: NotRequired[str | None]
    """City."""
    region: NotRequired[str | None]
    """State or province."""
    postalCode: NotRequired[str | None]
    """Postal code."""
    country: NotRequired[str | None]
    """Two letters, ISO 3166-1."""
    number: NotRequired[str | None]
    """An EIN, as `12-3456789`, or CBP-assigned."""
    bond: NotRequired[str | None]
    """The bond's number."""
    powerOfAttorney: NotRequired[bool | None]
    """Whether the broker has it."""


class OrderInput(TypedDict):
    """An order, as it was sold."""

    externalId: str
    """Your own reference; the id follows from it, so that a repeat updates."""
    destinationCountry: str
    """Where the goods go: two letters, ISO 3166-1. Only `US` can be planned."""
    destinationRegion: NotRequired[str | None]
    """State or territory of the destination, two letters."""
    destinationPostalCode: NotRequired[str | None]
    """ZIP code of the destination."""
    consignee: NotRequired[OrderConsigneeInput | None]
    """Who receives the order."""
    soldTo: NotRequired[OrderSoldToInput | None]
    """Who bought it, where that is not the consignee."""
    currency: NotRequired[str | None]
    """Of purchase, ISO 4217; absent: US dollars, and lines give `unitValueUsd`."""
    items: list[OrderLineInput]
    """The lines, in order; a product may repeat."""
    discounts: NotRequired[list[DiscountInput] | None]
    """Taken off the lines' sum; at most all of it."""
    charges: NotRequired[list[OrderChargeInput] | None]
    """Charges beside the price, or in it."""
    reasonForExport: NotRequired[
        Literal["SALE", "SAMPLE", "GIFT", "RETURN", "REPAIR", "OTHER"] | None
    ]
    """Why the goods are sent; a gift has a value too."""
    importerOfRecord: NotRequired[OrderImporterOfRecordInput | None]
    """Who imports it, in place of the account's importer."""
    incoterm: NotRequired[str | None]
    """Terms of sale of this order, in place of the shipment's."""
    metadata: NotRequired[dict[str, Any] | None]
    """Your own notes, at most 16 KiB as JSON; they change no revision and no hash."""


class OrderList(TypedDict):
    """A page of orders."""

    data: list[LocatedOrder]
    """The orders, newest change first."""
    next_cursor: str | None
    """`cursor` of the next page, null on the last."""


class PackageGroupInput(TypedDict):
    """Packages of one kind."""

    kind: str
    """What it is: a pallet, a box."""
    count: int
    """How many."""
    grossWeightGrams: NotRequired[int | None]
    """Gross weight of all of them, in whole grams; 0 is not given."""
    orderIds: NotRequired[list[str] | None]
    """The orders in them; absent: of the whole shipment."""


class Plan(TypedDict):
    """A plan as it was answered."""

    planHash: str
    """Identity of the planning snapshot: `sha256:` and the hash of its bytes."""
    readinessState: Literal["READY", "READY_WITH_WARNINGS", "BLOCKED"]
    """`BLOCKED`: no order is left to export."""
    validationMessages: list[Finding]
    """What the rules found."""
    flags: list[Flag]
    """Regulatory treatment that the package carries forward."""
    missing_data: list[MissingDatum]
    """What is missing, where it goes, and who can give it."""
    included_order_ids: list[str]
    """Orders that are exported, sorted."""
    excluded_order_ids: list[str]
    """Orders that are not, sorted; with the included ones the request."""
    excluded_orders: list[ExcludedOrder]
    """Each excluded order, with the codes of why."""
    export_units: list[Unit]
    """What travels together, on one entry each."""
    strategy_hint: StrategyHint
    """What the grouping means, and what else would be possible."""
    totals: Totals
    """Sums over what is included."""
    next_recommended_action: NextAction
    """What to do next; an open list."""
    planned_at: str
    """When it was planned, UTC."""
    as_of: str
    """The UTC date that selected the rule set."""
    ruleset_version: str
    """The rule set and tariff table in force."""
    exportId: str | Any
    """The export's id, null for a dry run."""
    batch_id: str | Any
    """The same id as `exportId`."""
    state: Literal["PLANNED", "EXECUTING", "EXECUTED", "VOIDED"] | None
    """The export's stored state, null for a dry run."""
    status: (
        Literal[
            "PLANNED",
            "BLOCKED",
            "EXECUTING",
            "EXECUTION_STALLED",
            "SUBMITTING",
            "COMPLETED",
            "DELIVERY_FAILED",
            "DELIVERY_UNKNOWN",
            "VOIDED",
        ]
        | None
    )
    """Where the export stands, null for a dry run."""
    plan_revision: int | None
    """Counts the plans of one export, null for a dry run."""


class PlanShipmentInput(TypedDict):
    """How the goods travel; what is absent comes from the warehouse's defaults."""

    portOfEntry: NotRequired[str | None]
    """CBP's four-digit port code."""
    transportMode: NotRequired[Literal["TRUCK", "RAIL", "AIR", "OCEAN"] | None]
    """How the goods cross the border."""
    carrier: NotRequired[str | None]
    """The carrier's name or SCAC."""
    paps: NotRequired[str | None]
    """PAPS or other pre-arrival number on the truck's manifest."""
    eta: NotRequired[str | None]
    """Expected arrival at the port of entry, RFC 3339."""
    exportDate: NotRequired[str | None]
    """The day of export from the country of dispatch."""
    incoterm: NotRequired[str | None]
    """Three letters, as DAP or DDP."""
    bills: NotRequired[list[BillInput] | None]
    """Bills of lading, waybills, PAPS numbers; without them all is one shipment."""
    packages: NotRequired[list[PackageGroupInput] | None]
    """Packages by kind."""
    charges: NotRequired[list[ChargeInput] | None]
    """Charges beside the price of the goods."""
    exchangeRates: NotRequired[list[ExchangeRateInput] | None]
    """Rates of the currencies that orders were sold in, each currency once."""


class PlanInput(TypedDict):
    """What is to be planned."""

    accountId: str
    """The account the request is for: the API key's own."""
    idempotencyKey: NotRequired[str | None]
    """The same as the header `Idempotency-Key`, which wins."""
    warehouseId: str
    """The warehouse the goods leave from."""
    brokerId: str
    """The customs broker who gets the package."""
    orderIds: list[str]
    """Ids of synced orders. A set: order and repetition change nothing."""
    destinationCountry: NotRequired[str]
    """Where the goods go; only `US`, which it is where not given."""
    batchId: NotRequired[str | None]
    """Plan this export again (`exportId` of its plan); absent: a new one."""
    dryRun: NotRequired[bool]
    """Decide only: nothing is stored, `exportId` is null."""
    shipment: NotRequired[PlanShipmentInput | None]
    """How the goods travel; what is absent comes from the warehouse's defaults."""


class ProductManufacturer(TypedDict):
    """Who made it."""

    name: str
    """The maker's name."""
    addressLines: NotRequired[list[str]]
    """Street and number, at most ten lines."""
    city: NotRequired[str | None]
    """City."""
    region: NotRequired[str | None]
    """State or province."""
    postalCode: NotRequired[str | None]
    """Postal code; six digits where the maker is in China."""
    country: str
    """Country of the maker: two letters, ISO 3166-1."""
    mid: NotRequired[str | None]
    """CBP's manufacturer identification code (MID)."""


class ProductMetal(TypedDict):
    """The metal in it, for the programmes on steel, aluminium and copper."""

    kind: str
    """Which metal: `steel`, `aluminium`, `copper`."""
    weightPercent: float
    """Its share of the weight in percent, at most two decimals."""
    meltCountry: NotRequired[str | None]
    """Of steel `meltPourCountry`, of aluminium `primarySmeltCountry` and `castCountry` in one."""
    meltPourCountry: NotRequired[str | None]
    """Steel: where it was melted and poured. Two letters, ISO 3166-1."""
    primarySmeltCountry: NotRequired[str | None]
    """Aluminium: where most of the new metal was smelted, or `NONE`."""
    secondarySmeltCountry: NotRequired[str | None]
    """Aluminium: where most of the recycled metal was smelted, or `NONE`."""
    castCountry: NotRequired[str | None]
    """Aluminium: where it was last cast."""


class ProductUsmca(TypedDict):
    """The claim of preference under the USMCA."""

    claim: bool
    """Whether the preference is claimed."""
    certification: NotRequired[str | None]
    """Reference of the certification of origin."""


class Product(TypedDict):
    """A product as it was last synced."""

    id: str
    """The record's id, which never changes."""
    revision: int
    """Raised by every change of substance."""
    superseded: NotRequired[bool]
    """Only where a newer command was first: this is the current record."""
    issues: NotRequired[list[Finding]]
    """Answer to a sync alone: what the rules about it find today, as a plan's messages."""
    createdAt: str
    """When it was first synced, UTC."""
    updatedAt: str
    """When its substance last changed, UTC."""
    externalId: str
    """Your own reference; the id follows from it, so that a repeat updates."""
    sku: str | None
    """Stock-keeping unit."""
    title: str
    """Retail title."""
    description: str | None
    """What it is, in words for customs; apart from the retail title."""
    htsCode: str | None
    """Classification in the US tariff (HTSUS): six to ten digits, with or without dots."""
    secondaryHtsCode: str | None
    """A number of chapter 98 (or 99) beside it, as 9802.00.50 for goods repaired abroad."""
    countryOfOrigin: str | None
    """Where it was made, not where it ships from: two letters, ISO 3166-1."""
    unitValueUsd: float | None
    """Usual value of one piece in US dollars, which an order's price is held to."""
    weightGrams: int | None
    """Net weight of one piece, in whole grams."""
    materials: list[Material] | None
    """What it is made of."""
    manufacturer: ProductManufacturer | None
    """Who made it."""
    adcvdCase: str | None
    """Antidumping or countervailing duty case number, or `none`."""
    casNumber: str | None
    """CAS number of a chemical."""
    metal: ProductMetal | None
    """The metal in it, for the programmes on steel, aluminium and copper."""
    childrens: bool | None
    """Whether it is meant for children of 12 years or younger (CPSC)."""
    usmca: ProductUsmca | None
    """The claim of preference under the USMCA."""
    preference: dict[str, Any] | None
    """As it was synced."""
    reportingQuantities: list[dict[str, Any]] | None
    """As they were synced."""
    pga: dict[str, Any] | None
    """What partner agencies ask for: agency, field, value."""
    metadata: dict[str, Any] | None
    """Your own notes, at most 16 KiB as JSON; they change no revision and no hash."""


class ProductManufacturerInput(TypedDict):
    """Who made it."""

    name: str
    """The maker's name."""
    addressLines: NotRequired[list[str]]
    """Street and number, at most ten lines."""
    city: NotRequired[str | None]
    """City."""
    region: NotRequired[str | None]
    """State or province."""
    postalCode: NotRequired[str | None]
    """Postal code; six digits where the maker is in China."""
    country: str
    """Country of the maker: two letters, ISO 3166-1."""
    mid: NotRequired[str | None]
    """CBP's manufacturer identification code (MID)."""


class ProductMetalInput(TypedDict):
    """The metal in it, for the programmes on steel, aluminium and copper."""

    kind: str
    """Which metal: `steel`, `aluminium`, `copper`."""
    weightPercent: float | Decimal
    """Its share of the weight in percent, at most two decimals."""
    meltCountry: NotRequired[str | None]
    """Of steel `meltPourCountry`, of aluminium `primarySmeltCountry` and `castCountry` in one."""
    meltPourCountry: NotRequired[str | None]
    """Steel: where it was melted and poured. Two letters, ISO 3166-1."""
    primarySmeltCountry: NotRequired[str | None]
    """Aluminium: where most of the new metal was smelted, or `NONE`."""
    secondarySmeltCountry: NotRequired[str | None]
    """Aluminium: where most of the recycled metal was smelted, or `NONE`."""
    castCountry: NotRequired[str | None]
    """Aluminium: where it was last cast."""


class ProductUsmcaInput(TypedDict):
    """The claim of preference under the USMCA."""

    claim: bool
    """Whether the preference is claimed."""
    certification: NotRequired[str | None]
    """Reference of the certification of origin."""


class ProductPreferenceInput(TypedDict):
    """The claim of preference under a trade programme; for the USMCA `usmca` is the same."""

    claim: bool
    """Whether the preference is claimed."""
    certification: NotRequired[str | None]
    """Reference of the certification of origin."""
    programme: str
    """Which, as `USMCA`, `KORUS`, `CAFTA-DR`."""


class ReportingQuantityInput(TypedDict):
    """How much of a unit of the tariff one piece is."""

    unit: str
    """A unit of `OrderLine.unit`, or the tariff's own words, as `pf.liters`."""
    quantity: float | Decimal
    """How many of it, at most three decimals."""


class ProductInput(TypedDict):
    """A product of the catalogue; one that is incomplete is accepted, and planning says so."""

    externalId: str
    """Your own reference; the id follows from it, so that a repeat updates."""
    sku: NotRequired[str | None]
    """Stock-keeping unit."""
    title: str
    """Retail title."""
    description: NotRequired[str | None]
    """What it is, in words for customs; apart from the retail title."""
    htsCode: NotRequired[str | None]
    """Classification in the US tariff (HTSUS): six to ten digits, with or without dots."""
    secondaryHtsCode: NotRequired[str | None]
    """A number of chapter 98 (or 99) beside it, as 9802.00.50 for goods repaired abroad."""
    countryOfOrigin: NotRequired[str | None]
    """Where it was made, not where it ships from: two letters, ISO 3166-1."""
    unitValueUsd: NotRequired[float | Decimal | None]
    """Usual value of one piece in US dollars, which an order's price is held to."""
    weightGrams: NotRequired[int | None]
    """Net weight of one piece, in whole grams."""
    materials: NotRequired[list[MaterialInput] | None]
    """What it is made of."""
    manufacturer: NotRequired[ProductManufacturerInput | None]
    """Who made it."""
    adcvdCase: NotRequired[str | None]
    """Antidumping or countervailing duty case number, or `none`."""
    casNumber: NotRequired[str | None]
    """CAS number of a chemical."""
    metal: NotRequired[ProductMetalInput | None]
    """The metal in it, for the programmes on steel, aluminium and copper."""
    childrens: NotRequired[bool | None]
    """Whether it is meant for children of 12 years or younger (CPSC)."""
    usmca: NotRequired[ProductUsmcaInput | None]
    """The claim of preference under the USMCA."""
    preference: NotRequired[ProductPreferenceInput | None]
    """The claim of preference under a trade programme; for the USMCA `usmca` is the same."""
    reportingQuantities: NotRequired[list[ReportingQuantityInput] | None]
    """What one piece is in units that the tariff asks for."""
    pga: NotRequired[dict[str, Any] | None]
    """What partner agencies ask for: agency, field, value."""
    metadata: NotRequired[dict[str, Any] | None]
    """Your own notes, at most 16 KiB as JSON; they change no revision and no hash."""


class ProductList(TypedDict):
    """A page of products."""

    data: list[Product]
    """The products, newest change first."""
    next_cursor: str | None
    """`cursor` of the next page, null on the last."""


class Snapshot(TypedDict):
    """The planning snapshot: the exact bytes that were hashed; docs/snapshot.md says its shape."""

    protocol: str
    """The protocol's name."""
    ruleset_version: str
    """The rule set and tariff table in force."""


class SyncOrdersInput(TypedDict):
    """Orders to create or to update."""

    accountId: str
    """The account the request is for: the API key's own."""
    idempotencyKey: NotRequired[str | None]
    """The same as the header `Idempotency-Key`, which wins."""
    items: list[OrderInput]
    """The orders; no external id twice."""


class SyncProductsInput(TypedDict):
    """Products to create or to update."""

    accountId: str
    """The account the request is for: the API key's own."""
    idempotencyKey: NotRequired[str | None]
    """The same as the header `Idempotency-Key`, which wins."""
    items: list[ProductInput]
    """The products; no external id twice."""


class SyncedOrders(TypedDict):
    """The orders as they stand now."""

    data: list[Order]
    """The orders, in the order of the request."""


class SyncedProducts(TypedDict):
    """The products as they stand now."""

    data: list[Product]
    """The products, in the order of the request."""
