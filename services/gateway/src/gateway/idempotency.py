"""Idempotency keys (protocol.md section 9, architecture.md section 8).

A record holds the whole stamped command before the command is published, and a lease under a
token. Who finds the lease over takes the record with a new token and publishes the same command
again; every worker answers a known command with what it did the first time. Only final 2xx
outcomes are kept, before they are sent; a refusal frees the key before it is sent. A store or a
free that matches nothing means that somebody else has the record: what it says now is the answer.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Any, Final

from gateway.settings import Settings
from gateway.write import Answer, Asks, KeyRecords, Record, Write
from shared.clock import Clock
from shared.contracts.errors import ErrorCode, Refusal
from shared.errors import EntryGoError, NoReply, Refused, Transient
from shared.ids import minted_id
from shared.messaging.topology import Answered, Asked
from shared.records import IDEMPOTENCY_KEYS as KEYS

log = logging.getLogger(__name__)

RUNNING: Final = "running"
DONE: Final = "done"
_INLINE_BYTES: Final = 256 * 1024
_POLL_SECONDS: Final = 0.1
_SERVER_ERROR: Final = 500


class Writer:
    """Runs writes, with their keys if they have one."""

    def __init__(self, store: KeyRecords, messages: Asks, settings: Settings, now: Clock) -> None:
        self._store = store
        self._messages = messages
        self._settings = settings
        self._now = now
        self._late: set[asyncio.Task[None]] = set()

    async def run(self, write: Write[Asked, Answered]) -> Answer:
        if write.key is None:
            return await self._without_key(write)
        give_up = asyncio.get_running_loop().time() + self._settings.busy_wait.total_seconds()
        while True:
            record = await self._current(write.record_id)
            if record is None:
                record = await self._begin(write)
                if record is not None:
                    return await self._drive(write, record)
                continue  # another request was first
            answer = await self._known(write, record)
            if answer is not None:
                return answer
            if asyncio.get_running_loop().time() >= give_up:
                return await self._busy(write)
            await asyncio.sleep(_POLL_SECONDS)

    async def _known(self, write: Write[Asked, Answered], record: Record) -> Answer | None:
        """The answer for a known key, or None while another request holds it."""
        if record["fingerprint"] != write.fingerprint:
            raise Refused(
                ErrorCode.IDEMPOTENCY_KEY_REUSED,
                "This idempotency key was used for another request.",
            )
        if record["state"] == DONE:
            return await self._replay(record)
        if record["lease_until"] > self._now():
            return None
        taken = await self._take_over(write, record)
        return None if taken is None else await self._drive(write, taken)

    async def stop(self) -> None:
        """Gives up waiting for late replies; their keys are taken over by a retry."""
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    # -- a request without a key

    async def _without_key(self, write: Write[Asked, Answered]) -> Answer:
        command = await write.stamp(None)
        reply = await self._messages.ask(write.route, command, step="gateway.ask")
        await asyncio.wait({reply}, timeout=write.wait)
        if not reply.done():
            reply.add_done_callback(_seen)
            return await write.pending()
        return await self._outcome(write, command, reply)

    # -- the record

    async def _current(self, record_id: str) -> Record | None:
        """The record, unless its time is over (the store's own clean-up may lag)."""
        record = await self._store.get(KEYS, record_id)
        if record is None or record["expires_at"] > self._now():
            return record
        guard = {"_id": record_id, "token": record["token"], "state": record["state"]}
        await self._store.delete(KEYS, guard, step="gateway.drop_expired_key")
        return None

    async def _begin(self, write: Write[Asked, Answered]) -> Record | None:
        command = await write.stamp(write.record_id)
        record = {
            "_id": write.record_id,
            "account_id": write.account_id,
            "fingerprint": write.fingerprint,
            "state": RUNNING,
            "command": command.model_dump_json(by_alias=True, exclude_none=True),
            "token": minted_id("lease_"),
            "lease_until": self._lease(write),
            "outcome": None,
            "expires_at": self._now() + self._settings.idempotency_kept,
        }
        absent = await self._store.put_if_absent(KEYS, record, step="gateway.begin_key")
        return record if absent else None

    def _lease(self, write: Write[Asked, Answered]) -> Any:  # noqa: ANN401  # a BSON date
        return self._now() + timedelta(seconds=write.wait) + self._settings.lease_margin

    async def _take_over(self, write: Write[Asked, Answered], record: Record) -> Record | None:
        return await self._store.transition(
            KEYS,
            _held(record),
            {"$set": {"token": minted_id("lease_"), "lease_until": self._lease(write)}},
            step="gateway.take_over_key",
        )

    # -- the command

    async def _drive(self, write: Write[Asked, Answered], record: Record) -> Answer:
        """Publishes the stored command, unchanged, and settles its record by the reply."""
        command = write.route.contract.model_validate_json(record["command"])
        try:
            reply = await self._messages.ask(write.route, command, step="gateway.ask")
        except Transient:
            await self._end_lease(record)
            raise
        await asyncio.wait({reply}, timeout=write.wait)
        if not reply.done():
            await self._end_lease(record)
            late = asyncio.create_task(self._settle_late(write, record, command, reply))
            self._late.add(late)
            late.add_done_callback(self._late.discard)
            return await write.pending()
        return await self._settle(write, record, command, reply)

    async def _settle(
        self,
        write: Write[Asked, Answered],
        record: Record,
        command: Asked,
        reply: asyncio.Task[Answered],
    ) -> Answer:
        try:
            answer = await self._outcome(write, command, reply)
        except EntryGoError as error:
            if isinstance(error, Refused) and error.refusal.status < _SERVER_ERROR:
                return await self._free(write, record, error.refusal)
            await self._end_lease(record)
            raise
        if not answer.final:
            await self._end_lease(record)
            return answer
        return await self._keep(write, record, answer)

    async def _outcome(
        self, write: Write[Asked, Answered], command: Asked, reply: asyncio.Task[Answered]
    ) -> Answer:
        try:
            answered = await reply
        except Refused as error:
            if error.refusal.error_code == ErrorCode.INTERNAL_ERROR:
                done = await write.done_anyway(command)
                if done is not None:
                    return done
            raise
        return await write.finish(answered)

    async def _settle_late(
        self,
        write: Write[Asked, Answered],
        record: Record,
        command: Asked,
        reply: asyncio.Task[Answered],
    ) -> None:
        try:
            await self._settle(write, record, command, reply)
        except EntryGoError as error:
            log.info("late reply", extra={"route": write.route.key, "why": str(error)[:300]})

    # -- guarded by the token: whoever no longer holds the record answers what it says

    async def _keep(self, write: Write[Asked, Answered], record: Record, answer: Answer) -> Answer:
        outcome: Record = {"status": answer.status, "body": answer.body}
        if len(answer.body) > _INLINE_BYTES:
            digest = await self._store.put_blob(answer.body, step="gateway.store_answer")
            outcome = {"status": answer.status, "blob": digest}
        kept = await self._store.transition(
            KEYS,
            _held(record),
            {"$set": {"state": DONE, "outcome": outcome}},
            step="gateway.keep_outcome",
        )
        return answer if kept is not None else await self._found(write)

    async def _free(
        self, write: Write[Asked, Answered], record: Record, refused: Refusal
    ) -> Answer:
        if await self._store.delete(KEYS, _held(record), step="gateway.free_key"):
            raise Refused.again(refused)
        return await self._found(write)

    async def _end_lease(self, record: Record) -> None:
        over = {"$set": {"lease_until": self._now()}}
        await self._store.transition(KEYS, _held(record), over, step="gateway.end_lease")

    async def _found(self, write: Write[Asked, Answered]) -> Answer:
        record = await self._current(write.record_id)
        if record is None:
            raise NoReply("another request freed this key meanwhile")
        if record["state"] == DONE:
            return await self._replay(record)
        return await self._busy(write)

    async def _replay(self, record: Record) -> Answer:
        outcome = record["outcome"]
        body = outcome.get("body")
        if body is None:
            body = await self._store.get_blob(outcome["blob"])
        return Answer(outcome["status"], bytes(body), replayed=True)

    async def _busy(self, write: Write[Asked, Answered]) -> Answer:
        if write.answers_running:
            return await write.pending()
        raise Refused(
            ErrorCode.IDEMPOTENCY_IN_PROGRESS,
            "A request with this idempotency key is still running.",
        )


def _held(record: Record) -> Record:
    return {"_id": record["_id"], "state": RUNNING, "token": record["token"]}


def _seen(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled():
        task.exception()  # nobody waits for it: its failure is no surprise
