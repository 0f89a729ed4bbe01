"""Customs packages, their documents, and their deliveries as they are answered."""

# the names are the protocol's

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict  # as in shared/contracts/decision.py

from gateway.schemas.base import Name, Sha256
from shared.contracts.decision import Code, Moment, RecordId, Words
from shared.contracts.lifecycle import DeliveryStatus


class Artifact(TypedDict):
    """One document of a package."""

    id: RecordId
    """The document's id."""

    artifact_type: Annotated[str, Field(pattern="^[a-z_]+$", max_length=64)]
    """Which of the five it is; an open list."""

    filename: Name
    """Its fixed file name."""

    generated_at: Moment
    """The stored start of execution, UTC."""

    sha256: Sha256
    """SHA-256 of the bytes, in hex."""

    size_bytes: Annotated[int, Field(ge=0, le=2**40)]
    """Size in bytes."""

    media_type: Name
    """Its media type."""

    url: Name
    """Where to fetch it, relative to the server."""


Artifacts = Annotated[list[Artifact], Field(max_length=5)]


class CustomsPackage(TypedDict):
    """A customs package with the inventory of its documents."""

    id: RecordId
    """The package's id."""

    exportBatchId: RecordId
    """The export that it belongs to."""

    packageNumber: Name
    """The package's number for people."""

    state: Annotated[str, Field(json_schema_extra={"enum": ["GENERATED", "SUBMITTED", "VOIDED"]})]
    """`SUBMITTED` once the broker has it."""

    createdAt: Moment
    """When its execution began, UTC."""

    artifacts: Artifacts
    """The five documents."""


class BrokerSubmission(TypedDict):
    """The delivery to the broker."""

    id: RecordId
    """The delivery's id."""

    submission_type: Code
    """How it goes: `EMAIL`, `FOLDER`, `SIMULATOR`; an open list."""

    status: DeliveryStatus
    """Where it stands; `UNKNOWN`: it may have arrived or not."""

    recipient_email: Name | None
    """The broker's address."""

    subject: Name
    """Subject of the mail."""

    sent_at: Moment | None
    """When the broker's server took it, UTC."""

    error_message: Words | None
    """What the other side said last."""

    attempts: Annotated[int, Field(ge=0, le=1_000_000)]
    """Tries so far."""

    message_id: Name
    """The one Message-ID of all tries."""

    next_attempt_at: Moment | None
    """When it is tried next, UTC."""


class Notification(TypedDict):
    """The delivery to one partner, as a row."""

    id: RecordId
    """The notification's id."""

    type: Code
    """What it is; an open list."""

    recipient_type: Annotated[str, Field(json_schema_extra={"enum": ["BROKER", "WAREHOUSE"]})]
    """Who gets it."""

    channel: Code
    """How it goes: `EMAIL`, `FOLDER`, `SIMULATOR`; an open list."""

    recipient: Name
    """The address or folder."""

    status: DeliveryStatus
    """Where it stands; `UNKNOWN`: it may have arrived or not."""

    sent_at: Moment | None
    """When it was taken, UTC."""

    error_message: Words | None
    """What the other side said last."""
