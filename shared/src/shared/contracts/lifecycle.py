"""The export's record and its states, as all services read it (protocol.md section 6)."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

from shared.contracts.decision import Totals
from shared.contracts.errors import NextAction


class State(StrEnum):
    PLANNED = "PLANNED"
    EXECUTING = "EXECUTING"
    EXECUTED = "EXECUTED"
    VOIDED = "VOIDED"


class Readiness(StrEnum):
    READY = "READY"
    READY_WITH_WARNINGS = "READY_WITH_WARNINGS"
    BLOCKED = "BLOCKED"


class DeliveryStatus(StrEnum):
    PENDING = "PENDING"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


class Status(StrEnum):
    PLANNED = "PLANNED"
    BLOCKED = "BLOCKED"
    EXECUTING = "EXECUTING"
    EXECUTION_STALLED = "EXECUTION_STALLED"
    SUBMITTING = "SUBMITTING"
    COMPLETED = "COMPLETED"
    DELIVERY_FAILED = "DELIVERY_FAILED"
    DELIVERY_UNKNOWN = "DELIVERY_UNKNOWN"
    VOIDED = "VOIDED"


class EventType(StrEnum):
    EXPORT_BATCH_CREATED = "EXPORT_BATCH_CREATED"
    EXPORT_PLANNED = "EXPORT_PLANNED"
    EXPORT_REPLANNED = "EXPORT_REPLANNED"
    EXECUTION_STARTED = "EXECUTION_STARTED"
    EXECUTION_REFUSED = "EXECUTION_REFUSED"
    EXECUTION_RESUMED = "EXECUTION_RESUMED"
    CUSTOMS_ARTIFACT_GENERATED = "CUSTOMS_ARTIFACT_GENERATED"
    EXPORT_EXECUTED = "EXPORT_EXECUTED"
    BROKER_NOTIFIED = "BROKER_NOTIFIED"
    WAREHOUSE_NOTIFIED = "WAREHOUSE_NOTIFIED"
    BROKER_SUBMISSION_FAILED = "BROKER_SUBMISSION_FAILED"
    BROKER_SUBMISSION_UNKNOWN = "BROKER_SUBMISSION_UNKNOWN"
    BROKER_SUBMISSION_RETRIED = "BROKER_SUBMISSION_RETRIED"
    WAREHOUSE_NOTICE_FAILED = "WAREHOUSE_NOTICE_FAILED"
    WAREHOUSE_NOTICE_UNKNOWN = "WAREHOUSE_NOTICE_UNKNOWN"
    DELIVERY_CONFIRMED = "DELIVERY_CONFIRMED"
    EXPORT_VOIDED = "EXPORT_VOIDED"
    EXPORT_RELEASED = "EXPORT_RELEASED"


class Event(TypedDict):
    """An immutable fact; its sequence is its position in the log plus one."""

    id: str
    type: str
    occurred_at: str | datetime  # a datetime where the store's own clock wrote it
    actor: str
    data: dict[str, Any]


class CurrentPlan(TypedDict):
    """The plan in force; `revision` is the export's `plan_revision`."""

    revision: int
    command_id: str
    orders: NotRequired[int]  # that were asked for; plans of 0.1 do not say
    warehouse_id: NotRequired[str]  # likewise
    totals: NotRequired[Totals]  # plans of before say none
    plan_hash: str
    view_sha256: str
    readiness: str
    operator_only: bool  # all that blocks is fixable by the operator alone
    next_action: NotRequired[str]  # plans of before say `operator_only` alone
    warning_codes: list[str]
    planned_at: str


class ArtifactRecord(TypedDict):
    id: str
    artifact_type: str
    filename: str
    media_type: str
    sha256: str
    size_bytes: int
    generated_at: str


class Attached(TypedDict):
    """A file that a mail carries beside the five documents."""

    filename: str
    media_type: str
    sha256: str
    size_bytes: int


class Execution(TypedDict):
    """One attempt; `started_at` is where all times in the documents come from."""

    attempt: int
    command_id: str
    request_id: str  # of the request that started it; the mails carry it
    traceparent: NotRequired[str | None]  # likewise; what a sweep does belongs to that trace
    started_at: str
    failures: int
    driven_at: str
    stalled: bool
    simulated: NotRequired[bool]  # its last failure was asked for (simulator.py)
    last_error: dict[str, Any] | None


