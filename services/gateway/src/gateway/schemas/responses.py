"""Exports, packages, the account and errors as they are answered."""

# ruff: noqa: N815  # the names are the protocol's

from typing import Any, Literal

from gateway.schemas.base import Answered, Moment, PlanHash, Sha256
from gateway.schemas.plans import MissingDatum, PlanContent
from shared.contracts.errors import ErrorCode
from shared.contracts.lifecycle import DeliveryStatus, Readiness, State, Status


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
    docs: str
    issues: list[Issue] | None = None


class Error(Answered):
    errorCode: ErrorCode
    message: str
    field: str | None = None
    details: ErrorDetails
