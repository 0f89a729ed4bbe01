"""Continue executions that nobody drives any more: their message was lost, or their worker died.

Counted first, on the drive last seen, then driven here: a document that kills its renderer stalls
after ten drives, and replicas that sweep at once count one crash once.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from executor.repository import Repository, execution_of
from executor.use_cases.drive import MOST_FAILURES, Driving
from shared import tracing
from shared.clock import Clock, timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.lifecycle import ExportRecord
from shared.errors import Refused, StoreFault, Transient
from shared.logs import one_line, request_id

log = logging.getLogger(__name__)

MOST_AT_ONCE = 20


@dataclass(frozen=True)
class Sweeping:
    repository: Repository
    driving: Driving
    now: Clock
    redrive_after: timedelta

    async def sweep(self) -> None:
        before = timestamp(self.now() - self.redrive_after)
        for export in await self.repository.executing_since(before, MOST_AT_ONCE):
            counted = await self._count(export)
            if counted is None or execution_of(counted)["stalled"]:
                continue
            await self._continue(counted)

    async def _continue(self, export: ExportRecord) -> None:
        execution, named = execution_of(export), {"export": export["_id"]}
        request_id.set(execution["request_id"])
        log.warning("execution continued", extra=named)
        with (
            tracing.under(execution.get("traceparent")),
            tracing.span("executor.sweep"),
            one_line(log, "sweep", account=export["account_id"], **named),
        ):
            try:
                await self.driving.drive(export)
            except (Refused, Transient, StoreFault) as error:
                log.warning("sweep", extra={**named, "why": str(error)})

    async def _count(self, export: ExportRecord) -> ExportRecord | None:
        execution, now = execution_of(export), timestamp(self.now())
        failures = execution["failures"] + 1
        stalled = failures >= MOST_FAILURES
        fields = {
            "execution.driven_at": now,
            "execution.failures": failures,
            "execution.stalled": stalled,
        }
        if stalled and execution["last_error"] is None:
            fields["execution.last_error"] = {
                "errorCode": ErrorCode.INTERNAL_ERROR.value,
                "message": "The execution did not end, again and again; its worker may have died.",
                "failures": failures,
            }
        return await self.repository.count_redrive(export, fields, now)
