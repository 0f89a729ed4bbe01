"""Which transport an account's mail takes: a test account's never the real server."""

from dataclasses import dataclass

from broker_mailer.transports.base import Transport


@dataclass(frozen=True)
class Transports:
    live: Transport
    sandbox: Transport

    def carrying(self, *, test: bool) -> Transport:
        return self.sandbox if test else self.live
