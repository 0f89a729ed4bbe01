"""The protocol's error envelope as an exception."""

from typing import Any


class SHPBNDLError(Exception):
    """The API refused or failed; `details` says whether to retry and what to do next.

    `status` is the HTTP status, 0 when no answer came at all.
    """

    def __init__(
        self, status: int, envelope: dict[str, Any], retry_after: str | None = None
    ) -> None:
        self.status = status
        self.retry_after = retry_after
        self.error_code: str = str(envelope.get("errorCode", f"HTTP_{status}"))
        self.message: str = str(envelope.get("message", "The answer is no error envelope."))
        self.field: str | None = envelope.get("field")
        self.details: dict[str, Any] = envelope.get("details") or {}
        super().__init__(f"{self.error_code}: {self.message}")

    @property
    def retryable(self) -> bool:
        return bool(self.details.get("retryable"))
