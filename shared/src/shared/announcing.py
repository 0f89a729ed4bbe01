"""Says on the queue what happened to exports: of each, what its log has and was not told.

The transition that appends the event marks the record, in the same write (exports.py). Then the
event is published, and nobody waits for it. Once it is confirmed the mark goes: by one update of
all that was told meanwhile, which raises no revision, since nothing that anybody sees changes. A
mark that stays is of a crash, or of a server that was away: the sweep tells it.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final

from shared.bulk import Guarded
from shared.clock import timestamp
from shared.coalesce import Coalescer
from shared.contracts.base import Message
from shared.contracts.happened import ExportHappened
from shared.contracts.lifecycle import Event, ExportRecord, status_of
from shared.errors import StoreFault, Transient
from shared.messaging.events import EXPORT_EVENTS, EventRoute
from shared.records import EXPORTS, Part
from shared.store import Store

log = logging.getLogger(__name__)

_BATCH: Final = 100  # of a sweep
_APART_SECONDS: Final = 0.1  # from one taking off of marks to the next
_OF_ANYBODY: Final = Part[ExportRecord](EXPORTS, None)


class Announcing:
    """`say` is the seam's `announce`, `keep` the store's `write_each`, each with its step."""

    def __init__(
        self,
        say: Callable[[EventRoute, Message], Awaitable[None]],
        keep: Callable[[Part[Any], Sequence[Any], Sequence[Guarded]], Awaitable[bool]],
    ) -> None:
        self._say = say
        self._keep = keep
        self._told = Coalescer(self._taken_off, pause=_APART_SECONDS)
        self._under_way = set[asyncio.Task[None]]()

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
                    await self._say(route, _happened(export, event, place))
            await self._told(export)
        except (Transient, StoreFault) as error:
            log.warning("told later", extra={"export": export["_id"], "why": str(error)[:300]})

    async def _taken_off(self, told: Sequence[ExportRecord]) -> list[None]:
        """Of those that were not marked anew meanwhile: then who did tells."""
        by_count = defaultdict[int, list[ExportRecord]](list)
        for export in told:
            by_count[len(export["events"])].append(export)
        updates = [_unmarked(count, exports) for count, exports in by_count.items()]
        await self._keep(_OF_ANYBODY, (), updates)
        return [None] * len(told)

    async def sweep(self, store: Store, before: datetime) -> None:
        """What was marked before then, the oldest first."""
        marked = {"unannounced": {"$gt": "", "$lt": timestamp(before)}}  # as its index says
        for export in await store.find(EXPORTS, marked, sort=[("unannounced", 1)], limit=_BATCH):
            await self.announce(export)


def _unmarked(count: int, exports: Sequence[ExportRecord]) -> Guarded:
    """Nobody need be told any more of so many events. A mark is of one export and one event."""
    marks = {
        "account_id": {"$in": sorted({export["account_id"] for export in exports})},
        "unannounced": {"$in": [export.get("unannounced") for export in exports]},
    }
    fields = {"$set": {"unannounced": None, "announced": count}}
    return Guarded([export["_id"] for export in exports], marks, fields)


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
