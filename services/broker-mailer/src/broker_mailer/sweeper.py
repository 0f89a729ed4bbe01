"""What no message brings: retries that have come due, and tries that never ended.

Run in every replica; harmless twice, since taking and expiring are guarded updates.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from broker_mailer.attempts import Outcome
from broker_mailer.repository import Deliveries
from broker_mailer.use_cases import Deliver
from shared.contracts.lifecycle import DeliveryStatus
from shared.logs import one_line

log = logging.getLogger(__name__)

_BATCH: Final = 50  # of each kind a sweep
_AT_ONCE: Final = 10  # connections


async def send_what_is_due(deliveries: Deliveries, deliver: Deliver) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(account_id: str, export_id: str, recipient_type: str) -> None:
        async with gate:
            with one_line(log, "sweep", account=account_id):
                await deliver(account_id, export_id, recipient_type)

    due = await deliveries.due(_BATCH)
    results = await asyncio.gather(*(one(*entry) for entry in due), return_exceptions=True)
    for (_, export_id, _), result in zip(due, results, strict=True):
        if isinstance(result, BaseException):
            log.error("a due delivery broke", exc_info=result, extra={"export": export_id})


async def settle_what_never_ended(deliveries: Deliveries) -> None:
    """An owner whose lease is over has died or is stuck: the delivery is `UNKNOWN`."""
    async for attempt in deliveries.expired():
        if await deliveries.expire(attempt):
            log.warning(
                "delivery UNKNOWN: its sender never ended",
                extra={"export": attempt.export_id, "to": attempt.recipient_type},
            )


async def bring_late_answers(deliveries: Deliveries, after: timedelta) -> None:
    """What a simulated server says once it was given up: told as a real one's late answer is."""
    async for attempt in deliveries.answered_late(after):
        await deliveries.record_sending(attempt, Outcome(DeliveryStatus.SENT, late=True))
