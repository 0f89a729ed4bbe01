"""What services inside the company hear of an export."""

from pydantic import Field

from shared.contracts.base import Message, Timestamp


class ExportHappened(Message):
    """Something happened to an export: a wake-up, which may come twice or late; read the export."""

    event_id: str
    """The event's id in the export's log: the same one again is the same event."""

    type: str
    """The event's type in the log; an open list."""

    sequence: int = Field(ge=1)
    """The event's place in the log. What is told of one export is told in this order; the numbers
    between are events that are not told."""

    occurred_at: Timestamp
    """When it happened."""

    account_id: str
    """Whose export it is."""

    test: bool
    """Whether it is a test account's."""

    export_id: str
    """The export; `GET /api/exports/{id}` tells the rest."""

    status: str
    """The export's status when this was told; an open list."""

    plan_revision: int
    """Its current plan, counted from 1."""

    plan_hash: str
    """The hash of that plan."""

    warehouse_id: str
    """The warehouse that the goods leave from."""

    broker_id: str
    """The customs broker."""

    customs_package_id: str | None = None
    """The package, once it is executed."""

    package_number: str | None = None
    """The number by which people call the package."""
