"""After the last fault: waits for quiet, then holds the store and the mailbox against the history.

I1, I2, I4, I5, I8, I10, I11, I13 of docs/architecture.md; one export for one key; and each order as
it was acknowledged last.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx

from chaos.clients import Client
from chaos.history import History, Seen
from chaos.messages import POISON_ID
from chaos.stage import Stage
from chaos.stories import ENDED, EXECUTE
from shared.canonical import sha256_hex
from shared.contracts.lifecycle import ExportRecord
from shared.messaging import dead_letters, topology
from shared.messaging.rabbit import Messages
from shared.records import EXPORTS, ORDERS
from support.entrygo import entrygo_on
from support.services import BIN

QUIET: Final = 240.0  # seconds until what still moves counts as stuck
STILL: Final = 6  # seconds without a move: RabbitMQ's own figures are up to five seconds old
LOST_WITH_ITS_QUEUE: Final = (-15.0, 60.0)  # a command accepted so long around a queue's deletion
AT_ONCE: Final = 8
UNCLEAR: Final = {"BROKER": "BROKER_SUBMISSION_UNKNOWN", "WAREHOUSE": "WAREHOUSE_NOTICE_UNKNOWN"}


class Judge:
    def __init__(self, stage: Stage, history: History, clients: list[Client]) -> None:
        self._stage = stage
        self._history = history
        self._clients = {client.account.account_id: client for client in clients}

    async def judge(self) -> None:
        await self._quiet()
        if await self._return_of_the_excused():
            await self._quiet()
        exports = [
            record
            for account in self._clients
            for record in await self._stage.store.find(EXPORTS, {"account_id": account})
        ]
        await _each(exports, self._export)
        self._one_export_a_key(exports)
        self._one_export_an_order(exports)
        self._mails(exports)
        await self._orders()
        await _each(list(self._history.keys), self._replay)
        await self._dead_letters()
        await self._entrygo_check()

    # -- quiet

    async def _quiet(self) -> None:
        until, still, moving = time.monotonic() + QUIET, 0, ["the clients"]
        while still < STILL and time.monotonic() < until:
            moving = await self._moving()
            still = 0 if moving else still + 1
            await asyncio.sleep(1.0)
        for what in moving[:10]:
            self._history.violation("STUCK", what)

    async def _moving(self) -> list[str]:
        """Messages under way, executions and deliveries that have not ended."""
        async with self._stage.management() as management:
            path = f"/api/queues/{self._stage.vhost}"
            queues = (await management.get(path)).raise_for_status().json()
        work = tuple(topology.BY_QUEUE)  # with their retries; replies to the dead just expire
        found = [
            f"{queue['name']} holds {queue['messages']}"
            for queue in queues
            if queue["name"].startswith(work) and queue.get("messages")
        ]
        waiting = [{"state": "EXECUTING", "execution.stalled": False}]
        waiting += [
            {"state": "EXECUTED", f"deliveries.{who}.status": {"$in": ["PENDING", "SENDING"]}}
            for who in ("BROKER", "WAREHOUSE")
        ]
        for query in waiting:
            exports = await self._stage.store.find(EXPORTS, query, projection={"_id": 1})
            found += [f"{export['_id']} is {query}" for export in exports]
        return found

    async def _return_of_the_excused(self) -> bool:
        """Who was told 202 and lost the command with its queue asks again, with its key."""
        anyone = False
        for export_id, seen in self._history.exports.items():
            [record] = await self._stage.store.find(EXPORTS, {"_id": export_id})
            if not _unended(record, seen):
                continue
            key = seen.accepted[-1][2]
            told = self._history.keys[key]
            if self._lost(seen):
                self._history.counts["came back after a queue was deleted"] += 1
            else:
                self._history.violation("I5", f"{export_id} was accepted and left: {told.tries}")
            anyone = True
            client = self._clients[record["account_id"]]
            for _ in range(60):
                answer = await client.write(EXECUTE, told.body, key)
                if answer.status != httpx.codes.ACCEPTED:
                    break
                await asyncio.sleep(1.0)
        return anyone

    def _lost(self, seen: Seen) -> bool:
        first, last = LOST_WITH_ITS_QUEUE
        return any(
            queue == topology.EXPORTS_EXECUTE.queue and first < lost - accepted < last
            for lost, queue in self._stage.queues_lost
            for _, accepted, _ in seen.accepted
        )

    # -- each export

    async def _export(self, record: ExportRecord) -> None:
        client = self._clients[record["account_id"]]
        export = await client.inspect(record["_id"])
        self._history.counts[export["status"]] += 1
        seen = self._history.exports[record["_id"]]
        if _unended(record, seen):
            self._history.violation("I5", f"{record['_id']} was accepted and never ended")
        if export["status"] == "EXECUTION_STALLED" and not export["last_error"]:
            self._history.violation("I5", f"{record['_id']} is stalled without a reason")
        if export["state"] == "EXECUTED" and export["status"] not in ENDED:
            self._history.violation("STUCK", f"{record['_id']} is {export['status']}")
        for artifact in export["artifacts"] or []:
            answer = await client.http.get(self._stage.gateways()[0] + artifact["url"])
            if sha256_hex(answer.content) != artifact["sha256"]:
                self._history.violation("I1", f"{artifact['url']} is {answer.status_code}")

    def _one_export_a_key(self, exports: list[ExportRecord]) -> None:
        """Each export was told to the client whose plan made it."""
        told = {told.export_id for told in self._history.keys.values() if told.export_id}
        for export_id in {export["_id"] for export in exports} ^ told:
            self._history.violation("ONE KEY", f"{export_id} is not in both: store and answers")

    def _one_export_an_order(self, exports: list[ExportRecord]) -> None:
        held: Counter[str] = Counter()
        for export in exports:
            if export["state"] == "EXECUTED":
                held.update(self._history.exports[export["_id"]].orders)
        for order_id, times in held.items():
            if times > 1:
                self._history.violation("I13", f"{order_id} is in {times} executed exports")

    def _mails(self, exports: list[ExportRecord]) -> None:
        """One mail of each that is SENT, none of others but the unclear, none of nobody."""
        arrived = Counter(self._stage.mailbox.arrived)
        for export in exports:
            kinds = Counter(event["type"] for event in export["events"])
            for who, delivery in (export.get("deliveries") or {}).items():
                mails = arrived.pop((delivery["recipient"], delivery["message_id"]), 0)
                unclear = kinds[UNCLEAR[who]]
                sent = delivery["status"] == "SENT"
                most = min(sent + unclear, 1 + kinds["BROKER_SUBMISSION_RETRIED"])
                if not sent <= mails <= most:
                    words = f"{export['_id']} {who} {delivery['status']}: {mails} mails"
                    self._history.violation("I2", f"{words}, {unclear} unclear, {most} at most")
        for (recipient, message_id), mails in arrived.items():
            self._history.violation("I2", f"{mails} mails {message_id} to {recipient} of no export")

    # -- the rest

    async def _orders(self) -> None:
        for (account, external_id), version in self._history.synced.items():
            query = {"account_id": account, "external_id": external_id}
            found = await self._stage.store.find(ORDERS, query)
            stands = [order["content"]["items"][0]["quantity"] for order in found]
            if stands != [version]:
                self._history.violation("I3", f"{external_id}: {version} was told, {stands} stands")

    async def _replay(self, key: str) -> None:
        told = self._history.keys[key]
        if told.finals:
            [client] = [c for c in self._clients.values() if c.account.headers == told.headers]
            await client.write(told.path, told.body, key)
            self._history.counts["replays compared"] += 1

    async def _dead_letters(self) -> None:
        async def healthy() -> bool:
            return True

        messages = Messages(self._stage.settings, service="chaos", healthy=healthy)
        for service in topology.SERVICES:
            for letter in await dead_letters.listed(messages, service):
                if letter.id.startswith(POISON_ID) and letter.reason:
                    self._history.counts["poison in the dead letters"] += 1
                else:
                    words = f"{letter.origin_queue} {letter.id}: {letter.reason}"
                    self._history.violation("DEAD", words)
        await messages.stop()

    async def _entrygo_check(self) -> None:
        """What the operator's command finds, in the store and the queues alone."""
        process = await asyncio.create_subprocess_exec(
            *(BIN / "entrygo", "check", "--json", "--patience", "30s"),
            env=os.environ | entrygo_on(self._stage.settings).environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, error = await process.communicate()
        if process.returncode not in {0, 1}:
            self._history.violation("CHECK", error.decode(errors="replace")[-500:])
            return
        for one in json.loads(said)["violations"]:
            self._history.violation(f"CHECK {one['invariant']}", f"{one['id']} {one['seen']}")


def _unended(record: ExportRecord, seen: Seen) -> bool:
    """Accepted for the plan that is still the current one, and neither begun nor refused."""
    last = record["last_execution"]
    accepted = any(revision == record["plan_revision"] for revision, _, _ in seen.accepted)
    refused = last is not None and last["outcome"] == "REFUSED"
    return accepted and record["state"] == "PLANNED" and not refused


async def _each(things: list[Any], look: Callable[[Any], Awaitable[None]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(thing: Any) -> None:
        async with gate:
            await look(thing)

    await asyncio.gather(*(one(thing) for thing in things))
