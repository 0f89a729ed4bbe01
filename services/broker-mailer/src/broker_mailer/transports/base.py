"""What carries a mail to a person. Nothing here, or above it, knows how a transport works inside.

One exchange has three steps, since the one that delivers is chosen between the last two:

    async with transport.open() as session:     # greeted: session.max_size is known
        await session.offer(mail)               # sender and recipient were accepted
        await session.send(mail)                # it was taken

Each step says what went wrong in the three ways that matter:

CarriageError
├── RefusedForNow    it was certainly not taken; it may be tried again
├── RefusedForGood   it was certainly not taken, and will not be
└── Unclear          it may have been taken (from `send` alone)
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from shared.errors import EntryGoError

_MAX_WORDS: Final = 500


class CarriageError(EntryGoError):
    """A mail was not, or not certainly, taken; `str` is what the other side said."""

    def __init__(self, words: str) -> None:
        # Servers send any bytes; what is stored is one line of text.
        clean = words.encode("utf-8", "replace").decode()
        printable = "".join(c if c.isprintable() else " " for c in clean)
        super().__init__(" ".join(printable.split())[:_MAX_WORDS])


class RefusedForNow(CarriageError):
    """Certainly not taken; a later try may succeed."""


class RefusedForGood(CarriageError):
    """Certainly not taken; another try gives the same answer."""


class Unclear(CarriageError):
    """It was handed over and no answer came: it may have been taken or not."""


@dataclass(frozen=True)
class OutboundMail:
    """One mail for one recipient; `message_id` is the same in every attempt."""

    sender: str
    recipient: str
    message_id: str
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)


class Session(Protocol):
    @property
    def max_size(self) -> int | None:
        """The largest mail in bytes that the other side says it takes, if it says so."""

    async def offer(self, mail: OutboundMail) -> None:
        """Names sender and recipient; nothing has been delivered when it returns."""

    async def send(self, mail: OutboundMail) -> None:
        """Hands the mail over; it was taken when it returns."""


class Transport(Protocol):
    @property
    def channel(self) -> str:
        """What the protocol calls it: `EMAIL`, `FOLDER`, `SIMULATOR`."""

    def open(self) -> AbstractAsyncContextManager[Session]:
        """Connects; leaving it raises nothing of its own."""
