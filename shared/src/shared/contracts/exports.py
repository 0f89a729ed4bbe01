"""Commands and answers about exports."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from shared.contracts.base import Command, Message, Timestamp
from shared.contracts.shipments import Shipment
from shared.text import Id, Maybe, Text

MAX_PLAN_ORDERS = 10_000
MAX_PLAN_LINES = 100_000
INLINE_VIEW_BYTES = 64 * 1024  # a larger plan view travels by reference
MAX_REPLY_BYTES = 12 * 1024 * 1024


class PlanRequest(Message):
    """What is asked to be planned; kept with the plan, so that it can be planned again."""

    warehouse_id: Id
    """The warehouse the goods leave from."""

    broker_id: Id
    """The customs broker who gets the package."""

    destination_country: str = "US"
    """Where the goods go; only `US` can be planned."""

    order_ids: tuple[Id, ...] = Field(min_length=1, max_length=MAX_PLAN_ORDERS)
    """Ids of synced orders. A set: order and repetition change nothing."""

    shipment: Shipment | None = None
    """How the goods travel; what is absent comes from the warehouse's defaults."""


class PlanExport(Command):
    """`exports.plan`: decide; with `batch_id` plan that export again."""

    request: PlanRequest
    """What is to be planned."""

    batch_id: Id | None = None
    """Plan this export again; absent: a new one."""

    dry_run: bool = False
    """Decide only: nothing is stored."""


class ExportPlanned(Message):
    """Answer to `exports.plan`: the stored view by its hash, with its JSON text while small."""

    export_id: str | None
    """The export; null for a dry run."""

    plan_revision: int | None
    """Which plan of the export, counted from 1."""

    plan_hash: str
    """`sha256:` and the hash of the planning snapshot."""

    planned_at: Timestamp
    """When it was planned."""

    view_sha256: str | None = None
    """Under which hash the plan is stored."""

    view: str | None = None
    """The plan itself, while it is small."""


class VerifyPlan(Command):
    """`exports.verify`: is this plan still what the stored request gives?"""

    plan_command_id: str
    """The command whose plan is asked about."""


class PathChange(Message):
    """One thing that is no longer as it was planned."""

    path: str
    """Where: `products[prod_x].htsCode`."""

    planned: Any = None
    """As it was planned."""

    current: Any = None
    """As it is now."""


class PlanVerified(Message):
    """Answer to `exports.verify`."""

    holds: bool
    """Whether the stored request still gives the same plan."""

    changed: tuple[PathChange, ...] = ()
    """What is no longer as it was planned."""


class ExecuteExport(Command):
    """`exports.execute`: run the plan that was current when the request was accepted."""

    export_id: Id
    """The export."""

    plan_revision: int
    """The plan that the gateway saw; no other is run."""

    plan_hash: str | None = None
    """A precondition: refuse unless this is the current plan's hash."""

    resubmit: bool = False
    """Deliver again what ended `FAILED` or `UNKNOWN`."""

    revision: int
    """The export's revision that was seen; guards a resubmit."""

    key_id: str | None = None
    """Id of the idempotency key, if any."""


class ExportExecuted(Message):
    """Answer to `exports.execute`: the state is in the store."""

    export_id: str
    """The export."""

    running: bool = False
    """It runs on and will finish: HTTP's 202."""


class OperateAction(StrEnum):
    RESUME = "RESUME"
    VOID = "VOID"
    RESUBMIT = "RESUBMIT"
    CONFIRM_DELIVERY = "CONFIRM_DELIVERY"
    RELEASE = "RELEASE"


class OperateExport(Command):
    """`exports.operate`: an operator's transition, guarded by the revision that was seen."""

    export_id: Id
    """The export."""

    action: OperateAction
    """What the operator wants done."""

    revision: int
    """The export's revision that the operator saw."""

    reason: Maybe[Text] = None
    """Why; kept in the export's log."""

    operator: Text
    """Who asks."""

    mailed: bool = False
    """With `RELEASE`: the partners have its mails already; executing it sends none."""


class ExportOperated(Message):
    """Answer to `exports.operate`."""

    export_id: str
    """The export."""

    revision: int
    """The export's revision after it."""

    note: str = ""
    """What the operator should know."""


class PrintInvoice(Command):
    """`packages.print`: make the PDF of a package's invoices, or of one entry's, once."""

    export_id: Id
    """The export."""

    unit_id: Id | None = None
    """The entry's unit; absent: all invoices."""

    place: int | None = Field(default=None, ge=0, le=MAX_PLAN_ORDERS)
    """The unit's place in the package, counted from 0."""


class InvoicePrinted(Message):
    """Answer to `packages.print`."""

    sha256: str
    """Under which hash the PDF is stored."""


class SendDelivery(Command):
    """`deliveries.send`: a wake-up; what is due stands in the export's record."""

    export_id: Id
    """The export."""

    recipient_type: str = Field(pattern=r"^(BROKER|WAREHOUSE)$")
    """Which delivery of the export."""
