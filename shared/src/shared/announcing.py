"""Says on the queue what happened to exports: of each, what its log has and was not told.

The transition that appends the event marks the record, in the same write (exports.py). Then the
event is published, and nobody waits for it. Once it is confirmed the mark goes: by a write that
others share, and that does not raise the revision, since nothing that anybody sees changes. A mark
that stays is of a crash, or of a server that was away: the sweep tells it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.clock import timestamp
from shared.contracts.base import Message
from shared.contracts.happened import ExportHappened
from shared.contracts.lifecycle import Event, ExportRecord, status_of
from shared.errors import StoreFault, Transient
from shared.messaging.events import EXPORT_EVENTS, EventRoute
from shared.records import EXPORTS
from shared.store import Store

log = logging.getLogger(__name__)

_BATCH: Final = 100  # of a sweep


@dataclass(frozen=True)
class Announcing:
    """`say` and `keep` are the seams' `announce` and `settle`, each with its step."""

    say: Callable[[EventRoute, Message], Awaitable[None]]
    keep: Callable[..., Awaitable[bool]]
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def tell(self, export: ExportRecord) -> None:
        """Begins to tell it, for nobody to wait for."""
        if export.get("unannounced"):
            task = asyncio.create_task(self.announce(export))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def announce(self, export: ExportRecord) -> None:
        """In sequence, from the first that was not told; left to the sweep by a server away."""
        told, events = export.get("announced", 0), export["events"]
        try:
            for place, event in enumerate(events[told:], told + 1):
                if route := EXPORT_EVENTS.get(event["type"]):
                    await self.say(route, _happened(export, event, place))
            await self.keep(
                EXPORTS.of(export["account_id"]),
                export["_id"],
                {"unannounced": export.get("unannounced")},
                {"unannounced": None, "announced": len(events)},
            )
        except (Transient, StoreFault) as error:
            log.warning("told later", extra={"export": export["_id"], "why": str(error)[:300]})

    async def sweep(self, store: Store, before: datetime) -> None:
        """What was marked before then, the oldest first."""
        marked = {"unannounced": {"$lt": timestamp(before)}}
        for export in await store.find(EXPORTS, marked, sort=[("unannounced", 1)], limit=_BATCH):
            await self.announce(export)


def _happened(export: ExportRecord, event: Event, sequence: int) -> ExportHappened:
    at = event["occurred_at"]
    return ExportHappened(
        event_id=event["id"],
        type=event["type"],
        sequence=sequence,
        occurred_at=at if isinstance(at, str) else timestamp(at),
        account_id=export["account_id"],
        test=export["test"],
        export_id=export["_id"],
        status=status_of(export),
        plan_revision=export["plan_revision"],
        plan_hash=export["plan"]["plan_hash"],
        warehouse_id=export["warehouse_id"],
        broker_id=export["broker_id"],
        customs_package_id=export["package_id"],
        package_number=export["package_number"],
    )
