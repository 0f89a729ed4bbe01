"""The deliveries in an export's record: each transition one guarded update (architecture.md 3, 4).

The number of a try only rises, so an outcome that comes late names the try it belongs to and can
touch no other.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson

from broker_mailer.attempts import Attempt, Outcome, event_of
from shared.clock import Clock, timestamp
from shared.contracts.lifecycle import (
    ArtifactRecord,
    Delivery,
    DeliveryStatus,
    ExportRecord,
    State,
)
from shared.letters import Letter, letter_of
from shared.records import EXPORTS
from shared.store import Store

RECIPIENT_TYPES: Final = ("BROKER", "WAREHOUSE")


@dataclass(frozen=True)
class Package:
    """What was executed: the letter, and the documents, checked on read."""

    letter: Letter
    documents: tuple[tuple[ArtifactRecord, bytes], ...]


class Deliveries:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    # -- reads

    async def export(self, export_id: str, account_id: str | None) -> ExportRecord | None:
        return await self._store.get(EXPORTS, export_id, account_id=account_id)

    async def package(self, export: ExportRecord, delivery: Delivery) -> Package:
        """Raises `BlobCorrupt` when stored bytes are other bytes now."""
        documents = [
            (record, await self._store.get_blob(record["sha256"])) for record in export["artifacts"]
        ]
        if digest := delivery.get("letter_sha256"):
            letter = orjson.loads(await self._store.get_blob(digest))
        else:  # stored before letters were
            digest = export["plan"]["plan_hash"].removeprefix("sha256:")
            letter = letter_of(orjson.loads(await self._store.get_blob(digest)))
        return Package(letter, tuple(documents))

    async def due(self, limit: int) -> list[tuple[str, str]]:
        """Export id and recipient type of what is waiting and due, the longest waiting first."""
        found = []
        for recipient_type in RECIPIENT_TYPES:
            at = f"deliveries.{recipient_type}"
            exports = await self._store.find(
                EXPORTS,
                {
                    "state": State.EXECUTED,
                    f"{at}.status": DeliveryStatus.PENDING,
                    f"{at}.next_attempt_at": {"$lte": timestamp(self._clock())},
                },
                sort=[(f"{at}.next_attempt_at", 1)],
                limit=limit,
                projection={"_id": 1},
            )
            found += [(export["_id"], recipient_type) for export in exports]
        return found

    async def expired(self) -> AsyncIterator[Attempt]:
        """Tries whose lease is over by this service's clock; the store's decides in `expire`."""
        for recipient_type in RECIPIENT_TYPES:
            at = f"deliveries.{recipient_type}"
            exports = await self._store.find(
                EXPORTS,
                {
                    f"{at}.status": DeliveryStatus.SENDING,
                    f"{at}.lease_until": {"$lt": self._clock()},
                },
                projection={at: 1},
            )
            for export in exports:
                delivery = export["deliveries"][recipient_type]
                number, owner = delivery["attempts"], delivery["owner"] or ""
                yield Attempt(export["_id"], recipient_type, delivery, number, owner)

    async def owns(self, attempt: Attempt) -> bool:
        """Whether this very try holds the delivery: only its own token counts."""
        export = await self.export(attempt.export_id, None)
        if export is None:
            return False
        delivery = export["deliveries"][attempt.recipient_type]
        held = (delivery["status"], delivery["attempts"], delivery["owner"])
        return held == (DeliveryStatus.SENDING, attempt.number, attempt.owner)

    # -- transitions

    async def take(self, attempt: Attempt, lease: timedelta, channel: str) -> bool:
        """`PENDING` to `SENDING`: elects the one that hands the mail over."""
        at = f"deliveries.{attempt.recipient_type}"
        until = _add("$$NOW", lease)
        taken = await self._store.transition(
            EXPORTS,
            self._waiting(attempt),
            [
                {
                    "$set": {
                        f"{at}.status": DeliveryStatus.SENDING.value,
                        f"{at}.attempts": attempt.number,
                        f"{at}.owner": attempt.owner,
                        f"{at}.channel": channel,
                        f"{at}.lease_until": until,
                        f"{at}.next_attempt_at": None,
                        "revision": {"$add": ["$revision", 1]},
                        "updated_at": timestamp(self._clock()),
                    }
                }
            ],
            step="broker_mailer.take_sending",
        )
        # The driver may have repeated an update whose first answer was lost.
        return taken is not None or await self.owns(attempt)

    async def record_unsent(self, attempt: Attempt, outcome: Outcome) -> bool:
        """A try that ended before it was `SENDING`: counts it, and waits again or gives up."""
        guard, change = self._waiting(attempt), self._change(attempt, outcome)
        after = await self._store.transition(
            EXPORTS, guard, change, step="broker_mailer.record_unsent"
        )
        return after is not None

    async def record_sending(self, attempt: Attempt, outcome: Outcome) -> bool:
        """What became of a try that was `SENDING`; a late one may settle its `UNKNOWN`."""
        at = f"deliveries.{attempt.recipient_type}"
        statuses = [DeliveryStatus.SENDING, *([DeliveryStatus.UNKNOWN] if outcome.late else [])]
        guard: dict[str, Any] = {
            "_id": attempt.export_id,
            f"{at}.status": {"$in": [status.value for status in statuses]},
            f"{at}.attempts": attempt.number,
        }
        if outcome.status is DeliveryStatus.PENDING:
            guard["state"] = State.EXECUTED.value  # a voided export is not mailed
        change = self._change(attempt, outcome)
        after = await self._store.transition(
            EXPORTS, guard, change, step="broker_mailer.record_sending"
        )
        return after is not None

    async def expire(self, attempt: Attempt) -> bool:
        """`SENDING` to `UNKNOWN` where the store's clock too says that the lease is over."""
        at = f"deliveries.{attempt.recipient_type}"
        error = "The sender did not finish in time; the mail may have arrived."
        outcome = Outcome(DeliveryStatus.UNKNOWN, error)
        now = timestamp(self._clock())
        event = {"$literal": event_of(attempt, outcome, now)}
        over = {"$lt": [f"${at}.lease_until", "$$NOW"]}

        def where_over(new: object, old: str) -> dict[str, Any]:
            return {"$cond": [over, new, old]}

        after = await self._store.transition(
            EXPORTS,
            {
                "_id": attempt.export_id,
                f"{at}.status": DeliveryStatus.SENDING.value,
                f"{at}.attempts": attempt.number,
                f"{at}.owner": attempt.owner,
            },
            [
                {
                    "$set": {
                        f"{at}.status": where_over("UNKNOWN", f"${at}.status"),
                        f"{at}.error_message": where_over(error, f"${at}.error_message"),
                        "events": where_over({"$concatArrays": ["$events", [event]]}, "$events"),
                        "revision": where_over({"$add": ["$revision", 1]}, "$revision"),
                        "updated_at": where_over(now, "$updated_at"),
                    }
                }
            ],
            step="broker_mailer.expire_sending",
        )
        if after is None:
            return False
        status: str = after["deliveries"][attempt.recipient_type]["status"]
        return status == DeliveryStatus.UNKNOWN

    # -- inside

    def _waiting(self, attempt: Attempt) -> dict[str, Any]:
        at = f"deliveries.{attempt.recipient_type}"
        return {
            "_id": attempt.export_id,
            "state": State.EXECUTED.value,
            f"{at}.status": DeliveryStatus.PENDING.value,
            f"{at}.attempts": attempt.number - 1,
        }

    def _change(self, attempt: Attempt, outcome: Outcome) -> dict[str, Any]:
        at = f"deliveries.{attempt.recipient_type}"
        now = timestamp(self._clock())
        sent = outcome.status is DeliveryStatus.SENT
        change: dict[str, Any] = {
            "$set": {
                f"{at}.status": outcome.status.value,
                f"{at}.attempts": attempt.number,
                f"{at}.error_message": outcome.error,
                f"{at}.next_attempt_at": outcome.next_attempt_at,
                f"{at}.lease_until": None,
                f"{at}.owner": None,
                "updated_at": now,
                **({f"{at}.sent_at": now} if sent else {}),
            },
            "$inc": {"revision": 1},
        }
        if outcome.status is not DeliveryStatus.PENDING:
            change["$push"] = {"events": event_of(attempt, outcome, now)}
        return change


def _add(moment: str, span: timedelta) -> dict[str, Any]:
    milliseconds = int(span / timedelta(milliseconds=1))
    return {"$dateAdd": {"startDate": moment, "unit": "millisecond", "amount": milliseconds}}
