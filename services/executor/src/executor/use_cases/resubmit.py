"""Send again what failed or is unclear, once per command and only as the caller saw it."""

from dataclasses import dataclass

from executor import events
from executor.deliveries import AGAIN, again
from executor.repository import Repository
from executor.use_cases.drive import Driving
from shared.clock import Clock, timestamp
from shared.contracts.lifecycle import EventType, ExportRecord


@dataclass(frozen=True)
class Resubmitting:
    repository: Repository
    driving: Driving
    now: Clock

    async def resubmit(
        self,
        export: ExportRecord,
        command_id: str,
        revision: int,
        *,
        actor: str = events.ACTOR,
        reason: str | None = None,
    ) -> bool:
        """Whether anything is sent again by this command.

        The export must stand at the revision that the caller saw; on PENDING, SENDING and SENT it
        has no effect. A second delivery of the command finds its event and does nothing more.
        """
        now = timestamp(self.now())
        kinds = sorted(
            kind for kind, delivery in export["deliveries"].items() if delivery["status"] in AGAIN
        )
        said = {"recipients": kinds} | ({"reason": reason} if reason else {})
        event = events.command_event(
            command_id, EventType.BROKER_SUBMISSION_RETRIED, now, said, actor=actor
        )
        if events.happened(export, event["id"]):
            await self.driving.wake_mailer(export)
            return True
        if not kinds or export["revision"] != revision:
            return False
        pending = await self.repository.resubmit(export, again(export, now), event, now)
        if pending is None:
            return False
        await self.driving.wake_mailer(pending)
        return True
