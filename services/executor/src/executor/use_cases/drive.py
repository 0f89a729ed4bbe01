"""Drive a started execution to its end. Every step finds its own earlier work and goes on.

No lease: a second run repeats derived ids, guarded writes and equal bytes.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from executor import events
from executor.artifacts import Identity, Render, RenderedFile
from executor.deliveries import planned_deliveries
from executor.repository import Repository, execution_of
from executor.use_cases.attach import attached
from executor.use_cases.claim import claim_orders
from executor.use_cases.print import Printing
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
from shared.errors import EntryGoError, Refused, StoreFault, Transient
from shared.exports import unclear
from shared.ids import derived_id, package_number
from shared.letters import letter_of
from shared.messaging import topology
from shared.messaging.rabbit import Messages
from shared.simulator import SimulatedFailure, fail_while_simulated

log = logging.getLogger(__name__)

MOST_FAILURES = 10
_MAILED = "Not sent: released as one whose mail the partner has had since before a restore."


class AttemptFailed(Transient):
    """The attempt failed by its own fault; recorded, and tried again with delay."""


@dataclass(frozen=True)
class Driving:
    repository: Repository
    messages: Messages
    now: Clock
    render: Render
    message_id_domain: str
    printing: Printing

    async def drive(self, export: ExportRecord) -> bool:
        """Whether this drive executed it; if not, the record tells how the attempt stands.

        Raises:
            Refused: another export holds one of the orders; this one is planned again.
            AttemptFailed: recorded in the export as `last_error`.
        """
        try:
            return await self._drive(export)
        except (Refused, Transient):
            raise
        except StoreFault as error:
            if not await self.repository.store_answers():
                raise
            await self._record_failure(export, error)
        except SimulatedFailure as error:
            with suppress(AttemptFailed):  # the next one at once
                await self._record_failure(export, error)
        except Exception as error:  # a renderer's bug must not lose an accepted execution
            log.exception("execution failed", extra={"export_id": export["_id"]})
            await self._record_failure(export, error)
        return False

    async def wake_mailer(self, export: ExportRecord) -> None:
        """For each of its deliveries that wait."""
        await asyncio.gather(
            *(
                self._wake_for(export, kind, delivery)
                for kind, delivery in export["deliveries"].items()
                if delivery["status"] == DeliveryStatus.PENDING
            )
        )

    async def _wake_for(self, export: ExportRecord, kind: str, delivery: Delivery) -> None:
        await self.messages.publish(
            topology.DELIVERIES_SEND,
            SendDelivery(
                command_id=derived_id("cmd_", delivery["submission_id"]),
                account_id=export["account_id"],
                request_id=execution_of(export)["request_id"],
                issued_at=timestamp(self.now()),
                export_id=export["_id"],
                recipient_type=kind,
            ),
            step="executor.wake_mailer",
        )

    async def _drive(self, export: ExportRecord) -> bool:
        snapshot = await self.repository.snapshot(export)
        order_ids = sorted(snapshot["decision"]["included_order_ids"])
        if not await claim_orders(self.repository, export, order_ids, self.now):
            return False
        fail_while_simulated(export, snapshot)
        identity = _identity(export)
        files = await asyncio.to_thread(self.render, snapshot, identity)
        written = letter_of(snapshot, _invoices(files))
        parts = [canonical_json(written), *(file.data for file in files)]
        letter, *_ = await self.repository.put_blobs(parts)
        now = timestamp(self.now())
        deliveries = planned_deliveries(
            export, snapshot, identity, letter, now, self.message_id_domain
        )
        if also := await attached(self.printing, export, snapshot, identity, files):
            deliveries["BROKER"]["also"] = also
        finished = await self._finish(export, identity, files, deliveries, now)
        if finished:
            await self.wake_mailer(finished)
        return finished is not None

    async def _finish(
        self,
        export: ExportRecord,
        identity: Identity,
        files: Sequence[RenderedFile],
        deliveries: dict[str, Delivery],
        now: str,
    ) -> ExportRecord | None:
        artifacts = [_artifact(identity, file) for file in files if not file.beside]
        last = LastExecution(
            command_id=execution_of(export)["command_id"], outcome="EXECUTED", error=None
        )
        package_id, number = identity.package_id, identity.package_number
        fields = {
            "state": State.EXECUTED.value,
            "execution.last_error": None,
            "execution.stalled": False,
            "last_execution": last,
            "package_id": package_id,
            "package_number": number,
            "artifacts": artifacts,
            "deliveries": deliveries,
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
        named = {"customs_package_id": package_id, "package_number": number}
        done.append(events.execution_event(export, EventType.EXPORT_EXECUTED, now, named))
        if export.get("mailed"):
            for kind in sorted(deliveries):
                deliveries[kind], told = unclear(
                    deliveries[kind], kind, _MAILED, at=now, actor=events.ACTOR
                )
                done.append(told)
        return await self.repository.finish(export, fields, done, now)

    async def _record_failure(self, export: ExportRecord, error: Exception) -> None:
        """Counts it on the record; the tenth leaves the export stalled, for an operator."""
        current = await self.repository.export(export["account_id"], export["_id"])
        if current is None or not current["execution"] or current["attempt"] != export["attempt"]:
            return
        failures = current["execution"]["failures"] + 1
        known = isinstance(error, EntryGoError)
        message = str(error) if known else f"{type(error).__name__} while executing"
        fields = {
            "execution.failures": failures,
            "execution.stalled": failures >= MOST_FAILURES,
            "execution.simulated": isinstance(error, SimulatedFailure),
            "execution.last_error": {
                "errorCode": ErrorCode.INTERNAL_ERROR.value,
                "message": message,
                "failures": failures,
            },
        }
        recorded = await self.repository.record_failure(current, fields, timestamp(self.now()))
        if recorded is None or failures < MOST_FAILURES:
            raise AttemptFailed(message) from error


def _invoices(files: Sequence[RenderedFile]) -> Sequence[Mapping[str, Any]]:
    """Of the document for machines."""
    found = (orjson.loads(f.data)["invoices"] for f in files if f.artifact_type == "cci_json")
    return next(found, ())


def _identity(export: ExportRecord) -> Identity:
    started_at = execution_of(export)["started_at"]
    package_id = derived_id("cp_", export["_id"], str(export["attempt"]))
    return Identity(
        export_id=export["_id"],
        plan_revision=export["plan_revision"],
        plan_hash=export["plan"]["plan_hash"],
        package_id=package_id,
        package_number=package_number(package_id, parse_timestamp(started_at).year),
        test=export["test"],
        started_at=started_at,
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
