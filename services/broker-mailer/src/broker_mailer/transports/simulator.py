"""A partner who is not there, with the one outcome that the reserved address names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar, Final

from broker_mailer.transports.base import OutboundMail, RefusedForGood, RefusedForNow, Unclear
from shared.simulator import CHANNEL, Simulated

BUSY_TIMES: Final = 2


@dataclass(frozen=True)
class Simulator:
    """Transport and session in one: there is nothing to connect to, and nothing is kept.

    `outcome` is None where nobody has the address, `failures` how many tries of this budget failed.
    """

    outcome: Simulated | None
    failures: int

    channel: ClassVar[str] = CHANNEL
    max_size: ClassVar[None] = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Simulator"]:
        yield self

    async def offer(self, _mail: OutboundMail) -> None:
        match self.outcome:
            case None:
                raise RefusedForGood("550 5.1.1 nobody has this address: it is for test accounts")
            case Simulated.REJECTS:
                raise RefusedForGood("550 5.1.1 no such mailbox (simulated)")
            case Simulated.BUSY if self.failures < BUSY_TIMES:
                raise RefusedForNow("451 4.7.1 busy, try again later (simulated)")

    async def send(self, _mail: OutboundMail) -> None:
        if self.outcome in {Simulated.SILENT, Simulated.LATE}:
            raise Unclear("The connection was lost after the final dot (simulated).")
