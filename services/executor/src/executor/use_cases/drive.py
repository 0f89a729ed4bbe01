"""Drive a started execution to its end. Every step finds its own earlier work and goes on.

No lease: a second run repeats derived ids, guarded writes and equal bytes.
"""

import asyncio
import logging
from typing import Any, cast

import orjson

from executor import events
from executor.artifacts import Identity, RenderedFile, render_all
from executor.deliveries import planned_deliveries
from executor.repository import Repository
from executor.use_cases.claim import Claiming
from shared.canonical import canonical_json
from shared.clock import Clock, parse_timestamp, timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import SendDelivery
from shared.contracts.lifecycle import (
    ArtifactRecord,
    Delivery,
    DeliveryStatus,
    EventType,
    ExportRecord,
    LastExecution,
    State,
)
from shared.contracts.snapshot import Snapshot
from shared.errors import BlobCorrupt, EntryGoError, Refused, StoreFault, Transient
from shared.ids import derived_id, package_number
from shared.letters import letter_of
from shared.logs import request_id
from shared.messaging import topology
from shared.messaging.rabbit import Messages

log = logging.getLogger(__name__)

MOST_FAILURES = 10


class AttemptFailed(Transient):
    """The attempt failed by its own fault; recorded, and tried again with delay."""


class Driving:
    def __init__(
        self, repository: Repository, messages: Messages, now: Clock, *, message_id_domain: str
    ) -> None:
        self._repository = repository
        self._messages = messages
        self._now = now
        self._domain = message_id_domain
        self._claiming = Claiming(repository, now)

    async def drive(self, export: ExportRecord) -> None:
        """Carries the attempt on; when it returns, the record tells how it stands.

        Raises:
            Refused: another export holds one of the orders; this one is planned again.
            AttemptFailed: recorded in the export as `last_error`.
        """
        try:
            await self._drive(export)
        except (Refused, Transient):
            raise
        except StoreFault as error:
            if not await self._repository.store_answers():
                raise
            await self._record_failure(export, error)
        except Exception as error:  # a renderer's bug must not lose an accepted execution
            log.exception("execution failed", extra={"export_id": export["_id"]})
            await self._record_failure(export, error)

    async def wake_mailer(self, export: ExportRecord) -> None:
        for kind, delivery in export["deliveries"].items():
            if delivery["status"] != DeliveryStatus.PENDING:
                continue
            await self._messages.publish(
                topology.DELIVERIES_SEND,
                SendDelivery(
                    command_id=derived_id("cmd_", delivery["submission_id"]),
                    account_id=export["account_id"],
                    request_id=request_id.get() if request_id.get() != "-" else "sweep",
                    issued_at=timestamp(self._now()),
                    export_id=export["_id"],
                    recipient_type=kind,
                ),
                step="executor.wake_mailer",
            )

    async def _drive(self, export: ExportRecord) -> None:
        digest = export["plan"]["plan_hash"].removeprefix("sha256:")
        snapshot = cast("Snapshot", orjson.loads(await self._repository.blob(digest)))
        if not await self._claiming.claim(
            export, sorted(snapshot["decision"]["included_order_ids"])
        ):
            return
        identity = _identity(export)
        files = await asyncio.to_thread(render_all, snapshot, identity)
        for file in files:
            await self._repository.put_blob(file.data)
        artifacts = [_artifact(identity, file) for file in files]
        letter = await self._repository.put_blob(canonical_json(letter_of(snapshot)))
        now = timestamp(self._now())
        deliveries = planned_deliveries(export, snapshot, identity, letter, now, self._domain)
        finished = await self._finish(export, identity, artifacts, deliveries, now)
        if finished:
            await self.wake_mailer(finished)

    async def _finish(
        self,
        export: ExportRecord,
        identity: Identity,
        artifacts: list[ArtifactRecord],
        deliveries: dict[str, Delivery],
        now: str,
    ) -> ExportRecord | None:
        command_id = export["execution"]["command_id"] if export["execution"] else ""
        fields = {
            "state": State.EXECUTED.value,
            "execution.last_error": None,
            "execution.stalled": False,
            "last_execution": LastExecution(command_id=command_id, outcome="EXECUTED", error=None),
            "package_id": identity.package_id,
            "package_number": identity.package_number,
            "artifacts": artifacts,
            "deliveries": deliveries,
            "updated_at": now,
        }
        done = [
            events.execution_event(
                export,
                EventType.CUSTOMS_ARTIFACT_GENERATED,
                now,
                {key: artifact[key] for key in ("artifact_type", "filename", "sha256")},
                part=artifact["artifact_type"],
            )
            for artifact in artifacts
        ]
        executed = events.execution_event(
            export,
            EventType.EXPORT_EXECUTED,
            now,
            {"customs_package_id": identity.package_id, "package_number": identity.package_number},
        )
        return await self._repository.finish(export, fields, [*done, executed])

    async def _record_failure(self, export: ExportRecord, error: Exception) -> None:
        """Counts it on the record; the tenth leaves the export stalled, for an operator."""
        current = await self._repository.export(export["_id"])
        if current is None or not current["execution"] or current["attempt"] != export["attempt"]:
            return
        failures = current["execution"]["failures"] + 1
        known = isinstance(error, BlobCorrupt | EntryGoError)
        what: dict[str, Any] = {
            "errorCode": ErrorCode.INTERNAL_ERROR.value,
            "message": str(error) if known else f"{type(error).__name__} while executing",
            "failures": failures,
        }
        now = timestamp(self._now())
        recorded = await self._repository.record_failure(
            current,
            {
                "execution.failures": failures,
                "execution.stalled": failures >= MOST_FAILURES,
                "execution.last_error": what,
                "updated_at": now,
            },
        )
        if recorded is None or failures < MOST_FAILURES:
            raise AttemptFailed(what["message"]) from error


def _identity(export: ExportRecord) -> Identity:
    execution = export["execution"]
    if execution is None:
        raise Transient("an execution without its start is an old read")
    package_id = derived_id("cp_", export["_id"], str(export["attempt"]))
    return Identity(
        export_id=export["_id"],
        plan_revision=export["plan_revision"],
        plan_hash=export["plan"]["plan_hash"],
        package_id=package_id,
        package_number=package_number(package_id, parse_timestamp(execution["started_at"]).year),
        test=export["test"],
        started_at=execution["started_at"],
    )


def _artifact(identity: Identity, file: RenderedFile) -> ArtifactRecord:
    return ArtifactRecord(
        id=derived_id("art_", identity.package_id, file.artifact_type),
        artifact_type=file.artifact_type,
        filename=file.filename,
        media_type=file.media_type,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        generated_at=identity.started_at,
    )
