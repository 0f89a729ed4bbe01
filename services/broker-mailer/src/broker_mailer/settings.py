"""What the mailer is told by its environment (`BROKER_MAILER_...`), beside where mail goes."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from shared.mail_servers import MailServers


class Settings(MailServers):
    smtp_connect_timeout: timedelta = timedelta(seconds=30)
    smtp_command_timeout: timedelta = timedelta(minutes=1)
    # RFC 5321, 4.5.3.2: a server may take long over what it has in hand; impatience here makes
    # deliveries that nobody can be sure of.
    smtp_data_timeout: timedelta = timedelta(minutes=2)
    smtp_final_timeout: timedelta = timedelta(minutes=13)
    lease: timedelta = timedelta(minutes=20)

    # Brokers' servers commonly take 10 MB and more; the archive replaces the five above it.
    max_mail_bytes: int = Field(default=10 * 1024 * 1024, gt=0)
    # Documents of all mails under way; each is held twice, as it is and as it is sent.
    bytes_at_once: int = Field(default=16 * 1024 * 1024, gt=0)

    retry_delays: tuple[timedelta, ...] = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30))
    retry_every: timedelta = timedelta(hours=1)
    retry_for: timedelta = timedelta(hours=24)
    # What the server said is known only here, so it is written again while the store is away.
    outcome_pauses: tuple[timedelta, ...] = tuple(timedelta(seconds=s) for s in (1, 2, 5, 10, 30))

    sweep_every: timedelta = timedelta(seconds=10)

    @model_validator(mode="after")
    def lease_outlives_the_data(self) -> Self:
        if self.lease <= self.smtp_data_timeout + self.smtp_final_timeout:
            raise ValueError("the lease must be longer than smtp_data_timeout + smtp_final_timeout")
        return self