class Delivery(TypedDict):
    """One mail to one partner; the broker's and the warehouse's are one mechanism."""

    submission_id: str  # sub_...; the Message-ID is made from it
    notification_id: str  # ntf_...
    channel: str
    recipient: str
    subject: str
    message_id: str
    also: NotRequired[list[Attached]]  # what it carries beside the package's artifacts
    letter_sha256: NotRequired[str]  # the blob of its letter (letters.py); see there for none
    status: str
    attempts: int  # rises once a try and is never reset
    budget_from: int  # attempts when the retry budget last began
    first_pending_at: str  # when the retry budget last began
    next_attempt_at: str | None
    lease_until: datetime | None
    owner: str | None
    sent_at: str | None
    error_message: str | None


class LastExecution(TypedDict):
    command_id: str
    outcome: str  # RUNNING, EXECUTED, REFUSED
    error: dict[str, Any] | None


class ExportRecord(TypedDict):
    _id: str
    account_id: str
    warehouse_id: str
    broker_id: str
    test: bool
    state: str
    revision: int
    plan_revision: int
    mark: str  # (issued_at, command_id) of the newest plan command that touched it
    plan: CurrentPlan
    plans: list[CurrentPlan]  # all of them, the current one last
    refused: dict[str, Any] | None  # a refusal that time could reverse, for this plan revision
    released: NotRequired[str]  # the epoch (records.py) that an operator released it from
    mailed: NotRequired[bool]  # an operator knows that the partners have its mails already
    attempt: int  # counted at PLANNED -> EXECUTING, never reset
    execution: Execution | None
    last_execution: LastExecution | None
    package_id: str | None
    package_number: str | None
    artifacts: list[ArtifactRecord]
    deliveries: dict[str, Delivery]  # by recipient type: BROKER, WAREHOUSE
    events: list[Event]
    announced: NotRequired[int]  # how many of the events nobody need be told of any more
    unannounced: NotRequired[str | None]  # since when, and by which event, there are others
    created_at: str
    updated_at: str


BROKER_DELIVERED: dict[str, Status] = {  # by the status of the broker's delivery
    DeliveryStatus.PENDING: Status.SUBMITTING,
    DeliveryStatus.SENDING: Status.SUBMITTING,
    DeliveryStatus.SENT: Status.COMPLETED,
    DeliveryStatus.FAILED: Status.DELIVERY_FAILED,
    DeliveryStatus.UNKNOWN: Status.DELIVERY_UNKNOWN,
}

_NEXT: dict[Status, NextAction] = {
    Status.EXECUTING: NextAction.INSPECT,
    Status.SUBMITTING: NextAction.INSPECT,
    Status.EXECUTION_STALLED: NextAction.CONTACT_OPERATOR,
    Status.COMPLETED: NextAction.NONE,
    Status.VOIDED: NextAction.NONE,
    Status.DELIVERY_FAILED: NextAction.RESUBMIT,
    Status.DELIVERY_UNKNOWN: NextAction.CONTACT_OPERATOR,
}


def status_of(export: ExportRecord) -> Status:
    state = State(export["state"])
    if state is State.VOIDED:
        return Status.VOIDED
    if state is State.EXECUTED:
        return BROKER_DELIVERED[export["deliveries"]["BROKER"]["status"]]
    if state is State.EXECUTING:
        execution = export["execution"]
        return Status.EXECUTION_STALLED if execution and execution["stalled"] else Status.EXECUTING
    blocked = export["plan"]["readiness"] == Readiness.BLOCKED
    return Status.BLOCKED if blocked else Status.PLANNED


def plan_next_action(readiness: str, *, operator_only: bool) -> NextAction:
    if readiness == Readiness.READY:
        return NextAction.EXECUTE
    if readiness == Readiness.READY_WITH_WARNINGS:
        return NextAction.REVIEW_AND_EXECUTE
    return NextAction.CONTACT_OPERATOR if operator_only else NextAction.FIX_DATA_AND_REPLAN


def next_action_of(export: ExportRecord) -> NextAction:
    """What to do next with the export (protocol.md section 10)."""
    status = status_of(export)
    if status not in {Status.PLANNED, Status.BLOCKED}:
        return _NEXT[status]
    last = export["last_execution"]
    if last and last["error"]:  # it is dropped when another plan becomes the current one
        return NextAction[last["error"]["details"]["next_action"]]
    plan = export["plan"]
    if told := plan.get("next_action"):
        return NextAction[told]
    return plan_next_action(plan["readiness"], operator_only=plan["operator_only"])
