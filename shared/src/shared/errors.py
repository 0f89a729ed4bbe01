"""What a failure means, decided once.

EntryGoError
├── Refused                 a business answer: an error envelope with its HTTP status
├── Transient               try again later, for as long as it takes
│   └── QueueUnavailable    RabbitMQ is away, full, or has no queue for the message
├── StoreFault              the store failed: away, or refusing; a ping tells which
├── Duplicate               the id is already there
├── BlobCorrupt             stored bytes no longer match their hash
├── BlobTooLarge            more bytes than one document holds
└── NoReply                 the worker did not answer in time; the command is durable
"""

from typing import Any

from shared.contracts.errors import ErrorCode, Refusal, refusal


class EntryGoError(Exception):
    """The base of every error this project raises on purpose."""


class Refused(EntryGoError):
    """A refusal is an answer, not a fault: it is replied and the message acknowledged."""

    def __init__(
        self,
        code: ErrorCode,
        message: str | None = None,
        *,
        field: str | None = None,
        details: dict[str, Any] | None = None,
        status: int | None = None,
    ) -> None:
        self.refusal: Refusal = refusal(code, message, field=field, details=details, status=status)
        super().__init__(self.refusal.message)

    @classmethod
    def again(cls, answer: Refusal) -> "Refused":
        """The same refusal once more, as it was stored or received."""
        error = cls(ErrorCode[answer.error_code], answer.message)
        error.refusal = answer
        return error


class Transient(EntryGoError):
    """Retried with growing delays, at the last delay for ever: accepted work is never dropped."""


class QueueUnavailable(Transient):
    """RabbitMQ did not take the message."""


class StoreFault(EntryGoError):
    """The store failed; whether it is away (transient) a ping decides where it is handled."""


class Duplicate(EntryGoError):
    """A document with this id exists."""


class BlobCorrupt(EntryGoError):
    """A stored document's bytes no longer match their hash."""


class BlobTooLarge(EntryGoError):
    """The document is larger than the store keeps in one piece."""


class NoReply(EntryGoError):
    """No answer in time."""
