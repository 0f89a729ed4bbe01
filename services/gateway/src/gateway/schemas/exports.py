"""Plans and exports as they are answered."""

# ruff: noqa: N815  # the names are the protocol's

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # as in shared/contracts/decision.py

from gateway.schemas.base import Name, Page, Revision
from gateway.schemas.packages import Artifacts, BrokerSubmission, CustomsPackage, Notification
from shared.contracts.decision import Code, Moment, PlanHash, RecordId
from shared.contracts.lifecycle import Readiness, State, Status
from shared.contracts.plans import PlanView


class Plan(PlanView):
    """A plan as it was answered."""

    exportId: RecordId | None
    """The export's id, null for a dry run."""

    batch_id: RecordId | None
    """The same id as `exportId`."""

    state: State | None
    """The export's stored state, null for a dry run."""

    status: Status | None
    """Where the export stands, null for a dry run."""

    plan_revision: Revision | None
    """Counts the plans of one export, null for a dry run."""


class Snapshot(TypedDict):
    """The planning snapshot: the exact bytes that were hashed; docs/snapshot.md says its shape."""

    protocol: Name
    """The protocol's name."""

    ruleset_version: Name
    """The rule set and tariff table in force."""


class Outcome(TypedDict):
    """An export at the moment of the answer."""

    exportId: RecordId
    """The export's id."""

    batch_id: RecordId
    """The same id as `exportId`."""

    state: State
    """The stored state."""

    status: Status
    """Where it stands, delivery included."""

    customs_package_id: RecordId | None
    """The customs package, null until executed."""

    artifacts: Artifacts
    """The five documents of the package, none until executed."""

    notifications: Annotated[list[Notification], Field(max_length=2)]
    """One for each partner."""

    broker_submission: BrokerSubmission | None
    """The delivery to the broker, null until executed."""


class Execution(Outcome):
    """What an execute answers; inspect tells the rest."""

    planHash: PlanHash
    """The plan that was executed."""

    package_number: Name | None
    """The package's number for people, null until executed."""

    next_recommended_action: Code
    """What to do next; an open list."""


class Event(TypedDict):
    """Something that happened to the export; never changed."""

    id: RecordId
    """The event's id."""

    sequence: Annotated[int, Field(ge=1, le=1_000_000)]
    """Its place in the log, from one, without gaps."""

    type: Code
    """What happened; an open list."""

    occurred_at: Moment
    """When, UTC."""

    actor: Name
    """Who did it: a service, or an operator by name."""

    data: dict[str, Any]
    """The event's facts."""


class LastExecution(TypedDict):
    """The last execute of the current plan."""

    command_id: RecordId
    """The command's id."""

    outcome: Annotated[str, Field(json_schema_extra={"enum": ["RUNNING", "EXECUTED", "REFUSED"]})]
    """What became of it."""

    error: NotRequired[dict[str, Any] | None]
    """The refusal's envelope, where it was refused."""


class Export(Outcome, PlanView):
    """The truth about one export, in one consistent answer."""

    plan_revision: Revision
    """Counts the plans of this export."""

    warehouse_id: RecordId
    """The warehouse of the current plan."""

    broker_id: RecordId
    """The broker of the current plan."""

    customs_package: CustomsPackage | None
    """The customs package, null until executed."""

    events: Annotated[list[Event], Field(max_length=1_000_000)]
    """What happened, in order, without gaps."""

    last_execution: LastExecution | None
    """The last execute of the current plan, null without one."""

    last_error: dict[str, Any] | None
    """The last failure of an execution, null without one."""

    revision: Revision
    """Raised by every change; it is the ETag, and never goes back."""

    created_at: Moment
    """When it was planned first, UTC."""

    updated_at: Moment
    """When it last changed, UTC."""


class ExportRow(TypedDict):
    """An export in a list."""

    exportId: RecordId
    """The export's id."""

    state: State
    """The stored state."""

    status: Status
    """Where it stands, delivery included."""

    readinessState: Readiness
    """Of the current plan."""

    planHash: PlanHash
    """Of the current plan."""

    plan_revision: Revision
    """Counts the plans of this export."""

    warehouse_id: RecordId
    """The warehouse of the current plan."""

    broker_id: RecordId
    """The broker of the current plan."""

    package_number: Name | None
    """Its package's number, null until executed."""

    revision: Revision
    """Raised by every change."""

    created_at: Moment
    """When it was planned first, UTC."""

    updated_at: Moment
    """When it last changed, UTC."""

    next_recommended_action: Code
    """What to do next; an open list."""


class ExportList(TypedDict):
    """A page of exports."""

    data: Annotated[list[ExportRow], Field(max_length=200)]
    """The exports, newest change first."""

    next_cursor: Page | None
    """`cursor` of the next page, null on the last."""
