"""Deliver one mail once, or say plainly that nobody can know (protocol.md section 6)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from broker_mailer.allowance import Allowance
from broker_mailer.attempts import Attempt, Outcome
from broker_mailer.emails import Mail
from broker_mailer.mime import UnfitMail
from broker_mailer.repository import Deliveries, Package, carried
from broker_mailer.retries import RetryPolicy
from broker_mailer.transports import Transports
from broker_mailer.transports.base import (
    OutboundMail,
    RefusedForGood,
    RefusedForNow,
    Session,
    Unclear,
)
from shared import tracing
from shared.clock import Clock, timestamp
from shared.contracts.lifecycle import Delivery, DeliveryStatus, ExportRecord, State
from shared.errors import BlobCorrupt, StoreFault
from shared.logs import note, request_id
from shared.simulator import SOONER, is_reserved

log = logging.getLogger(__name__)

_LARGE: Final = 1024 * 1024  # bytes of documents: from here on building takes longer than a switch

Result = TypeVar("Result")
# The mail of a package to the broker or the warehouse; the same mail for each try.
Write = Callable[[ExportRecord, str, Package], Mail]


@dataclass(frozen=True)
class Patience:
    """How long things may take, and when they are tried again."""

    lease: timedelta
    retries: RetryPolicy
    outcome_pauses: tuple[timedelta, ...]


@dataclass(frozen=True)
class Deliver:
    """The use case of `deliveries.send` and of the sweep; may be run by many at once."""

    deliveries: Deliveries
    write: Write
    transports: Transports
    patience: Patience
    in_hand: Allowance
    clock: Clock
    chance: Callable[[], float]
    new_owner: Callable[[], str]

    async def __call__(self, account_id: str, export_id: str, recipient_type: str) -> None:
        """Tries the delivery if it is due; does nothing when it is another's, or over."""
        note(export=export_id, to=recipient_type)
        export = await self.deliveries.export(account_id, export_id)
        delivery = self._due(export, recipient_type) if export else None
        if export is None or delivery is None:
            note(did="nothing to deliver")
            return
        attempt = Attempt(
            account_id=account_id,
            export_id=export_id,
            recipient_type=recipient_type,
            delivery=delivery,
            number=delivery["attempts"] + 1,
            owner=self.new_owner(),
        )
        # What a sweep does belongs to the request too.
        began = None
        if execution := export["execution"]:
            request_id.set(execution["request_id"])
            began = execution.get("traceparent")
        with tracing.under(tracing.traceparent() or began):
            await self._settled(attempt, export)

    async def _settled(self, attempt: Attempt, export: ExportRecord) -> None:
        try:
            await self._try(attempt, export)
        except RefusedForNow as error:
            outcome = self._again(attempt, str(error))
        except (RefusedForGood, UnfitMail, BlobCorrupt) as error:
            outcome = Outcome(DeliveryStatus.FAILED, str(error))
        except StoreFault:
            raise  # about no mail: the message, or the sweep, comes again
        except Exception as error:  # a bug not foreseen ends with the budget, not never
            log.exception("a try broke", extra={"export": attempt.export_id})
            outcome = self._again(attempt, str(RefusedForNow(f"{type(error).__name__}: {error}")))
        else:
            return
        if await self.deliveries.record_unsent(attempt, outcome):
            _tell(attempt, outcome)

    def _due(self, export: ExportRecord, recipient_type: str) -> Delivery | None:
        delivery = export.get("deliveries", {}).get(recipient_type)
        if delivery is None or export["state"] != State.EXECUTED:
            return None
        if delivery["status"] != DeliveryStatus.PENDING:
            return None
        first = delivery["attempts"] == delivery["budget_from"]  # due whatever clocks say
        at = delivery["next_attempt_at"]
        return delivery if first or at is None or at <= timestamp(self.clock()) else None

    async def _try(self, attempt: Attempt, export: ExportRecord) -> None:
        recipient, failed = attempt.delivery["recipient"], attempt.failures - 1
        transport = self.transports.carrying(recipient, test=export["test"], failures=failed)
        size = sum(file["size_bytes"] for file in carried(export, attempt.delivery))
        async with self.in_hand.of(size):
            package = await self.deliveries.package(export, attempt.delivery)
            mail = self.write(export, attempt.recipient_type, package)
            async with transport.open() as session:
                outbound = await _fitting(mail, session.max_size)
                with tracing.span("broker_mailer.offer_mail", kind=tracing.CLIENT):
                    await session.offer(outbound)
                await uninterrupted(self._hand_over(attempt, transport.channel, session, outbound))

    async def _hand_over(
        self, attempt: Attempt, channel: str, session: Session, mail: OutboundMail
    ) -> None:
        if not await self._take(attempt, channel):
            note(did="left to another sender")
            return
        try:
            with tracing.span("broker_mailer.send_mail", kind=tracing.CLIENT):
                await session.send(mail)
        except RefusedForNow as error:
            outcome = self._again(attempt, str(error))
        except RefusedForGood as error:
            outcome = Outcome(DeliveryStatus.FAILED, str(error), late=True)
        except Unclear as error:
            outcome = Outcome(DeliveryStatus.UNKNOWN, str(error))
        else:
            outcome = Outcome(DeliveryStatus.SENT, late=True)
        if await self._surely(lambda: self.deliveries.record_sending(attempt, outcome)):
            _tell(attempt, outcome)

    async def _take(self, attempt: Attempt, channel: str) -> bool:
        try:
            return await self.deliveries.take(attempt, self.patience.lease, channel)
        except StoreFault:  # it may have been written all the same
            return await self._surely(lambda: self.deliveries.owns(attempt))

    async def _surely(self, action: Callable[[], Awaitable[Result]]) -> Result:
        """Repeats while the store is away, for as long as its answer is worth waiting for."""
        for pause in self.patience.outcome_pauses:
            with suppress(StoreFault):
                return await action()
            await asyncio.sleep(pause.total_seconds())
        return await action()

    def _again(self, attempt: Attempt, error: str) -> Outcome:
        delay = self.patience.retries.delay(attempt.failures, self.chance())
        if delay is None:
            words = f"Given up after {attempt.failures} tries: {error}"
            return Outcome(DeliveryStatus.FAILED, words)
        if is_reserved(attempt.delivery["recipient"]):
            delay /= SOONER
        return Outcome(DeliveryStatus.PENDING, error, timestamp(self.clock() + delay))


async def _fitting(mail: Mail, max_size: int | None) -> OutboundMail:
    """A large mail is built aside: it would hold up everybody else's."""
    if mail.least < _LARGE:
        return mail.fitting(max_size)
    return await asyncio.to_thread(mail.fitting, max_size)


async def uninterrupted(work: Coroutine[Any, Any, None]) -> None:
    """Runs to its end even where the caller is cancelled, who is told afterwards."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _tell(attempt: Attempt, outcome: Outcome) -> None:
    note(
        did=outcome.status.value,
        attempt=attempt.number,
        error=outcome.error,
        next_attempt_at=outcome.next_attempt_at,
    )
