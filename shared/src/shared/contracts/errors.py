"""The error envelope and its codes (protocol.md sections 8 and 10)."""

from enum import StrEnum
from typing import Any, Self

from pydantic import Field

from shared.contracts.base import Message


class NextAction(StrEnum):
    """What a caller does next, and that in a sentence."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Self:
        action = str.__new__(cls, value)
        action._value_ = value
        action.sentence = sentence
        return action

    EXECUTE = "EXECUTE", "Execute the plan."
    REVIEW_AND_EXECUTE = (
        "REVIEW_AND_EXECUTE",
        "Read the plan's warnings and what it leaves out; executing acknowledges them.",
    )
    FIX_DATA_AND_REPLAN = (
        "FIX_DATA_AND_REPLAN",
        "Mend what `missing_data` and `validationMessages` name, sync, plan with `batchId`.",
    )
    LEAVE_OUT_AND_REPLAN = (
        "LEAVE_OUT_AND_REPLAN",
        "Plan with `batchId` without the orders whose codes are `fixable_by` `NOBODY`.",
    )
    CONTACT_OPERATOR = (
        "CONTACT_OPERATOR",
        "A person with the operator's command has to look; nothing else helps.",
    )
    INSPECT = "INSPECT", "Read the export until its status says more."
    NONE = "NONE", "Nothing is left to do."
    RESUBMIT = (
        "RESUBMIT",
        "Execute again with `resubmit: true` and a new key: the delivery is sent once more.",
    )
    REPLAN = "REPLAN", "Plan again with `batchId`, look at the new plan, execute that."
    SYNC_ORDERS = "SYNC_ORDERS", "Sync the orders that `details` names, then repeat the request."
    SYNC_PRODUCTS = (
        "SYNC_PRODUCTS",
        "Sync the products that `details` names, then repeat the request.",
    )
    RETRY_WITH_SAME_KEY = (
        "RETRY_WITH_SAME_KEY",
        "Send the same request with the same idempotency key, after `Retry-After`.",
    )
    RETRY = "RETRY", "Send the same request again, after `Retry-After`; it had no key."
    USE_NEW_KEY = "USE_NEW_KEY", "Choose another idempotency key: this one names another request."
    FIX_REQUEST = "FIX_REQUEST", "Change the request: `message`, `field` and `details` say what."


_FIX = NextAction.FIX_REQUEST
_REPLAN = NextAction.REPLAN
_RETRY = NextAction.RETRY_WITH_SAME_KEY


class ErrorCode(StrEnum):
    """One row a code: its HTTP status, what the caller does next, and what it means."""

    status: int
    next_action: NextAction
    sentence: str

    def __new__(cls, value: str, status: int, next_action: NextAction, sentence: str) -> Self:
        code = str.__new__(cls, value)
        code._value_ = value
        code.status, code.next_action, code.sentence = status, next_action, sentence
        return code

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later."""
        return self.next_action is NextAction.RETRY_WITH_SAME_KEY

    INVALID_REQUEST = "INVALID_REQUEST", 400, _FIX, "Request body must be valid JSON."
    VALIDATION_ERROR = "VALIDATION_ERROR", 400, _FIX, "A field of the request is wrong."
    INVALID_API_KEY = "INVALID_API_KEY", 401, _FIX, "The API key is not valid."
    INVALID_ACCOUNT_SCOPE = (
        "INVALID_ACCOUNT_SCOPE", 403, _FIX,
        "The account, warehouse or broker is outside of what the caller may touch.",
    )  # fmt: skip
    EXPORT_NOT_FOUND = "EXPORT_NOT_FOUND", 404, _FIX, "There is no such export."
    PLAN_NOT_FOUND = "PLAN_NOT_FOUND", 404, _FIX, "There is no such plan."
    ORDER_NOT_FOUND = "ORDER_NOT_FOUND", 404, NextAction.SYNC_ORDERS, "There is no such order."
    PRODUCT_NOT_FOUND = (
        "PRODUCT_NOT_FOUND", 422, NextAction.SYNC_PRODUCTS,
        "There is no such product.",
    )  # fmt: skip
    CUSTOMS_PACKAGE_NOT_FOUND = "CUSTOMS_PACKAGE_NOT_FOUND", 404, _FIX, "There is no such package."
    ARTIFACT_NOT_FOUND = "ARTIFACT_NOT_FOUND", 404, _FIX, "The package has no such artifact."
    ROUTE_NOT_FOUND = "ROUTE_NOT_FOUND", 404, _FIX, "There is no such route."
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED", 405, _FIX, "The route has no such method."
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE", 413, _FIX, "The request is too large."
    UNSUPPORTED_MEDIA_TYPE = (
        "UNSUPPORTED_MEDIA_TYPE", 415, _FIX,
        "Send application/json, in UTF-8, not compressed.",
    )  # fmt: skip
    EXPORT_NOT_READY = (
        "EXPORT_NOT_READY", 409, NextAction.FIX_DATA_AND_REPLAN,
        "The plan is blocked; validationMessages say by what.",
    )  # fmt: skip
    PLAN_STALE = "PLAN_STALE", 409, _REPLAN, "What was planned has changed since."
    PLAN_HASH_MISMATCH = (
        "PLAN_HASH_MISMATCH", 409, _REPLAN,
        "The current plan is another one than the planHash names.",
    )  # fmt: skip
    EXPORT_ALREADY_EXECUTED = (
        "EXPORT_ALREADY_EXECUTED", 409, NextAction.INSPECT,
        "The export is executing or executed already.",
    )  # fmt: skip
    ORDER_ALREADY_EXPORTED = (
        "ORDER_ALREADY_EXPORTED", 409, _REPLAN,
        "An order is in another executed export.",
    )  # fmt: skip
    EXPORT_VOIDED = "EXPORT_VOIDED", 409, _FIX, "The export was voided."
    IDEMPOTENCY_IN_PROGRESS = (
        "IDEMPOTENCY_IN_PROGRESS", 409, _RETRY,
        "A request with this idempotency key is still running.",
    )  # fmt: skip
    IDEMPOTENCY_KEY_REUSED = (
        "IDEMPOTENCY_KEY_REUSED", 422, NextAction.USE_NEW_KEY,
        "This idempotency key was used for another request.",
    )  # fmt: skip
    RATE_LIMITED = "RATE_LIMITED", 429, _RETRY, "Too many requests with this key."
    SERVICE_UNAVAILABLE = (
        "SERVICE_UNAVAILABLE", 503, _RETRY,
        "A part of the service is out of reach; nothing is lost.",
    )  # fmt: skip
    INTERNAL_ERROR = (
        "INTERNAL_ERROR", 500, NextAction.CONTACT_OPERATOR,
        "Something went wrong on our side.",
    )  # fmt: skip


