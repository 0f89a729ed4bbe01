"""Which transport a mail takes: a test account's never a real server, a reserved address none."""

from dataclasses import dataclass

from broker_mailer.transports.base import Transport
from broker_mailer.transports.simulator import Simulator
from shared.simulator import is_reserved, simulated_at


@dataclass(frozen=True)
class Transports:
    live: Transport
    sandbox: Transport

    def carrying(self, recipient: str, *, test: bool, failures: int = 0) -> Transport:
        """`failures`: how many tries of the delivery's budget failed before this one."""
        if is_reserved(recipient):
            return Simulator(simulated_at(recipient) if test else None, failures)
        return self.sandbox if test else self.live
