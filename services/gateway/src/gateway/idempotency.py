"""Idempotency keys (protocol.md section 9, architecture.md section 8).

A record holds the whole command, before it is published, and a lease under a token. Who finds the
lease over takes the record with a new token and publishes the same bytes again; workers answer a
known command with what it did. Final 2xx outcomes alone are kept, a refusal frees its key, before
either is sent. Who has lost the record answers what it says.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.calls import OK, Answer, Write, as_written_now
from gateway.outcomes import kept, replayed
from gateway.readers import Readers
from gateway.settings import Settings
from shared import tracing
from shared.clock import Clock
from shared.contracts.errors import ErrorCode, Refusal
from shared.errors import EntryGoError, NoReply, Refused, Transient
from shared.heavy import apart
from shared.ids import minted_id
from shared.records import IDEMPOTENCY_KEYS as KEYS
from shared.records import Document, KeyRecord
from shared.store import Store

log = logging.getLogger(__name__)

RUNNING: Final = "running"
_NOT_DONE: Final = "No answer in time. The request had no idempotency key: it is not begun later."
_POLL_SECONDS: Final = 0.1
_BEGUN_WITHIN: Final = 0.8  # of the wait: what is begun later is seldom done in time
_SERVER_ERROR: Final = 500

AnyWrite = Write[Any, Any]
Reply = asyncio.Task[Any]


class Idempotency:
    """Runs writes, with their keys if they have one."""

    def __init__(self, store: Store, readers: Readers, settings: Settings, now: Clock) -> None:
        self._store = store
        self._readers = readers
        self._settings = settings
        self._now = now
        self._late: set[asyncio.Task[None]] = set()

    async def run(self, write: AnyWrite) -> Answer:
        if write.call.key is None:
            return await self._without_key(write)
        give_up = asyncio.get_running_loop().time() + self._settings.busy_wait.total_seconds()
        begun = await self._begin(write)  # first of all, as most keys are new
        while begun is None:
            record = await self._current(write)
            if record is None:
                begun = await self._begin(write)
                continue
            answer = await self._known(write, record)
            if answer is not None:
                return answer
            if asyncio.get_running_loop().time() >= give_up:
                return await self._busy(write, record)
            await asyncio.sleep(_POLL_SECONDS)
        return await self._drive(write, begun)

    async def stop(self) -> None:
        """Gives up waiting for late replies; their keys are taken over by a retry."""
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    # -- the record

    async def _current(self, write: AnyWrite) -> KeyRecord | None:
        """The record, unless its time is over (the store's own clean-up may lag)."""
        record = await self._store.get(KEYS.of(write.call.caller.account_id), write.record_id)
        if record is None or record["expires_at"] > self._now():
            return record
        guard = {"_id": record["_id"], "token": record["token"], "state": record["state"]}
        await self._store.delete(
            KEYS.of(record["account_id"]), guard, step="gateway.drop_expired_key"
        )
        return None

    async def _begin(self, write: AnyWrite) -> KeyRecord | None:
        """The record; None where there is one."""
        try:
            command = await write.command(write.record_id)
        except Refused:
            if await self._current(write) is None:
                raise
            return None  # what the key says comes first
        record: KeyRecord = {
            "_id": write.record_id,
            "account_id": command.account_id,
            "fingerprint": await apart(write.call.size, lambda: write.fingerprint),
            "state": RUNNING,
            "command_id": command.command_id,
            "command": await apart(write.call.size, command.encoded),
            "token": minted_id("lease_"),
            "lease_until": self._lease(write),
            "outcome": None,
            "traceparent": tracing.traceparent(),
            "expires_at": self._now() + self._settings.idempotency_kept,
        }
        absent = await self._store.put_if_absent(KEYS, record, step="gateway.begin_key")
        return record if absent else None

    def _lease(self, write: AnyWrite) -> datetime:
        return self._now() + timedelta(seconds=write.call.wait) + self._settings.lease_margin

    async def _known(self, write: AnyWrite, record: KeyRecord) -> Answer | None:
        """The answer for a known key, or None while another request holds it."""
        if record["fingerprint"] != write.fingerprint:
            raise Refused(ErrorCode.IDEMPOTENCY_KEY_REUSED)
        if record["outcome"] is not None:
            return await replayed(record["outcome"], self._store)
        if record["lease_until"] > self._now():
            return None
        taken = await self._change(
            record,
            {"token": minted_id("lease_"), "lease_until": self._lease(write)},
            step="gateway.take_over_key",
        )
        return None if taken is None else await self._drive(write, as_written_now(taken))

    # -- the command

    async def _without_key(self, write: AnyWrite) -> Answer:
        command = await write.command(None)
        until = None
        if write.running is None:  # whoever is told 503 has no way back to it: it is not begun
            self._readers.check(write.route, kept=False)
            until = self._now() + timedelta(seconds=write.call.wait * _BEGUN_WITHIN)
        sent = command.command_id, await apart(write.call.size, command.encoded)
        reply = await self._readers.ask(write.route, *sent, write.call.wait, until)
        if reply.done():
            return await write.outcome(command.command_id, reply)
        return await self._unanswered(write)

    async def _drive(self, write: AnyWrite, record: KeyRecord) -> Answer:
        """Publishes the stored command, unchanged, and settles its record by the reply."""
        try:
            with tracing.under(record.get("traceparent")):
                sent = record["command_id"], record["command"]
                reply = await self._readers.ask(write.route, *sent, write.call.wait)
        except Transient:
            await self._end_lease(record)
            raise
        if reply.done():
            return await self._settle(write, record, reply)
        await self._end_lease(record)
        late = asyncio.create_task(self._settle_late(write, record, reply))
        self._late.add(late)
        late.add_done_callback(self._late.discard)
        return await self._unanswered(write)

    async def _settle(self, write: AnyWrite, record: KeyRecord, reply: Reply) -> Answer:
        try:
            answer = await write.outcome(record["command_id"], reply)
        except EntryGoError as error:
            if isinstance(error, Refused) and error.refusal.status < _SERVER_ERROR:
                return await self._free(write, record, error.refusal)
            await self._end_lease(record)
            raise
        if answer.status == OK:
            return await self._keep(write, record, answer)
        await self._end_lease(record)
        return answer

    async def _settle_late(self, write: AnyWrite, record: KeyRecord, reply: Reply) -> None:
        try:
            await self._settle(write, record, reply)
        except EntryGoError as error:
            log.info("late reply", extra={"route": write.route.key, "why": str(error)[:300]})

    # -- guarded by the token: whoever no longer holds the record answers what it says

    async def _keep(self, write: AnyWrite, record: KeyRecord, answer: Answer) -> Answer:
        """With its answer, once that is stored. The command is not needed any more."""
        outcome = await kept(answer, self._store, repeats=write.repeats)
        done: Document = {"state": "done", "outcome": outcome, "command": b""}
        part = KEYS.of(record["account_id"])
        held = await self._store.settle(
            part, record["_id"], _held(record), done, step="gateway.keep_outcome"
        )
        return answer if held else await self._found(write)

    async def _free(self, write: AnyWrite, record: KeyRecord, refused: Refusal) -> Answer:
        part, held = KEYS.of(record["account_id"]), {"_id": record["_id"], **_held(record)}
        if await self._store.delete(part, held, step="gateway.free_key"):
            raise Refused.again(refused)
        return await self._found(write)

    async def _end_lease(self, record: KeyRecord) -> None:
        await self._change(record, {"lease_until": self._now()}, step="gateway.end_lease")

    async def _change(self, record: KeyRecord, fields: Document, *, step: str) -> KeyRecord | None:
        part, update = KEYS.of(record["account_id"]), {"$set": fields}
        return await self._store.transition(part, record["_id"], _held(record), update, step=step)

    async def _found(self, write: AnyWrite) -> Answer:
        record = await self._current(write)
        if record is None:
            raise NoReply("another request freed this key meanwhile")
        if record["outcome"] is not None:
            return await replayed(record["outcome"], self._store)
        return await self._busy(write, record)

    async def _busy(self, write: AnyWrite, record: KeyRecord) -> Answer:
        """A 202 lets the client go, so that the command is published by then, by whomever."""
        if write.running is None:
            raise Refused(ErrorCode.IDEMPOTENCY_IN_PROGRESS)
        again = as_written_now(record)
        await self._readers.ask(write.route, again["command_id"], again["command"], 0)
        return await self._unanswered(write)

    async def _unanswered(self, write: AnyWrite) -> Answer:
        """Nothing is lost: the same key finds the durable command."""
        keyed = write.call.key is not None
        if keyed or write.running is None:
            self._readers.check(write.route, kept=keyed)
        if write.running is not None:
            return await write.running()
        said = None if keyed else _NOT_DONE
        again = self._readers.again(write.route)
        raise Refused(ErrorCode.SERVICE_UNAVAILABLE, said, details=again)


def _held(record: KeyRecord) -> Document:
    return {"state": RUNNING, "token": record["token"]}
