"""The protocol's error envelope as an exception."""

from collections.abc import Mapping
from typing import Any


class SHPBNDLError(Exception):
    """The API refused or failed, or did not answer; `details` says whether to retry, and what next.

    `status` is the HTTP status, 0 when no answer came at all. `address` is what was asked, and
    `request_id` what the operator finds it by in every log line. `begun` says that the gateway
    answered, or that it may have taken up what it was asked to do.
    """

    def __init__(
        self,
        status: int,
        envelope: Mapping[str, Any],
        retry_after: str | None = None,
        *,
        address: str | None = None,
        request_id: str | None = None,
    ) -> None:
        self.status = status
        self.retry_after = retry_after
        self.address = address
        self.begun = False
        self.error_code: str = str(envelope.get("errorCode", f"HTTP_{status}"))
        self.message: str = str(envelope.get("message", "The answer is no error envelope."))
        self.field: str | None = envelope.get("field")
        self.details: dict[str, Any] = envelope.get("details") or {}
        self.request_id: str | None = self.details.get("request_id") or request_id
        super().__init__(self._told())

    @property
    def retryable(self) -> bool:
        return bool(self.details.get("retryable"))

    def _told(self) -> str:
        where = f" at {self.field}" if self.field else ""
        asked = ", ".join(
            told
            for told in (self.address, self.request_id and f"request {self.request_id}")
            if told
        )
        return f"{self.error_code}{where}: {self.message}" + (f" ({asked})" if asked else "")
