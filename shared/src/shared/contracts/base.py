"""What every message is: one frozen JSON object that tolerates fields it does not know.

The meaning of a field stands under it; both documents of the contract take it from there.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from shared.clock import parse_timestamp, timestamp
from shared.text import Id

Timestamp = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9]{3}Z$"
    ),
]


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    def encoded(self) -> bytes:
        """The message as it is published."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class Command(Message):
    """A message that asks exactly one service to do something."""

    command_id: str = Field(pattern=r"^cmd_[0-9a-zA-Z_-]{1,120}$")
    """Minted once; the same id twice is one command."""

    account_id: Id
    """The account it acts for."""

    request_id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,128}$")
    """Correlation id of the whole request, in every log line and mail about it."""

    issued_at: Timestamp
    """When it was issued, by the store's clock; at least a millisecond after what it followed."""

    @property
    def stamp(self) -> str:
        """Orders the commands on one record: (issued_at, command_id), comparable as text."""
        return f"{self.issued_at}/{self.command_id}"


def after(stamp: str) -> str:
    """The earliest `issued_at` of a command that is newer than this stamp."""
    issued_at = stamp.partition("/")[0]
    return timestamp(parse_timestamp(issued_at) + timedelta(milliseconds=1))


class Fact(BaseModel):
    """A part of a synced record: named in camelCase outside, exactly as the protocol names it."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )
