"""The error envelope and its codes (protocol.md sections 8 and 10)."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from shared.contracts.base import Message


class ErrorCode(StrEnum):
    INVALID_REQUEST = "INVALID_REQUEST"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    INVALID_API_KEY = "INVALID_API_KEY"
    INVALID_ACCOUNT_SCOPE = "INVALID_ACCOUNT_SCOPE"
    EXPORT_NOT_FOUND = "EXPORT_NOT_FOUND"
    PLAN_NOT_FOUND = "PLAN_NOT_FOUND"
    ORDER_NOT_FOUND = "ORDER_NOT_FOUND"
    PRODUCT_NOT_FOUND = "PRODUCT_NOT_FOUND"
    CUSTOMS_PACKAGE_NOT_FOUND = "CUSTOMS_PACKAGE_NOT_FOUND"
    ARTIFACT_NOT_FOUND = "ARTIFACT_NOT_FOUND"
    ROUTE_NOT_FOUND = "ROUTE_NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    EXPORT_NOT_READY = "EXPORT_NOT_READY"
    PLAN_STALE = "PLAN_STALE"
    PLAN_HASH_MISMATCH = "PLAN_HASH_MISMATCH"
    EXPORT_ALREADY_EXECUTED = "EXPORT_ALREADY_EXECUTED"
    ORDER_ALREADY_EXPORTED = "ORDER_ALREADY_EXPORTED"
    EXPORT_VOIDED = "EXPORT_VOIDED"
    IDEMPOTENCY_IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    RATE_LIMITED = "RATE_LIMITED"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class NextAction(StrEnum):
    EXECUTE = "EXECUTE"
    REVIEW_AND_EXECUTE = "REVIEW_AND_EXECUTE"
    FIX_DATA_AND_REPLAN = "FIX_DATA_AND_REPLAN"
    CONTACT_OPERATOR = "CONTACT_OPERATOR"
    INSPECT = "INSPECT"
    NONE = "NONE"
    RESUBMIT = "RESUBMIT"
    REPLAN = "REPLAN"
    SYNC_ORDERS = "SYNC_ORDERS"
    SYNC_PRODUCTS = "SYNC_PRODUCTS"
    RETRY_WITH_SAME_KEY = "RETRY_WITH_SAME_KEY"
    RETRY = "RETRY"
    USE_NEW_KEY = "USE_NEW_KEY"
    FIX_REQUEST = "FIX_REQUEST"


STATUS: dict[ErrorCode, int] = {
    ErrorCode.INVALID_REQUEST: 400,
    ErrorCode.VALIDATION_ERROR: 400,
    ErrorCode.INVALID_API_KEY: 401,
    ErrorCode.INVALID_ACCOUNT_SCOPE: 403,
    ErrorCode.EXPORT_NOT_FOUND: 404,
    ErrorCode.PLAN_NOT_FOUND: 404,
    ErrorCode.ORDER_NOT_FOUND: 404,
    ErrorCode.PRODUCT_NOT_FOUND: 422,  # 404 on GET, said where it is raised
    ErrorCode.CUSTOMS_PACKAGE_NOT_FOUND: 404,
    ErrorCode.ARTIFACT_NOT_FOUND: 404,
    ErrorCode.ROUTE_NOT_FOUND: 404,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.PAYLOAD_TOO_LARGE: 413,
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: 415,
    ErrorCode.EXPORT_NOT_READY: 409,
    ErrorCode.PLAN_STALE: 409,
    ErrorCode.PLAN_HASH_MISMATCH: 409,
    ErrorCode.EXPORT_ALREADY_EXECUTED: 409,
    ErrorCode.ORDER_ALREADY_EXPORTED: 409,
    ErrorCode.EXPORT_VOIDED: 409,
    ErrorCode.IDEMPOTENCY_IN_PROGRESS: 409,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: 422,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.SERVICE_UNAVAILABLE: 503,
    ErrorCode.INTERNAL_ERROR: 500,
}

RETRYABLE = frozenset(
    {ErrorCode.IDEMPOTENCY_IN_PROGRESS, ErrorCode.RATE_LIMITED, ErrorCode.SERVICE_UNAVAILABLE}
)

_NEXT: dict[ErrorCode, NextAction] = {
    ErrorCode.PLAN_STALE: NextAction.REPLAN,
    ErrorCode.PLAN_HASH_MISMATCH: NextAction.REPLAN,
    ErrorCode.ORDER_ALREADY_EXPORTED: NextAction.REPLAN,
    ErrorCode.EXPORT_NOT_READY: NextAction.FIX_DATA_AND_REPLAN,
    ErrorCode.ORDER_NOT_FOUND: NextAction.SYNC_ORDERS,
    ErrorCode.PRODUCT_NOT_FOUND: NextAction.SYNC_PRODUCTS,
    ErrorCode.EXPORT_ALREADY_EXECUTED: NextAction.INSPECT,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: NextAction.USE_NEW_KEY,
}


class Refusal(Message):
    """A business refusal as it travels in a reply: an error envelope with its HTTP status."""

    status: int
    error_code: str
    message: str
    field: str | None = None
    details: dict[str, Any] = Field(default_factory=dict)

    def envelope(self) -> dict[str, Any]:
        """The flat envelope of protocol.md section 8, without `details.request_id`."""
        body: dict[str, Any] = {"errorCode": self.error_code, "message": self.message}
        if self.field is not None:
            body["field"] = self.field
        body["details"] = dict(self.details)
        return body


def next_action(code: ErrorCode, *, retryable: bool, keyed: bool) -> NextAction:
    """What the caller of a failed request does next (protocol.md section 10)."""
    if retryable:
        return NextAction.RETRY_WITH_SAME_KEY if keyed else NextAction.RETRY
    if code is ErrorCode.INTERNAL_ERROR:
        return NextAction.CONTACT_OPERATOR
    return _NEXT.get(code, NextAction.FIX_REQUEST)


def refusal(
    code: ErrorCode,
    message: str,
    *,
    field: str | None = None,
    details: dict[str, Any] | None = None,
    status: int | None = None,
) -> Refusal:
    retryable = code in RETRYABLE
    given = dict(details or {})
    given.setdefault("retryable", retryable)
    given.setdefault(
        "next_action", next_action(code, retryable=bool(given["retryable"]), keyed=True).value
    )
    return Refusal(
        status=status or STATUS[code],
        error_code=code.value,
        message=message,
        field=field,
        details=given,
    )
