"""Commands and answers about exports."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from shared.contracts.base import Command, Fact, Message, Timestamp
from shared.contracts.catalogue import Cents, Id, Text
from shared.contracts.parties import Port, TransportMode

MAX_PLAN_ORDERS = 10_000
MAX_PLAN_LINES = 100_000
INLINE_VIEW_BYTES = 64 * 1024  # a larger plan view travels by reference
MAX_REPLY_BYTES = 12 * 1024 * 1024


class PackageGroup(Fact):
    kind: Text
    count: Annotated[int, Field(ge=1, le=1_000_000)]
    gross_weight_grams: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None


class Charge(Fact):
    name: Text
    amount_cents: Cents
    included_in_price: bool = False


class Shipment(Fact):
    port_of_entry: Port | None = None
    transport_mode: TransportMode | None = None
    carrier: Text | None = None
    paps: Text | None = None
    eta: Timestamp | None = None
    export_date: (
        Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9][0-9]-[0-9][0-9]$")] | None
    ) = None
    incoterm: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    packages: tuple[PackageGroup, ...] | None = Field(default=None, max_length=1_000)
    charges: tuple[Charge, ...] | None = Field(default=None, max_length=100)


class PlanRequest(Message):
    """What is asked to be planned; kept with the plan, so that it can be planned again."""

    warehouse_id: Id
    broker_id: Id
    destination_country: str = "US"
    order_ids: tuple[Id, ...] = Field(min_length=1, max_length=MAX_PLAN_ORDERS)
    shipment: Shipment | None = None


class PlanExport(Command):
    """`exports.plan`: decide; with `batch_id` plan that export again."""

    request: PlanRequest
    batch_id: Id | None = None
    dry_run: bool = False


class ExportPlanned(Message):
    """Answer to `exports.plan`: the stored view by its hash, with its JSON text while small."""

    export_id: str | None
    plan_revision: int | None
    plan_hash: str
    planned_at: Timestamp
    view_sha256: str | None = None
    view: str | None = None


class VerifyPlan(Command):
    """`exports.verify`: is this plan still what the stored request gives?"""

    plan_command_id: str


class PathChange(Message):
    path: str
    planned: Any = None
    current: Any = None


class PlanVerified(Message):
    holds: bool
    changed: tuple[PathChange, ...] = ()


class ExecuteExport(Command):
    """`exports.execute`: run the plan that was current when the request was accepted."""

    export_id: Id
    plan_revision: int
    plan_hash: str | None = None
    resubmit: bool = False
    revision: int = Field(description="The export's revision that was seen; guards a resubmit.")
    key_id: str | None = Field(default=None, description="Id of the idempotency key, if any.")


class ExportExecuted(Message):
    """Answer to `exports.execute`: the state is in the store; `running` is protocol.md's 202."""

    export_id: str
    running: bool = False


class OperateAction(StrEnum):
    RESUME = "RESUME"
    VOID = "VOID"
    RESUBMIT = "RESUBMIT"
    CONFIRM_DELIVERY = "CONFIRM_DELIVERY"


class OperateExport(Command):
    """`exports.operate`: an operator's transition, guarded by the revision that was seen."""

    export_id: Id
    action: OperateAction
    revision: int
    reason: Text | None = None
    operator: Text


class ExportOperated(Message):
    export_id: str
    revision: int
    note: str = ""
