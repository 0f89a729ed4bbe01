"""The account, and the service's health as they are answered."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict  # as in shared/contracts/decision.py

from gateway.schemas.base import Name
from shared.checks.queues import Standing
from shared.contracts.decision import MissingDatum, RecordId

Missing = Annotated[list[MissingDatum], Field(max_length=100)]


class PartyRow(TypedDict):
    """A warehouse or a broker, and what is missing on it."""

    id: RecordId
    """Its id, as a plan takes it."""

    name: Name
    """Its name."""

    missing_data: Missing
    """What planning will ask for."""


class Account(TypedDict):
    """The caller's account, and what is missing on it."""

    id: RecordId
    """The account's id, as every request takes it."""

    name: Name
    """Its name."""

    test: bool
    """Whether it is a test account: its documents are marked, its mail goes to the sandbox."""

    missing_data: Missing
    """What planning will ask for."""

    warehouses: Annotated[list[PartyRow], Field(max_length=10_000)]
    """The account's warehouses."""

    brokers: Annotated[list[PartyRow], Field(max_length=10_000)]
    """The account's customs brokers."""


class Dependency(TypedDict):
    """Something that the service stands on."""

    status: Annotated[str, Field(json_schema_extra={"enum": ["UP", "DOWN"]})]
    """Whether it answers."""


class Worker(TypedDict):
    """A worker, by the queues that it reads."""

    status: Standing
    """`DOWN` where nobody reads them, `DEGRADED` where a queue is unread or long."""

    consumers: Annotated[int, Field(ge=0, le=10_000)]
    """How many read, at the queue with the fewest."""

    backlog: Annotated[int, Field(ge=0, le=10_000_000)]
    """Messages that wait."""


class Health(TypedDict):
    """Whether the service can work."""

    status: Standing
    """`DOWN` where a dependency is, `UP` where all is."""

    protocol: Name
    """The protocol's name."""

    dependencies: dict[str, Dependency]
    """Each dependency by name."""

    workers: dict[str, Worker]
    """Each worker by name."""
