"""A client's write as values: what was sent, what it becomes, what is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, NamedTuple, TypeVar

import orjson

from gateway.auth import Principal
from gateway.schemas.requests import WriteBody
from shared.canonical import sha256_hex
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.ids import derived_id
from shared.messaging.topology import Answered, Asked, Route
from shared.records import KeyRecord

Body_co = TypeVar("Body_co", bound=WriteBody, covariant=True)

OK: Final = 200
ACCEPTED: Final = 202


@dataclass(frozen=True)
class Call(Generic[Body_co]):
    """What a client sent: who, what, under which key, and how many seconds the answer may take."""

    caller: Principal
    body: Body_co
    key: str | None
    wait: float
    size: int = 0  # bytes of its body


class Answer(NamedTuple):
    """What is sent; a 200 alone is an outcome, and kept."""

    status: int
    body: bytes
    replayed: bool = False


@dataclass(frozen=True)
class Write(Generic[Asked, Answered]):
    """One write: how its command is made, and what the reply means.

    `command` is given the id of the key's record, if there is a key, and may refuse. `running` is
    the answer while the command runs on, where that is no error. `done_anyway` tells what a command
    (its id) did that ended in the dead letters all the same.
    """

    call: Call[WriteBody]
    route: Route[Asked, Answered]
    command: Callable[[str | None], Awaitable[Asked]]
    finish: Callable[[Answered], Awaitable[Answer]]
    running: Callable[[], Awaitable[Answer]] | None = None
    done_anyway: Callable[[str], Awaitable[Answer | None]] | None = None
    repeats: bool = False  # another one that changes nothing is answered the same bytes

    async def outcome(self, command_id: str, reply: Awaitable[Answered]) -> Answer:
        try:
            return await self.finish(await reply)
        except Refused as error:
            if error.refusal.error_code == ErrorCode.INTERNAL_ERROR and self.done_anyway:
                done = await self.done_anyway(command_id)
                if done is not None:
                    return done
            raise

    @cached_property
    def record_id(self) -> str:
        account_id, key = self.call.caller.account_id, self.call.key or ""
        return derived_id("idem_", account_id, self.route.asked, key)

    @cached_property
    def fingerprint(self) -> str:
        """Of the checked body with its defaults, without the key."""
        given = self.call.body.model_dump(mode="json", by_alias=True, exclude={"idempotency_key"})
        return sha256_hex(orjson.dumps(given, option=orjson.OPT_SORT_KEYS))


def as_written_now(record: KeyRecord) -> KeyRecord:
    """A record of 0.1.0 holds its command as text, and the command's id in that alone."""
    if record.get("command_id") is not None:
        return record
    text = str(record["command"])
    named: str = orjson.loads(text)["command_id"]
    return {**record, "command": text.encode(), "command_id": named}