class Refusal(Message):
    """A business refusal as it travels in a reply: an error envelope with its HTTP status."""

    status: int
    """The HTTP status."""

    error_code: str
    """The envelope's `errorCode`."""

    message: str
    """In words, for a person."""

    field: str | None = None
    """The place in the request that is refused, as `items.0.quantity`."""

    details: dict[str, Any] = Field(default_factory=dict)
    """`retryable`, `next_action`, and what belongs to the code."""

    def envelope(self) -> dict[str, Any]:
        """The flat envelope of protocol.md section 8, without `details.request_id`."""
        body: dict[str, Any] = {"errorCode": self.error_code, "message": self.message}
        if self.field is not None:
            body["field"] = self.field
        body["details"] = dict(self.details)
        return body


def refusal(
    code: ErrorCode,
    message: str | None = None,
    *,
    field: str | None = None,
    details: dict[str, Any] | None = None,
    status: int | None = None,
) -> Refusal:
    """What the code's row says, and what is known of this case beside it."""
    given = {"retryable": code.retryable, "next_action": code.next_action.value} | (details or {})
    if given["retryable"] and not code.retryable and "next_action" not in (details or {}):
        given["next_action"] = NextAction.RETRY_WITH_SAME_KEY.value
    return Refusal(
        status=status or code.status,
        error_code=code.value,
        message=message or code.sentence,
        field=field,
        details=given,
    )
