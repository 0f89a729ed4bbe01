"""Builds the mailer; does nothing else."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from broker_mailer import emails
from broker_mailer.allowance import Allowance
from broker_mailer.repository import Deliveries
from broker_mailer.retries import RetryPolicy
from broker_mailer.settings import Settings
from broker_mailer.subscribers import subscribe
from broker_mailer.sweeper import bring_late_answers, send_what_is_due, settle_what_never_ended
from broker_mailer.transports import Transports
from broker_mailer.transports.base import Transport
from broker_mailer.transports.folder import FolderTransport
from broker_mailer.transports.smtp import SmtpTransport, Timeouts
from broker_mailer.use_cases import Deliver, Patience
from shared.announcing import Announcing
from shared.clock import utc_now
from shared.exports import Tell
from shared.ids import minted_id
from shared.service import Checks, open_seams, repeating, run_service
from shared.settings import CommonSettings
from shared.simulator import SOONER
from shared.store import Store

NAME = "broker-mailer"


def build(store: Store, settings: Settings, tell: Tell) -> Deliver:
    return Deliver(
        deliveries=Deliveries(store, utc_now, tell),
        write=partial(emails.write, sender=settings.sender, limit=settings.max_mail_bytes),
        transports=Transports(
            live=SmtpTransport(settings.live, _timeouts(settings)), sandbox=_sandbox(settings)
        ),
        patience=Patience(
            lease=settings.lease,
            retries=RetryPolicy(settings.retry_delays, settings.retry_every, settings.retry_for),
            outcome_pauses=settings.outcome_pauses,
        ),
        in_hand=Allowance(settings.bytes_at_once),
        clock=utc_now,
        chance=random.random,
        new_owner=partial(minted_id, "own_"),
    )


@asynccontextmanager
async def lifespan(common: CommonSettings, settings: Settings) -> AsyncIterator[Checks]:
    async with open_seams(common, NAME) as (store, messages, _, checks):
        announcing = Announcing(
            say=partial(messages.announce, step="broker_mailer.announce_export"),
            keep=partial(store.write_each, step="broker_mailer.keep_announced"),
        )
        deliver = build(store, settings, announcing.tell)
        subscribe(messages, deliver)
        await messages.start()
        due = partial(send_what_is_due, deliver.deliveries, deliver)
        expired = partial(settle_what_never_ended, deliver.deliveries)
        late = partial(bring_late_answers, deliver.deliveries, settings.lease / SOONER)
        async with AsyncExitStack() as sweeps:
            for sweep in (due, expired, late):
                await sweeps.enter_async_context(repeating(sweep, settings.sweep_every))
            yield checks


def main() -> None:
    common, settings = CommonSettings(), Settings()
    run_service(NAME, common, partial(lifespan, common, settings))


def _sandbox(settings: Settings) -> Transport:
    if settings.sandbox_folder is not None:
        return FolderTransport(settings.sandbox_folder)
    return SmtpTransport(settings.catcher, _timeouts(settings))


def _timeouts(settings: Settings) -> Timeouts:
    return Timeouts(
        connect=settings.smtp_connect_timeout,
        command=settings.smtp_command_timeout,
        data=settings.smtp_data_timeout,
        final=settings.smtp_final_timeout,
    )
