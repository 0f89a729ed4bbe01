"""The one shape of every error."""

# the names are the protocol's

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # as in shared/contracts/decision.py

from gateway.schemas.base import Name
from shared.contracts.decision import Code, Finding, Ids, MissingDatum, PlanHash, RecordId, Words
from shared.contracts.errors import ErrorCode
from shared.contracts.lifecycle import Readiness


class Issue(TypedDict):
    """One thing that is wrong with the request."""

    path: Words
    """Where in the request, as `items.0.quantity`."""

    message: Words
    """For a person."""

    code: Annotated[str, Field(pattern="^[a-z_]+$", max_length=64)]
    """For machines: `too_small`, `invalid_type`, `unrecognized_keys` and their like."""


class Change(TypedDict):
    """One thing that is no longer as it was planned."""

    path: Words
    """Where: `products[prod_x].htsCode`."""

    planned: Any
    """As it was planned."""

    current: Any
    """As it is now."""


class ErrorDetails(TypedDict):
    """What to do about it, and what belongs to the code."""

    request_id: Name
    """The request's id, as in `X-Request-Id`."""

    retryable: bool
    """Whether the same request may succeed later."""

    next_action: Code
    """What to do next; an open list."""

    docs: Name
    """The page that explains the code, on this server."""

    issues: NotRequired[Annotated[list[Issue], Field(max_length=100)]]
    """`VALIDATION_ERROR`: everything that is wrong with the request."""

    reason: NotRequired[Words]
    """`INVALID_REQUEST`: what is wrong with the JSON."""

    retry_after_seconds: NotRequired[Annotated[int, Field(ge=0, le=86_400)]]
    """`RATE_LIMITED`: how long to wait."""

    worker: NotRequired[Name]
    """`SERVICE_UNAVAILABLE`: which worker is not running."""

    orderIds: NotRequired[Ids]
    """`ORDER_NOT_FOUND`, `ORDER_ALREADY_EXPORTED`: which orders."""

    exportIds: NotRequired[dict[str, RecordId]]
    """`ORDER_ALREADY_EXPORTED`: the export that has it, by the order."""

    externalIds: NotRequired[dict[str, RecordId]]
    """`ORDER_NOT_FOUND`: the id to use, by the reference of yours that was sent in its place."""

    productIds: NotRequired[Ids]
    """`PRODUCT_NOT_FOUND`: which products, as the lines name them."""

    planHash: NotRequired[PlanHash]
    """`PLAN_HASH_MISMATCH`: the current plan's."""

    changed: NotRequired[Annotated[list[Change], Field(max_length=1_000)]]
    """`PLAN_STALE`: what is no longer as it was planned."""

    readinessState: NotRequired[Readiness]
    """`EXPORT_NOT_READY`: the plan's."""

    validationMessages: NotRequired[Annotated[list[Finding], Field(max_length=100)]]
    """`EXPORT_NOT_READY`: what blocks."""

    missing_data: NotRequired[Annotated[list[MissingDatum], Field(max_length=200_000)]]
    """`EXPORT_NOT_READY`: what is missing."""


class Error(TypedDict):
    """The one shape of every error, on any route and method."""

    errorCode: ErrorCode
    """What went wrong; branch on the status, then on this."""

    message: Words
    """For a person."""

    field: NotRequired[Words]
    """Path of the first field at fault."""

    details: ErrorDetails
    """What to do about it, and what belongs to the code."""
