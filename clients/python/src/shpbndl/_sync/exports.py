"""The exports' calls: plan, execute, inspect, and waiting for one."""
# ruff: noqa: N803, PLR0913  # the names and arguments are the published ones

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from shpbndl._sync.http import Http
from shpbndl._sync.pages import everything
from shpbndl.answers import NOT_MODIFIED, json_of
from shpbndl.calls import Call, part
from shpbndl.errors import SHPBNDLError
from shpbndl.types import Execution, Export, ExportList, ExportRow, Plan

LONGEST_WAIT = 30  # seconds that the API holds an answer back at most
Until = str | Collection[str] | Callable[[Export], bool]


class Exports:
    def __init__(self, http: Http) -> None:
        self._http = http

    def plan(
        self,
        accountId: str,
        warehouseId: str,
        brokerId: str,
        destinationCountry: str | None = None,
        orderIds: Sequence[str] = (),
        idempotencyKey: str | None = None,
        *,
        batchId: str | None = None,
        dryRun: bool | None = None,
        shipment: Mapping[str, object] | None = None,
        path: str = "/exports/plan",
    ) -> Plan:
        """Decide, without side effects; with `batchId` plan that export again."""
        body = {
            "accountId": accountId,
            "warehouseId": warehouseId,
            "brokerId": brokerId,
            "destinationCountry": destinationCountry,
            "orderIds": list(orderIds),
            "batchId": batchId,
            "dryRun": dryRun,
            "shipment": shipment,
        }
        return self._http.ask(Call[Plan](path, body=body, key=idempotencyKey))

    def optimize(self, *arguments: Any, **named: Any) -> Plan:  # noqa: ANN401  # those of plan
        """The older name of `plan`."""
        return self.plan(*arguments, **named, path="/exports/optimize")

    def execute(
        self,
        accountId: str,
        batchId: str,
        idempotencyKey: str | None = None,
        *,
        planHash: str | None = None,
        resubmit: bool | None = None,
        wait: int | None = None,
    ) -> Execution:
        """Run an approved plan, exactly once.

        While the API answers 202 (accepted, under way) it is asked again with the same key. If
        that is still so when the client's patience ends, the current state is returned; `wait`
        tells the rest. The argument `wait` is how many seconds the API may hold one answer back.
        """
        body = {
            "accountId": accountId,
            "batchId": batchId,
            "planHash": planHash,
            "resubmit": resubmit,
        }
        call = Call[Execution]("/exports/execute", body=body, key=idempotencyKey, wait=wait)
        return self._http.ask(call)

    def get(self, exportId: str) -> Export:
        """The export as it is: plan, package, deliveries, events."""
        return self._http.ask(Call[Export](f"/exports/{part(exportId)}"))

    inspect = get

    def wait(self, exportId: str, until: Until | None = None, timeout: float = 300.0) -> Export:
        """The export as soon as it is what is waited for.

        That is a status, one of several, or what a function of the export calls true; without
        `until`, that the API says something else than to inspect again. The API tells of a change
        when it happens: nothing is polled. After `timeout` seconds SHPBNDLError is raised with the
        code `STILL_WAITING` and the export in `details["export"]`.
        """
        awaited = _awaited(until)
        ends = self._http.clock() + timeout
        call = Call[Export](f"/exports/{part(exportId)}")
        answer = self._http.send(call)
        export: Export = json_of(answer)
        etag = answer.headers["ETag"]
        while not awaited(export):
            left = ends - self._http.clock()
            if left <= 0:
                raise _still_waiting(export, timeout)
            wait = min(LONGEST_WAIT, ceil(left))
            answer = self._http.send(Call[Export](call.path, wait=wait, etag=etag))
            if answer.status_code != NOT_MODIFIED:
                export, etag = json_of(answer), answer.headers["ETag"]
        return export

    def list(
        self,
        *,
        status: str | None = None,
        orderId: str | None = None,
        externalId: str | None = None,
        packageNumber: str | None = None,
        updated_since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ExportList:
        """One page, the newest change first; `next_cursor` is the `cursor` of the page after."""
        query = {
            "status": status,
            "orderId": orderId,
            "externalId": externalId,
            "packageNumber": packageNumber,
            "updated_since": updated_since,
            "limit": limit,
            "cursor": cursor,
        }
        return self._http.ask(Call[ExportList]("/exports", query))

    def iterate(
        self,
        *,
        status: str | None = None,
        orderId: str | None = None,
        externalId: str | None = None,
        updated_since: str | None = None,
        limit: int | None = None,
    ) -> Iterator[ExportRow]:
        """Every export, `limit` a page; one that changes meanwhile is not missed."""
        query = {"status": status, "orderId": orderId, "externalId": externalId, "limit": limit}
        call = Call[ExportList]("/exports", query)
        return everything(self._http, call, "updated_at", updated_since, "exportId")

    def snapshot(self, exportId: str) -> bytes:
        """The bytes whose SHA-256 is the planHash."""
        return self._http.read(Call[bytes](f"/exports/{part(exportId)}/snapshot"))

    def plan_revision(self, exportId: str, revision: int) -> Plan:
        """An earlier plan, as it was answered."""
        return self._http.ask(Call[Plan](f"/exports/{part(exportId)}/plans/{revision}"))


def _awaited(until: Until | None) -> Callable[[Export], bool]:
    if until is None:
        return lambda export: export["next_recommended_action"] != "INSPECT"
    if callable(until):
        return until
    wanted = {until} if isinstance(until, str) else set(until)
    return lambda export: export["status"] in wanted


def _still_waiting(export: Export, timeout: float) -> SHPBNDLError:
    message = f"{export['exportId']} is {export['status']} after {timeout:g} seconds."
    details = {"retryable": True, "next_action": "INSPECT", "export": export}
    return SHPBNDLError(0, {"errorCode": "STILL_WAITING", "message": message, "details": details})
