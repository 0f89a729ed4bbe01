"""A running product in which one service at a time is killed at a step, and what must hold then."""

import asyncio
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import orjson
from aio_pika.abc import AbstractIncomingMessage

from executor.artifacts import Identity, render_all
from shared.clock import timestamp, utc_now
from shared.contracts.exports import ExportOperated, OperateAction, OperateExport
from shared.contracts.lifecycle import ExportRecord
from shared.errors import NoReply
from shared.ids import minted_id
from shared.messaging import topology
from shared.messaging.events import EXPORT_EVENTS
from shared.messaging.rabbit import Messages
from shared.plans import snapshot_of
from shared.records import BLOBS, EXPORTS, PLANS, Blob
from shared.store import Store
from support.services import Cluster, Replica
from support.shop import Shop
from support.waiting import until

OVER = frozenset({"SENT", "FAILED", "UNKNOWN"})


class Lab:
    def __init__(self, cluster: Cluster, store: Store, messages: Messages) -> None:
        self.cluster = cluster
        self.store = store
        self.messages = messages
        self._heard: dict[str, list[int]] = defaultdict(list)

    # -- services

    def of(self, service: str) -> Replica:
        return self.cluster.of(service)[0]

    async def arm(self, service: str, crash_at: str) -> None:
        await self.of(service).kill()
        await self.of(service).start(CRASH_AT=crash_at)

    async def all_up(self, *, but: str = "") -> None:
        down = [r for r in self.cluster.replicas if r.exit_code is not None and r.service != but]
        await asyncio.gather(*(replica.start() for replica in down))

    async def dead(self, service: str) -> None:
        """Waits until the service died at its step."""

        async def died() -> bool:
            return self.of(service).exit_code is not None

        await until(died, limit=120)
        assert self.of(service).exit_code == -signal.SIGKILL

    @asynccontextmanager
    async def killing(self, service: str, crash_at: str) -> AsyncIterator[None]:
        """What is done inside passes a step at which the service dies; it is started again."""
        await self.arm(service, crash_at)
        reviving = asyncio.create_task(self._revive(service))
        try:
            await self.all_up(but=service)
            yield
            await asyncio.wait({reviving}, timeout=20)
            assert reviving.done(), "the step was never passed"
            await reviving
        except BaseException:
            reviving.cancel()
            await self.of(service).kill()  # it may be armed still
            raise

    async def _revive(self, service: str) -> None:
        await self.dead(service)
        await self.of(service).start()

    async def lose_message(self, queue_name: str) -> None:
        """The one that a dead service had in hand."""
        channel = await self.messages.channel()
        queue = await channel.declare_queue(queue_name, passive=True)

        async def lost() -> int:
            return (await queue.purge()).message_count or 0

        await until(lost)
        await channel.close()

    # -- records

    async def export(self, export_id: str) -> ExportRecord:
        [found] = await self.store.find(EXPORTS, {"_id": export_id})
        return found

    async def change_export(self, export_id: str, **fields: Any) -> None:
        change = {"$set": fields, "$inc": {"revision": 1}}
        exports = EXPORTS.of((await self.export(export_id))["account_id"])
        await self.store.transition(exports, export_id, {}, change, step="test.change")

    async def tear_blob(self, digest: str) -> Blob:
        """What it was, to be mended with."""
        blob = await self.store.get(BLOBS, digest)
        assert blob is not None
        torn = {"$set": {"data": b"torn", "encoding": "identity"}}
        await self.store.transition(BLOBS, digest, {}, torn, step="test.tear")
        return blob

    async def mend_blob(self, blob: Blob) -> None:
        whole = {"$set": {"data": blob["data"], "encoding": blob["encoding"]}}
        await self.store.transition(BLOBS, blob["_id"], {}, whole, step="test.mend")

    async def replace_snapshot(self, export_id: str, data: bytes) -> bytes:
        """Other bytes for the current plan's snapshot; gives those that were there."""
        export = await self.export(export_id)
        part, command_id = PLANS.of(export["account_id"]), export["plan"]["command_id"]
        verdict = await self.store.get(part, command_id)
        assert verdict is not None
        other = {"$set": {"snapshot": data}}
        await self.store.transition(part, command_id, {}, other, step="test.replace")
        return bytes(verdict["snapshot"])

    async def operate(self, export_id: str, action: OperateAction) -> ExportOperated:
        """As the operator's command does, and again while there is no answer."""
        export = await self.export(export_id)
        command = OperateExport(
            command_id=minted_id("cmd_"),
            account_id=export["account_id"],
            request_id="req-operator",
            issued_at=timestamp(utc_now()),
            export_id=export_id,
            action=action,
            revision=export["revision"],
            reason="asked by the shop",
            operator="maud",
        )

        async def answered() -> ExportOperated | None:
            try:
                return await self.messages.request(
                    topology.EXPORTS_OPERATE, command, within=5, step="test.operate"
                )
            except NoReply:
                return None

        return await until(answered)

    # -- what is told of exports

    async def listen(self) -> None:
        """To all that is told from now on."""
        channel = await self.messages.channel()
        queue = await channel.declare_queue(exclusive=True)
        for event in EXPORT_EVENTS.values():
            await queue.bind(topology.EXCHANGE, event.key)
        await queue.consume(self._hear, no_ack=True)

    async def _hear(self, message: AbstractIncomingMessage) -> None:
        told = orjson.loads(message.body)
        self._heard[told["export_id"]].append(told["sequence"])

    async def check_told(self, export: Any) -> None:
        """Each event that others hear of, in sequence; again is no harm."""
        due = [each["sequence"] for each in export["events"] if each["type"] in EXPORT_EVENTS]

        async def told() -> bool:
            return list(dict.fromkeys(self._heard[export["exportId"]])) == due

        await until(told)

    # -- what must hold

    async def settled(self, shop: Shop, export_id: str) -> Any:
        """The export once no delivery of it is under way any more."""

        async def over() -> Any:
            export = await shop.inspect(export_id)
            statuses = {notification["status"] for notification in export["notifications"]}
            return export if statuses and statuses <= OVER else None

        return await until(over)

    async def check(self, shop: Shop, export_id: str) -> Any:
        """One package, five files that render again to the same bytes, events without gaps."""
        record, export = await self.export(export_id), await shop.inspect(export_id)
        package = await shop.http.get(f"/api/customs-packages/{record['package_id']}")
        assert package.json() == export["customs_package"]

        files = await self._rendered(record)
        rendered = {file.filename: file.data for file in files if not file.beside}
        assert len(rendered) == 5
        for artifact in export["artifacts"]:
            got = await shop.http.get(artifact["url"])
            assert got.content == rendered[artifact["filename"]]
            assert got.headers["etag"].strip('"') == artifact["sha256"]

        events = export["events"]
        assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
        assert len({event["id"] for event in events}) == len(events)
        kinds = Counter(event["type"] for event in events)
        assert kinds["EXPORT_EXECUTED"] == 1
        assert kinds["CUSTOMS_ARTIFACT_GENERATED"] == 5
        assert kinds["EXECUTION_STARTED"] == record["attempt"]
        return export

    async def check_mails(self, shop: Shop, exports: list[Any], *, resent: int = 0) -> None:
        """One mail for each that is `SENT`; at most one more for each resubmit of an unclear."""
        mails = await shop.mails(self.cluster.servers)
        got = Counter(f"<{mail['MessageID']}>" for mail in mails)
        for export in exports:
            submission = export["broker_submission"]
            mailed = got.pop(submission["message_id"], 0)
            assert mailed <= 1 + resent
            assert mailed >= (submission["status"] == "SENT")
        assert not got

    async def _rendered(self, record: ExportRecord) -> Any:
        assert record["execution"] is not None
        data = await snapshot_of(self.store, record["account_id"], record["plan"])
        snapshot = orjson.loads(data)
        identity = Identity(
            export_id=record["_id"],
            plan_revision=record["plan_revision"],
            plan_hash=record["plan"]["plan_hash"],
            package_id=str(record["package_id"]),
            package_number=str(record["package_number"]),
            test=record["test"],
            started_at=record["execution"]["started_at"],
        )
        return render_all(cast("Any", snapshot), identity)
