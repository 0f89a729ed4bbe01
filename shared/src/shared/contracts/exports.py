"""Commands and answers about exports."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from shared.contracts.base import Command, Fact, Message, Timestamp
from shared.contracts.catalogue import Cents
from shared.contracts.parties import TransportMode
from shared.text import Id, Incoterm, Maybe, Port, Text

MAX_PLAN_ORDERS = 10_000
MAX_PLAN_LINES = 100_000
INLINE_VIEW_BYTES = 64 * 1024  # a larger plan view travels by reference
MAX_REPLY_BYTES = 12 * 1024 * 1024

Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9][0-9]-[0-9][0-9]$")]


class PackageGroup(Fact):
    """Packages of one kind."""

    kind: Text
    """What it is: a pallet, a box."""

    count: Annotated[int, Field(ge=1, le=1_000_000)]
    """How many."""

    gross_weight_grams: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None
    """Gross weight of all of them, in whole grams."""


class Charge(Fact):
    """A charge beside the price of the goods, as freight or insurance."""

    name: Text
    """What it is for."""

    amount_cents: Cents
    """In US dollars (cents inside)."""

    included_in_price: bool = False
    """Whether the goods' prices hold it already."""


class Shipment(Fact):
    """How the goods travel; what is absent comes from the warehouse's defaults."""

    port_of_entry: Maybe[Port] = None
    """CBP's four-digit port code."""

    transport_mode: TransportMode | None = None
    """How the goods cross the border."""

    carrier: Maybe[Text] = None
    """The carrier's name or SCAC."""

    paps: Maybe[Text] = None
    """PAPS or other pre-arrival number on the truck's manifest."""

    eta: Timestamp | None = None
    """Expected arrival at the port of entry, RFC 3339."""

    export_date: Day | None = None
    """The day of export from the country of dispatch."""

    incoterm: Maybe[Incoterm] = None
    """Three letters, as DAP or DDP."""

    packages: tuple[PackageGroup, ...] | None = Field(default=None, max_length=1_000)
    """Packages by kind."""

    charges: tuple[Charge, ...] | None = Field(default=None, max_length=100)
    """Charges beside the price of the goods."""


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


class SendDelivery(Command):
    """`deliveries.send`: a wake-up; what is due stands in the export's record."""

    export_id: Id
    """The export."""

    recipient_type: str = Field(pattern=r"^(BROKER|WAREHOUSE)$")
    """Which delivery of the export."""
