"""The deliveries in an export's record: each transition one guarded update (architecture.md 3, 4).

The number of a try only rises, so an outcome that comes late names the try it belongs to and can
touch no other.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson

from broker_mailer.attempts import Attempt, Outcome, event_of
from shared.clock import Clock, timestamp
from shared.contracts.lifecycle import (
    ArtifactRecord,
    Attached,
    Delivery,
    DeliveryStatus,
    ExportRecord,
    State,
)
from shared.exports import Guard, Tell, Telling, advance, marked, transition
from shared.letters import Letter, letter_of
from shared.records import EXPORTS
from shared.simulator import Simulated
from shared.store import Store

RECIPIENT_TYPES: Final = ("BROKER", "WAREHOUSE")

Fields = Mapping[str, Any]
Carried = ArtifactRecord | Attached


@dataclass(frozen=True)
class Package:
    """What was executed: the letter, and the documents, checked on read."""

    letter: Letter
    documents: tuple[tuple[Carried, bytes], ...]


def carried(export: ExportRecord, delivery: Delivery) -> list[Carried]:
    """The package's documents, and what this delivery carries beside them."""
    return [*export["artifacts"], *delivery.get("also", ())]


class Deliveries:
    def __init__(self, store: Store, clock: Clock, tell: Tell) -> None:
        self._store = store
        self._clock = clock
        self._exports = Telling(store, tell)

    # -- reads

    async def export(self, account_id: str, export_id: str) -> ExportRecord | None:
        return await self._store.get(EXPORTS.of(account_id), export_id)

    async def package(self, export: ExportRecord, delivery: Delivery) -> Package:
        """Raises `BlobCorrupt` when stored bytes are other bytes now."""
        written = delivery.get("letter_sha256")
        # Where none was written, it was stored before letters were.
        about = written or export["plan"]["plan_hash"].removeprefix("sha256:")
        files = carried(export, delivery)
        found = await self._store.get_blobs([about, *(file["sha256"] for file in files)])
        facts = orjson.loads(found[about])
        documents = [(file, found[file["sha256"]]) for file in files]
        return Package(facts if written else letter_of(facts), tuple(documents))

    async def due(self, limit: int) -> list[tuple[str, str, str]]:
        """Account, export and recipient type of what is waiting and due, the oldest first."""
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
                projection={"account_id": 1},
            )
            found += [(each["account_id"], each["_id"], recipient_type) for each in exports]
        return found

    async def expired(self) -> AsyncIterator[Attempt]:
        """Tries whose lease is over by this service's clock; the store's decides in `expire`."""
        over = {"lease_until": {"$lt": self._clock()}}
        async for attempt in self._tries(DeliveryStatus.SENDING, over):
            yield attempt

    async def answered_late(self, after: timedelta) -> AsyncIterator[Attempt]:
        """Simulated tries that nobody could be sure of for so long, and whose answer comes now."""
        late, since = {"recipient": Simulated.LATE.address}, timestamp(self._clock() - after)
        of_test = {"test": True, "updated_at": {"$lte": since}}
        async for attempt in self._tries(DeliveryStatus.UNKNOWN, late, of_test):
            yield attempt

    async def _tries(
        self, status: DeliveryStatus, delivery: Fields, export: Fields | None = None
    ) -> AsyncIterator[Attempt]:
        """The last try of each delivery of this status, as far as the record is like this."""
        for recipient_type in RECIPIENT_TYPES:
            at = f"deliveries.{recipient_type}"
            wanted = {f"{at}.{name}": value for name, value in delivery.items()}
            query = {f"{at}.status": status.value, **wanted, **(export or {})}
            projection = {"account_id": 1, at: 1}
            for found in await self._store.find(EXPORTS, query, projection=projection):
                its = found["deliveries"][recipient_type]
                tried = (its, its["attempts"], its["owner"] or "")
                yield Attempt(found["account_id"], found["_id"], recipient_type, *tried)

    async def owns(self, attempt: Attempt) -> bool:
        """Whether this very try holds the delivery: only its own token counts."""
        export = await self.export(attempt.account_id, attempt.export_id)
        if export is None:
            return False
        delivery = export["deliveries"][attempt.recipient_type]
        held = (delivery["status"], delivery["attempts"], delivery["owner"])
        return held == (DeliveryStatus.SENDING, attempt.number, attempt.owner)

    # -- transitions

    async def take(self, attempt: Attempt, lease: timedelta, channel: str) -> bool:
        """`PENDING` to `SENDING`: elects the one that hands the mail over."""
        at = f"deliveries.{attempt.recipient_type}"
        span = {"unit": "millisecond", "amount": int(lease / timedelta(milliseconds=1))}
        fields = {
            f"{at}.status": DeliveryStatus.SENDING.value,
            f"{at}.attempts": attempt.number,
            f"{at}.owner": attempt.owner,
            f"{at}.channel": channel,
            f"{at}.lease_until": {"$dateAdd": {"startDate": "$$NOW"} | span},
            f"{at}.next_attempt_at": None,
        }
        taken = await self._advance_by_its_clock(
            _waiting(attempt),
            fields,
            now=timestamp(self._clock()),
            step="broker_mailer.take_sending",
        )
        # The driver may have repeated an update whose first answer was lost.
        return taken is not None or await self.owns(attempt)

    async def record_unsent(self, attempt: Attempt, outcome: Outcome) -> bool:
        """A try that ended before it was `SENDING`: counts it, and waits again or gives up."""
        return await self._record(
            attempt, outcome, _waiting(attempt), step="broker_mailer.record_unsent"
        )

    async def record_sending(self, attempt: Attempt, outcome: Outcome) -> bool:
        """What became of a try that was `SENDING`; a late one may settle its `UNKNOWN`."""
        at = f"deliveries.{attempt.recipient_type}"
        statuses = [DeliveryStatus.SENDING, *([DeliveryStatus.UNKNOWN] if outcome.late else [])]
        guard: dict[str, Any] = {
            f"{at}.status": {"$in": [status.value for status in statuses]},
            f"{at}.attempts": attempt.number,
        }
        if outcome.status is DeliveryStatus.PENDING:
            guard["state"] = State.EXECUTED.value  # a voided export is not mailed
        return await self._record(
            attempt, outcome, _of(attempt, guard), step="broker_mailer.record_sending"
        )

    async def expire(self, attempt: Attempt) -> bool:
        """`SENDING` to `UNKNOWN` where the store's clock too says that the lease is over."""
        at = f"deliveries.{attempt.recipient_type}"
        error = "The sender did not finish in time; the mail may have arrived."
        outcome = Outcome(DeliveryStatus.UNKNOWN, error)
        now = timestamp(self._clock())
        event = event_of(attempt, outcome, now)
        held = {
            f"{at}.status": DeliveryStatus.SENDING.value,
            f"{at}.attempts": attempt.number,
            f"{at}.owner": attempt.owner,
        }
        after = await self._advance_by_its_clock(
            _of(attempt, held),
            {
                f"{at}.status": outcome.status.value,
                f"{at}.error_message": error,
                "events": {"$concatArrays": ["$events", [{"$literal": event}]]},
                **marked([event], now),
            },
            when={"$lt": [f"${at}.lease_until", "$$NOW"]},
            now=now,
            step="broker_mailer.expire_sending",
        )
        if after is None or after["deliveries"][attempt.recipient_type]["status"] != outcome.status:
            return False
        self._exports.tell(after)
        return True

    # -- inside

    async def _record(self, attempt: Attempt, outcome: Outcome, guard: Guard, *, step: str) -> bool:
        at = f"deliveries.{attempt.recipient_type}"
        now = timestamp(self._clock())
        fields = {
            f"{at}.status": outcome.status.value,
            f"{at}.attempts": attempt.number,
            f"{at}.error_message": outcome.error,
            f"{at}.next_attempt_at": outcome.next_attempt_at,
            f"{at}.lease_until": None,
            f"{at}.owner": None,
        }
        if outcome.status is DeliveryStatus.SENT:
            fields[f"{at}.sent_at"] = now
        told = [] if outcome.status is DeliveryStatus.PENDING else [event_of(attempt, outcome, now)]
        return await advance(self._exports, guard, fields, told, now=now, step=step) is not None

    async def _advance_by_its_clock(
        self, guard: Guard, fields: Fields, *, when: object = True, now: str, step: str
    ) -> ExportRecord | None:
        """As `advance`, with the store's own clock, which filters do not know (`$$NOW`)."""
        raised = {"revision": {"$add": ["$revision", 1]}, "updated_at": now}
        change = {
            name: {"$cond": [when, value, f"${name}"]}
            for name, value in {**fields, **raised}.items()
        }
        return await transition(self._store, guard, [{"$set": change}], step=step)


def _waiting(attempt: Attempt) -> Guard:
    at = f"deliveries.{attempt.recipient_type}"
    pending = {
        "state": State.EXECUTED.value,
        f"{at}.status": DeliveryStatus.PENDING.value,
        f"{at}.attempts": attempt.number - 1,
    }
    return _of(attempt, pending)


def _of(attempt: Attempt, holds: Fields) -> Guard:
    return Guard(attempt.account_id, attempt.export_id, holds)
