"""One write of a client, as idempotency.py runs it."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any, Generic, NamedTuple, Protocol

from shared.canonical import content_hash
from shared.errors import NoReply
from shared.ids import derived_id
from shared.messaging.topology import Answered, Asked, Route
from shared.records import Collection

Record = dict[str, Any]
Records = Collection[Record]


class Answer(NamedTuple):
    """What is sent; `final` outcomes alone are kept."""

    status: int
    body: bytes
    replayed: bool = False

    @property
    def final(self) -> bool:
        return self.status == 200  # noqa: PLR2004  # 202 is not an outcome


class KeyRecords(Protocol):
    """The part of the store that this needs."""

    async def get(self, collection: Records, id_: str) -> Record | None: ...
    async def put_if_absent(self, collection: Records, document: Record, *, step: str) -> bool: ...
    async def transition(
        self, collection: Records, guard: Record, update: Record, *, step: str
    ) -> Record | None: ...
    async def delete(self, collection: Records, query: Record, *, step: str) -> int: ...
    async def put_blob(self, data: bytes, *, step: str) -> str: ...
    async def get_blob(self, digest: str) -> bytes: ...


class Asks(Protocol):
    """The part of the messages' seam that this needs."""

    async def ask(
        self, route: Route[Asked, Answered], command: Asked, *, step: str
    ) -> asyncio.Task[Answered]: ...


class Write(ABC, Generic[Asked, Answered]):
    """One write of a client: how its command is made, and what its reply means.

    `substance` is the checked body with its defaults, sets sorted, without the key; `wait` is how
    many seconds the answer may take.
    """

    route: Route[Asked, Answered]
    answers_running = False  # whether `pending` is an answer, or an error

    def __init__(self, account_id: str, key: str | None, substance: Record, wait: float) -> None:
        self.account_id = account_id
        self.key = key
        self.substance = substance
        self.wait = wait

    @property
    def record_id(self) -> str:
        return derived_id("idem_", self.account_id, self.route.key, self.key or "")

    @property
    def fingerprint(self) -> str:
        return content_hash(self.substance)

    @abstractmethod
    async def stamp(self, key_id: str | None) -> Asked:
        """The command, with what the gateway saw; may refuse."""

    @abstractmethod
    async def finish(self, reply: Answered) -> Answer:
        """The answer that the reply means."""

    async def pending(self) -> Answer:
        """The answer while it runs on. Nothing is lost: the same key finds the durable command."""
        raise NoReply("no answer in time")

    async def done_anyway(self, command: Asked) -> Answer | None:  # noqa: ARG002  # for overriding
        """What was done, when the command ended in the dead letters all the same."""
        return None
